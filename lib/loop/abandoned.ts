// A loop that nobody can reach any more cannot be closed by anybody: what it holds of
// the kernel is given back when the collector finds it. A loop inside the host's is
// reachable as long as something in it may still call back.
import type { Poller } from '../poller/index.js';
import type { Guest } from './guest.js';

/** What outlives a loop that was forgotten. It must not lead back to the loop. */
export class Holdings {
  readonly poller: Poller;
  guest: Guest | undefined;

  constructor(poller: Poller) {
    this.poller = poller;
  }

  /** Leaves the host's loop. */
  leave(): void {
    this.guest?.close();
    this.guest = undefined;
  }

  release(): void {
    this.leave();
    this.poller.close();
  }
}

const registry = new FinalizationRegistry((holdings: Holdings) => holdings.release());

/** Releases the holdings once `loop` is collected. */
export function releaseWhenAbandoned(loop: object, holdings: Holdings): void {
  registry.register(loop, holdings, holdings);
}

/** The loop was closed as it should be. */
export function released(holdings: Holdings): void {
  registry.unregister(holdings);
}

/** Loops in the host's loop with something in them that may call back. */
const busy = new Set<object>();

/** Whether the host's loop is to keep `loop`, which is attached to it. */
export function keepAttached(loop: object, keep: boolean): void {
  if (keep) busy.add(loop);
  else busy.delete(loop);
}
