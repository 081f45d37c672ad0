// A handle: something that lives in a loop and waits for a descriptor. It keeps the loop
// alive while it is active and referenced, and closes in the loop's closing phase. How it waits
// for its descriptor is handle-descriptor.ts's. What it needs of the loop is contract.ts; what
// the loop calls on it are the abstract methods below.
import { reasonOf, SHOWN, shown } from '../base/shown.js';
import { closedPromise, settleClosed } from './closed-promise.js';
import type { HandleMetrics } from './counters.js';
import { handleClosed } from './errors.js';
import * as beside from './handle-beside.js';
import { HandleDescriptor } from './handle-descriptor.js';
import {
  ACTIVE,
  CLOSED,
  CLOSING,
  IN_CONTEXT,
  OWNER,
  REFERENCED,
  setRetaining,
  WORKING,
} from './handle-flags.js';

// A LoopHandle; not said so, as the types of the package leave some members out.
/**
 * Something that lives in a loop and waits for a descriptor: a socket, a server, a watcher. While it
 * is active and referenced it keeps the loop alive.
 */
export abstract class Handle extends HandleDescriptor {
  /**
   * What kind of handle this is, such as 'Socket'. Unlike its class's name it stays when
   * the program is minified. A getter of the prototype: an idle handle is to be small.
   */
  abstract override get kind(): string;

  /** @internal Called in the poll phase with what was found; `index` is the record's. */
  abstract onReady(events: number, index: number): void;

  /** @internal Called in the closing phase, once. */
  abstract onClosed(): void;

  /** @internal Called when gathered output could not be sent whole; see SendSink. */
  onUnsent?(sent: number, rest: Uint8Array[]): void;

  /**
   * @internal Called when it has ended by no doing of the program's, with the reason:
   * tells the error handler. Left out where `close` tells it.
   */
  onFailed?(error: Error): void;

  /** Its callbacks run in the async context of now, if there is one. @internal */
  keepContext(): void {
    if (this.loop.asyncContext && beside.keepContext(this)) this.flags |= IN_CONTEXT;
  }

  /** Calls `work`, which leads to callbacks of this handle. @internal */
  enter(work: () => void): void {
    if ((this.flags & IN_CONTEXT) === 0) work();
    else beside.enterContext(this, work);
  }

  /**
   * Says whether it has work under way: a connect, output that waits. Until that is
   * done the loop is alive although the handle is not referenced. @internal
   */
  setWorking(on: boolean): void {
    if (((this.flags & WORKING) !== 0) === on) return;
    setRetaining(this, WORKING, on);
  }

  // ---- what ends it ----------------------------------------------------------

  /**
   * The poller will not have it: it fails, in its own context, in the next pending phase.
   * One rule for all handles, whatever the poller said. @internal
   */
  refuse(error: Error): void {
    this.loop.defer(() => this.enter(() => this.failWith(error)), this);
  }

  /** It cannot go on: it closes, and whoever listens is told why, once. @internal */
  failWith(error: Error): void {
    if (this.isClosed) return;
    this.noteError(error);
    this.close();
    this.onFailed?.(error);
  }

  /** Keeps what `error` is to tell, if there is nothing yet; whether it did. @internal */
  noteError(error: Error): boolean {
    return beside.noteFailure(this, error);
  }

  /** The error that closed it, if one did. */
  get error(): Error | undefined {
    return beside.failureOf(this);
  }

  /**
   * Closes without its descriptor: that leaves the poller, the table and what the loop
   * holds, stays open, and is the caller's as if opened by `rawloop/raw`. `onClosed`
   * follows. The base of a public `detach`. @internal
   *
   * @throws Error ERR_HANDLE_CLOSED
   */
  releaseDescriptor(): number {
    if ((this.flags & ACTIVE) === 0) throw handleClosed(this.kind);
    const fd = this.handleFd;
    if ((this.flags & OWNER) !== 0) {
      // Before it stops: who owns its descriptor leaves the poller only as it closes.
      this.flags &= ~OWNER;
      this.loop.holdings.owner.giveUp(fd);
    }
    this.beginClose();
    this.handleFd = -1;
    return fd;
  }

  /** True from the first close on. */
  get isClosed(): boolean {
    return (this.flags & (CLOSING | CLOSED)) !== 0;
  }

  /**
   * Resolves when it has closed, behind its `close` callback; rejects with `error`, if one
   * closed it, which is no unhandled rejection where nobody waits. Without a `close` handler
   * it has to be looked at before that. It does not hold the loop.
   *
   * @example
   * await server.closed;
   */
  get closed(): Promise<void> {
    return closedPromise(this);
  }

  /** What it did since it became active; undefined while it is not. */
  get metrics(): HandleMetrics | undefined {
    return this.slot < 0 ? undefined : this.loop.counters.read(this.slot);
  }

  /** Lets this handle keep the loop alive while it is active. Idempotent. */
  ref(): this {
    if ((this.flags & REFERENCED) === 0) setRetaining(this, REFERENCED, true);
    return this;
  }

  /**
   * Lets the loop end although this handle is active; not before what it has under way,
   * a connect or queued output, is done. Idempotent.
   */
  unref(): this {
    if ((this.flags & REFERENCED) !== 0) setRetaining(this, REFERENCED, false);
    return this;
  }

  /** Whether it is referenced, and so keeps the loop alive while it is active. */
  hasRef(): boolean {
    return (this.flags & REFERENCED) !== 0;
  }

  /** Stops, and runs `onClosed` in the closing phase. False when closed already. @internal */
  beginClose(): boolean {
    if (this.isClosed) return false;
    this.flags |= CLOSING;
    this.stop();
    this.loop.enqueueClosing(this);
    return true;
  }

  /** The closing phase has come to this handle. @internal */
  finishClose(): void {
    this.flags = (this.flags & ~CLOSING) | CLOSED;
    settleClosed(this);
    this.onClosed();
  }

  /** @internal What its last callback is called in metrics and traces. */
  override describe(): string {
    return this.kind;
  }

  /**
   * What tells it from others in metrics, traces and on the console, such as
   * 'Server 127.0.0.1:7000'. It may take a system call.
   */
  override get label(): string {
    return this.kind;
  }

  /** @internal What there is to say of it beside its descriptor; see shown.ts. */
  facts(): (string | undefined)[] {
    return [];
  }

  /** @internal */
  [SHOWN](): string {
    // One that connects to a name has none before it knows an address.
    const fd = this.handleFd < 0 ? 'no descriptor' : `fd: ${this.handleFd}`;
    const state = this.active ? fd : 'closed';
    const unref = this.active && !this.hasRef() ? 'unref' : undefined;
    return shown(this.kind, state, ...this.facts(), unref, reasonOf(this.error));
  }

  /** Ends it. Idempotent. */
  abstract override close(): void;

  /** The same as `close()`, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes it and waits until it has closed, for `await using`. What ended it is not thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed.catch(() => {});
  }
}
