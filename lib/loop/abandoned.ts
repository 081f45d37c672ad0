// A loop that nobody can reach any more cannot be closed by anybody: what it holds of
// the kernel is given back when the collector finds it. A loop inside the host's is
// reachable as long as something in it may still call back.
import { native } from '../binding/index.js';
import type { Poller } from '../poller/index.js';
import type { Guest } from './guest/guest.js';
import { Owner } from './owners.js';

/** Loops in the host's loop with something in them that may call back. */
const kept = new Set<object>();

/** What a handle or request holds beside descriptors. It must not lead back to the loop. */
export interface Resource {
  /** Gives it back. Called once, when the loop was collected. Must not throw. */
  release(): void;
}

/** What outlives a loop that was forgotten. It must not lead back to the loop. */
export class Holdings {
  readonly poller: Poller;
  guest: Guest | undefined;
  /** Which descriptors its handles own. */
  readonly owner = new Owner();
  readonly #resources = new Set<Resource>();
  #kept = false;

  constructor(poller: Poller) {
    this.poller = poller;
  }

  /** The loop holds `resource` until `drop`. */
  add(resource: Resource): void {
    this.#resources.add(resource);
  }

  /** It was given back as it should be. Idempotent. */
  drop(resource: Resource): void {
    this.#resources.delete(resource);
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

  /** The loop was collected. */
  release(): void {
    this.#leaveHost();
    for (const resource of this.#resources) resource.release();
    this.#resources.clear();
    this.#closeOwned();
    this.poller.close();
  }

  #leaveHost(): void {
    this.guest?.close();
    this.guest = undefined;
  }

  #closeOwned(): void {
    for (const fd of this.owner) {
      this.owner.disown(fd);
      native.close(fd);
    }
  }
}

const registry = new FinalizationRegistry((holdings: Holdings) => {
  ended();
  holdings.release();
});

/**
 * A registry that is collected itself calls nobody: while there are loops, it hangs on
 * what outlives the package, of which test runners load one copy after another.
 */
const ANCHOR = Symbol('rawloop.registry');
let loops = 0;

function ended(): void {
  loops--;
  if (loops === 0) delete native.kept[ANCHOR];
}

/** Releases the holdings once `loop` is collected. */
export function releaseWhenAbandoned(loop: object, holdings: Holdings): void {
  loops++;
  native.kept[ANCHOR] = registry;
  registry.register(loop, holdings, holdings);
}

/** The loop was closed as it should be. */
export function released(holdings: Holdings): void {
  ended();
  registry.unregister(holdings);
}
