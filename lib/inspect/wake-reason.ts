// Why a wait ended, and by which handle: read from the ready list before anything of
// it is dispatched.
import type { Handle } from '../loop/handle.js';
import type { HandleTable } from '../loop/table.js';
import type { ReadyList } from '../poller/index.js';
import type { WakeReason } from './records.js';

/** Told by its kind: to know the class would load the pool. */
const POOL = 'PoolHandle';

/** `handle`: whose event stands first, unless that handle is gone. */
export function wakeOf(
  table: HandleTable,
  ready: ReadyList,
  events: number,
  timeoutMs: number,
): { reason: WakeReason; handle: Handle | undefined } {
  const handleAt = (index: number) => table.find(ready.slot(index), ready.generation(index));
  if (events > 0) {
    let pool = true;
    for (let i = 0; i < events && pool; i++) pool = handleAt(i)?.kind === POOL;
    return { reason: pool ? 'pool' : 'events', handle: handleAt(0) };
  }
  const reason = ready.woken ? 'notify' : timeoutMs === 0 ? 'no wait' : 'timer';
  return { reason, handle: undefined };
}
