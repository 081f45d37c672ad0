// loop.watch: waits for any descriptor that the kernel can poll, and calls back.
// The descriptor is borrowed: it is never read, written or closed here.
import { checkSignal, throwIfAborted } from '../base/abort.js';
import { nameOf } from '../base/names.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkFunction } from '../base/validate.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed, invalidValue } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { closeIt, endOnAbort, runCleanup } from '../loop/when-closed.js';
import { CONDITIONS, type InterestOptions, interestBits, Ready } from '../poller/interest.js';
import { type Readiness, readinessOf } from './readiness.js';

export interface WatchOptions extends Omit<InterestOptions, 'exclusive'> {
  /** Closes the watcher when it aborts. */
  signal?: AbortSignal;
}

export type WatchCallback = (ready: Readiness, watcher: Watcher) => void;

/** What `modify` takes: the signal is that of the watcher's life. */
type ModifyOptions = Omit<WatchOptions, 'signal'>;

const MODIFY_NAMES: OptionNames<ModifyOptions> = {
  read: true,
  write: true,
  priority: true,
  edge: true,
  oneshot: true,
};
const NAMES: OptionNames<WatchOptions> = { ...MODIFY_NAMES, signal: true };

const FAILED = Ready.ERROR | Ready.HANGUP;

/** The interest bits of an options object; at least one condition. */
function interestOf(options: WatchOptions): number {
  const interest = interestBits('options', options);
  if ((interest & CONDITIONS) === 0) {
    throw invalidValue('options', 'an object with read, write or priority set to true');
  }
  return interest;
}

export class Watcher extends Handle {
  readonly #callback: WatchCallback;

  /** @internal Use `loop.watch`. */
  constructor(loop: HandleLoop, fd: number, given: WatchOptions, callback: WatchCallback) {
    checkDescriptor('fd', fd);
    const options = readOptions('options', given, NAMES);
    const interest = interestOf(options);
    const signal = checkSignal(options.signal);
    checkFunction('callback', callback);
    throwIfAborted(signal);
    super(loop);
    this.#callback = callback;
    this.keepContext();
    this.start(fd, interest);
    if (signal !== undefined) endOnAbort(this, signal, closeIt);
  }

  override get kind(): string {
    return 'Watcher';
  }

  /** The descriptor that is waited for. It stays the caller's. */
  get fd(): number {
    return this.handleFd;
  }

  /**
   * Waits for something else from now on; re-arms a oneshot. Nothing at all
   * (`{}`) pauses: the descriptor is not registered, and a hangup is told again
   * when it is.
   *
   * @throws Error ERR_HANDLE_CLOSED; TypeError for a bad interest; SystemError
   */
  modify(options: ModifyOptions): this {
    const interest = interestBits('options', readOptions('options', options, MODIFY_NAMES));
    if (!this.active) throw handleClosed('watcher');
    // A mode without a condition is no interest.
    this.interest = (interest & CONDITIONS) === 0 ? 0 : interest;
    if (this.interest !== 0 || this.registered !== 0) this.loop.pollSet.register(this);
    return this;
  }

  /** Ends waiting; the callback is not called again. Idempotent. */
  close(): void {
    if (this.beginClose()) runCleanup(this);
  }

  /** @internal */
  onReady(events: number): void {
    // Who waits to read or write finds out about an end by doing so.
    const failed = (events & FAILED) !== 0 ? this.interest & CONDITIONS : 0;
    this.#callback(readinessOf(events | failed), this);
  }

  /** @internal `watcher.error` says what it was. */
  override onFailed(): void {
    this.#callback(readinessOf(Ready.ERROR), this);
  }

  /** @internal */
  onClosed(): void {}

  /** @internal */
  override describe(): string {
    return `Watcher ${nameOf(this.#callback)}`;
  }
}
