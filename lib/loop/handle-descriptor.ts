// A handle's descriptor: waited for in the poller, by a slot of the handle table that the
// handle has while it is active; and whether it is its own, so that it closes with it. What a
// handle is beside that, from its name to its end, is handle.ts's.
import { native } from '../binding/index.js';
import type { HandleLoop } from './contract.js';
import { loopClosed } from './errors.js';
import { ACTIVE, OWNER, REFERENCED, RETAINS, WORKING } from './handle-flags.js';

// A LoopHandle; not said so, as the types of the package leave some members out.
/** What waits for a descriptor in a loop. */
export abstract class HandleDescriptor {
  /** The loop that it lives in. */
  readonly loop: HandleLoop;
  /** @internal The descriptor, -1: none. */
  handleFd = -1;
  /** @internal Place in the handle table, -1: not active. */
  slot = -1;
  /** @internal Interest bits that are wanted. */
  interest = 0;
  /** @internal Interest bits that the poller knows. */
  registered = 0;
  /** @internal */
  flags = REFERENCED;

  /** @internal */
  constructor(loop: HandleLoop) {
    this.loop = loop;
  }

  /** @internal */ abstract get kind(): string;
  /** @internal */ abstract get label(): string;
  /** @internal */ abstract describe(): string;
  /** @internal */ abstract close(): void;

  /** Waits for a descriptor and keeps the loop alive until `stop`. @internal */
  start(fd: number, interest: number): void {
    if (this.loop.closed) throw loopClosed();
    const { table } = this.loop;
    this.handleFd = fd;
    this.slot = table.allocate(this);
    this.loop.counters.begin(this.slot);
    this.interest = interest;
    if (interest !== 0) {
      try {
        this.loop.pollSet.register(this);
      } catch (error) {
        table.release(this.slot);
        this.slot = -1;
        this.interest = 0;
        throw error;
      }
    }
    this.flags |= ACTIVE;
    if ((this.flags & RETAINS) !== 0) this.loop.retain();
  }

  /** Ends waiting; the descriptor may be closed right after. @internal */
  stop(): void {
    if ((this.flags & ACTIVE) === 0) return;
    this.flags &= ~ACTIVE;
    if (this.registered !== 0) {
      if ((this.flags & OWNER) === 0) this.loop.pollSet.unregister(this);
      else this.loop.pollSet.leaving++;
    }
    this.interest = 0;
    this.loop.table.release(this.slot);
    this.slot = -1;
    if ((this.flags & RETAINS) !== 0) this.loop.release();
    this.flags &= ~WORKING;
  }

  /** Starts with `fd`, which was opened for it and is its own from here on, or closed. @internal */
  startOwning(fd: number, interest: number): void {
    try {
      this.start(fd, interest);
    } catch (error) {
      native.close(fd);
      throw error;
    }
    this.own();
  }

  /** Its descriptor is its own from here on, also when the loop is collected. @internal */
  own(): void {
    this.flags |= OWNER;
    this.loop.holdings.owner.own(this.handleFd);
  }

  /** Closes its descriptor, if that is its own, which leaves the poller with that. @internal */
  closeOwned(): void {
    if ((this.flags & OWNER) === 0) return;
    const { owner } = this.loop.holdings;
    if (this.loop.pollSet.close(this, owner.owns(this.handleFd))) owner.disown(this.handleFd);
  }

  /** Changes what is waited for: at once, or before the next wait of this turn. @internal */
  setInterest(interest: number): void {
    if ((this.flags & ACTIVE) === 0 || this.interest === interest) return;
    this.interest = interest;
    this.loop.interestChanged(this);
  }

  /** True while it waits for something. */
  get active(): boolean {
    return (this.flags & ACTIVE) !== 0;
  }
}
