// loop.onSignal: a signal as an event of the loop. The native handler writes to a
// pipe that the loop reads, so it works while the loop owns its thread, where the
// host's own signal handlers stand still. See signal(7), sigaction(2).
import { native } from '../binding/index.js';
import type { LoopCore } from '../loop/core.js';
import { invalidValue } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { nameOf } from '../loop/names.js';
import { checkFunction } from '../loop/validate.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';

export type SignalCallback = (signal: string, handle: SignalHandle) => void;

function numberOf(signal: string): number {
  const known = typeof signal === 'string' && /^SIG[A-Z0-9]+$/.test(signal);
  const number = known ? constants[signal] : undefined;
  if (number !== undefined) return number;
  const given = typeof signal === 'string' ? `'${signal}'` : typeof signal;
  throw invalidValue('signal', `a signal's name, such as 'SIGHUP', not ${given}`);
}

/** How many handles of this thread watch a signal, by its name. */
const watched = new Map<string, number>();

/** The host installs its handler, or the default, whoever else has one. */
function renew(event: string | symbol): void {
  if (typeof event === 'string' && watched.has(event)) native.renewSignal(numberOf(event));
}

function beginWatch(signal: string): void {
  if (watched.size === 0) {
    // Behind the host's own listeners to these, so that what it does is done.
    process.on('newListener', renew);
    process.on('removeListener', renew);
  }
  watched.set(signal, (watched.get(signal) ?? 0) + 1);
}

function endWatch(signal: string): void {
  const left = (watched.get(signal) ?? 0) - 1;
  if (left > 0) watched.set(signal, left);
  else watched.delete(signal);
  if (watched.size > 0) return;
  process.off('newListener', renew);
  process.off('removeListener', renew);
}

export class SignalHandle extends Handle {
  /** The name, such as 'SIGHUP'. */
  readonly signal: string;
  readonly #number: number;
  readonly #callback: SignalCallback;
  readonly #writeFd: number;
  readonly #bytes = new Uint8Array(64);
  #error: Error | undefined;

  /** @internal Use `loop.onSignal`. */
  constructor(loop: LoopCore, signal: string, callback: SignalCallback) {
    const number = numberOf(signal);
    checkFunction('callback', callback);
    super(loop);
    this.signal = signal;
    this.#number = number;
    this.#callback = callback;
    this.keepContext('SignalHandle');
    const [readFd, writeFd] = check(native.pipe2(constant('O_NONBLOCK')), 'pipe2');
    this.#writeFd = writeFd;
    try {
      this.start(readFd, Interest.READ);
      const result = native.watchSignal(number, writeFd);
      if (result < 0) throw new SystemError(result, 'sigaction');
      beginWatch(signal);
    } catch (error) {
      this.stop();
      native.close(readFd);
      native.close(writeFd);
      throw error;
    }
  }

  /** The error that closed it, if one did. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Stops watching; the signal's former disposition is back. Idempotent. */
  close(): void {
    if (!this.beginClose()) return;
    endWatch(this.signal);
    native.unwatchSignal(this.#number, this.#writeFd);
  }

  /** @internal Signals that came before the loop saw them are one, as the kernel has it. */
  onReady(): void {
    let came = false;
    while (native.read(this.handleFd, this.#bytes) > 0) came = true;
    if (came) this.#callback(this.signal, this);
  }

  /** @internal */
  onPollError(error: Error): void {
    this.#error = error;
    this.close();
  }

  /** @internal */
  onClosed(): void {
    native.close(this.handleFd);
    native.close(this.#writeFd);
  }

  /** @internal */
  override describe(): string {
    return `SignalHandle ${this.signal} ${nameOf(this.#callback)}`;
  }
}
