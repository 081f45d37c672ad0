// A loop that nobody can reach any more cannot be closed by anybody: what it holds of
// the kernel is given back when the collector finds it. A loop inside the host's is
// reachable as long as something in it may still call back.
import type { Poller } from '../poller/index.js';
import type { Guest } from './guest.js';

/** Loops in the host's loop with something in them that may call back. */
const kept = new Set<object>();

/** What outlives a loop that was forgotten. It must not lead back to the loop. */
export class Holdings {
  readonly poller: Poller;
  guest: Guest | undefined;
  #kept = false;

  constructor(poller: Poller) {
    this.poller = poller;
  }

  /** The host's loop is to keep `loop`, which is attached to it. Idempotent. */
  keep(loop: object): void {
    if (!this.#kept) kept.add(loop);
    this.#kept = true;
  }

  /** The collector may take it. Idempotent. */
  letGo(loop: object): void {
    if (this.#kept) kept.delete(loop);
    this.#kept = false;
  }

  /** Leaves the host's loop. */
  leave(loop: object): void {
    this.letGo(loop);
    this.#leaveHost();
  }

  release(): void {
    this.#leaveHost();
    this.poller.close();
  }

  #leaveHost(): void {
    this.guest?.close();
    this.guest = undefined;
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
