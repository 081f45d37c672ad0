// Why a wait ended: read from the ready list before anything of it is dispatched. The
// reasons have numbers, by which the ring of records knows them.
import type { HandleTable } from '../loop/table.js';
import type { ReadyList } from '../poller/index.js';
import type { WakeReason } from './records.js';

/** By number. */
export const REASONS: readonly WakeReason[] = ['events', 'pool', 'notify', 'timer', 'no wait'];
const EVENTS = 0;
const POOL = 1;
const NOTIFY = 2;
const TIMER = 3;
const NO_WAIT = 4;

/** Told by its kind: to know the class would load the pool. */
const POOL_KIND = 'PoolHandle';

/** The number of the reason. */
export function reasonOf(
  table: HandleTable,
  ready: ReadyList,
  events: number,
  timeoutMs: number,
): number {
  if (events === 0) return ready.woken ? NOTIFY : timeoutMs === 0 ? NO_WAIT : TIMER;
  for (let i = 0; i < events; i++) {
    const handle = table.find(ready.slot(i), ready.generation(i));
    if (handle?.kind !== POOL_KIND) return EVENTS;
  }
  return POOL;
}
