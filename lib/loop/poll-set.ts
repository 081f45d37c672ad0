// What the poller knows, brought in line with what the handles want. A handle says
// what it wants as often as it likes; the kernel is told once, before the next wait.

import { Queue } from '../base/queue.js';
import { native } from '../binding/index.js';
import type { Poller, Registration } from '../poller/index.js';
import { constant } from '../raw/constants.js';
import { isTransient, SystemError } from '../raw/errors.js';
import type { Handle } from './handle.js';
import { DIRTY } from './handle-flags.js';
import type { HandleTable } from './table.js';

const EBADF = -constant('EBADF');
const FIRST_RETRY_MS = 5;
const MAX_RETRY_MS = 1000;

/** What the set needs of its loop. */
export interface PollSetOwner {
  /** The poller will not have this handle: it is to be told, soon and not from here. */
  refused(handle: Handle, error: Error): void;
  /** Calls `retry` after `ms`. */
  later(retry: () => void, ms: number): void;
}

export class PollSet {
  readonly #poller: Poller;
  readonly #table: HandleTable;
  readonly #owner: PollSetOwner;
  /** By descriptor, who registered it: a number may be another's by the time of a change. */
  readonly #owners: (Handle | undefined)[] = [];
  /** Handles that the kernel had no memory or no room for: tried again later. */
  readonly #putOff = new Set<Handle>();
  #retryMs = 0;
  readonly #dirty = new Queue<Handle>();
  /** How many handles the poller knows. */
  size = 0;
  /** How many of them have stopped, and leave the poller as they close. */
  leaving = 0;
  #stale = 0;
  #releasedBefore = 0;

  constructor(poller: Poller, table: HandleTable, owner: PollSetOwner) {
    this.#poller = poller;
    this.#table = table;
    this.#owner = owner;
  }

  /** This handle wants something else than the poller knows. */
  changed(handle: Handle): void {
    if ((handle.flags & DIRTY) !== 0) return;
    handle.flags |= DIRTY;
    this.#dirty.push(handle);
  }

  /** Tells the poller what changed. An error is that handle's alone. */
  reconcile(): void {
    for (let handle = this.#dirty.shift(); handle !== undefined; handle = this.#dirty.shift()) {
      handle.flags &= ~DIRTY;
      if (handle.slot < 0 || handle.interest === handle.registered) continue;
      try {
        this.register(handle);
      } catch (error) {
        this.#refused(handle, error as Error);
      }
    }
  }

  /** What passes is tried again, with back-off; what does not ends the handle. */
  #refused(handle: Handle, error: Error): void {
    if (!isTransient(error)) {
      this.#owner.refused(handle, error);
      return;
    }
    // What the poller still knows is not what is wanted: it would be told of all the while.
    // If that is refused too it is known there, and changed instead of added next time.
    const known = handle.registered !== 0;
    if (known && this.#poller.delete(handle.handleFd)) this.#forget(handle);
    if (this.#putOff.size === 0) {
      this.#retryMs = Math.min(Math.max(this.#retryMs * 2, FIRST_RETRY_MS), MAX_RETRY_MS);
      this.#owner.later(() => this.#retry(), this.#retryMs);
    }
    this.#putOff.add(handle);
  }

  #retry(): void {
    const handles = [...this.#putOff];
    this.#putOff.clear();
    for (const handle of handles) if (handle.slot >= 0) this.changed(handle);
    this.reconcile();
    if (this.#putOff.size === 0) this.#retryMs = 0;
  }

  /** Tells the poller this handle's interest, also when it is the same (oneshot). */
  register(handle: Handle): void {
    const { handleFd, interest, registered } = handle;
    const token = this.#table.token(handle.slot);
    if (interest === 0) {
      this.unregister(handle);
    } else if (registered === 0) {
      this.#add(handle, token);
      this.#own(handle);
    } else {
      this.#poller.modify(handleFd, interest, token);
    }
    handle.registered = interest;
  }

  #add({ handleFd, interest }: Handle, token: number): void {
    try {
      this.#poller.add(handleFd, interest, token);
    } catch (error) {
      // It was refused to delete it when nothing was wanted of it: it is there, and nobody's.
      const known = (error as SystemError).code === 'EEXIST';
      if (!known || this.#owners[handleFd] !== undefined) throw error;
      this.#take(handleFd, interest, token, error as Error);
    }
  }

  #take(fd: number, interest: number, token: number, refusal: Error): void {
    try {
      this.#poller.modify(fd, interest, token);
    } catch (error) {
      throw isTransient(error as Error) ? error : refusal;
    }
  }

  #own(handle: Handle): void {
    const before = this.#owners[handle.handleFd];
    this.#owners[handle.handleFd] = handle;
    this.size++;
    // The kernel took it: so the descriptor that this number stood for was closed by
    // somebody else, and is waited for no more.
    if (before !== undefined) this.#lost(before);
  }

  #lost(handle: Handle): void {
    handle.registered = 0;
    this.size--;
    if (!handle.active) this.leaving--;
    this.#owner.refused(handle, new SystemError(EBADF, 'epoll_ctl'));
  }

  #forget(handle: Handle): void {
    handle.registered = 0;
    this.size--;
    this.#owners[handle.handleFd] = undefined;
  }

  unregister(handle: Handle): void {
    this.#forget(handle);
    // It fails when its owner closed the descriptor before us. A duplicate may still
    // report then, and nothing ends that but starting the set anew: see `endBatch`.
    this.#poller.delete(handle.handleFd);
  }

  /**
   * Closes the descriptor of a handle that has stopped and owned it. False where others
   * closed it, and the number was given to another handle, of this loop or, unless `isOwned`,
   * of another: it is that one's.
   */
  close(handle: Handle, isOwned: boolean): boolean {
    const { handleFd } = handle;
    const owner = this.#owners[handleFd];
    if (owner !== undefined && owner !== handle) return false;
    const isKnown = handle.registered !== 0;
    if (isKnown) {
      this.#forget(handle);
      this.leaving--;
    }
    if (!isOwned) {
      if (isKnown) this.#poller.delete(handleFd);
    } else if (isKnown) {
      this.#poller.closeDescriptor(handleFd);
    } else {
      native.close(handleFd);
    }
    return isOwned;
  }

  beginBatch(): void {
    this.#stale = 0;
    this.#releasedBefore = this.#table.released;
  }

  /** A record of this batch was for a handle that is gone. */
  countStale(): void {
    this.#stale++;
  }

  /**
   * Stale records that no handle which stopped explains come from a registration that
   * could not be deleted: the set starts anew. True when it did.
   */
  endBatch(): boolean {
    if (this.#stale <= this.#table.released - this.#releasedBefore + this.leaving) return false;
    try {
      this.#rebuild();
    } catch (error) {
      // The stale records come again, and with them the next attempt.
      if (isTransient(error as Error)) return false;
      throw error;
    }
    return true;
  }

  #rebuild(): void {
    this.#poller.rebuild(this.#registrations(), ({ token }, error) => {
      const handle = this.#table.handles[token % 2 ** 32];
      if (handle === undefined) return;
      this.#forget(handle);
      this.#refused(handle, error);
    });
  }

  #registrations(): Registration[] {
    const found: Registration[] = [];
    for (const handle of this.#table.handles) {
      if (handle === undefined || handle.registered === 0) continue;
      const token = this.#table.token(handle.slot);
      found.push({ fd: handle.handleFd, interest: handle.registered, token });
    }
    return found;
  }
}
