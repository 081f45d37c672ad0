// loop.onSignal: a signal as an event of the loop, also while the loop owns its thread,
// where the host's own listeners stand still. What all signals of a loop share is the
// hub's (signal-hub.ts). See signal(7), sigaction(2).

import { nameOf } from '../base/names.js';
import { checkFunction } from '../base/validate.js';
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { runCleanup } from '../loop/when-closed.js';
import { constants } from '../raw/constants.js';
import { SystemError } from '../raw/errors.js';
import { isRealtime, type SignalInfo } from './realtime-port.js';
import { SignalHub } from './signal-hub.js';

/**
 * `error`: nothing more is heard, and the handle is closed; otherwise the signal came. `info`: what the
 * system told of it, of signals from SIGRTMIN to SIGRTMAX.
 */
export type SignalCallback = (
  signal: string,
  handle: SignalHandle,
  error?: Error,
  info?: SignalInfo,
) => void;

const UNHEARD = 'SIGKILL and SIGSTOP are never heard, nor faults such as SIGSEGV';

/** The number of a name; undefined: it is none. */
export function numberOfSignal(signal: string): number | undefined {
  const [, name, away] = /^(SIG[A-Z0-9]+)([+-]\d{1,2})?$/.exec(signal) ?? [];
  const number = name === undefined ? undefined : constants[name];
  if (number === undefined || away === undefined) return number;
  const far = number + Number(away);
  return /^SIGRTM(IN\+|AX-)/.test(signal) && isRealtime(far) ? far : undefined;
}

function numberOf(signal: string): number {
  if (typeof signal !== 'string') throw invalidType('signal', "a signal's name, such as 'SIGHUP'");
  const number = numberOfSignal(signal);
  if (number !== undefined) return number;
  throw invalidValue('signal', `a signal's name, such as 'SIGHUP', not '${signal}'`);
}

/** What `loop.onSignal` returns. It does not hold the loop, unless `ref()` says so. */
export class SignalHandle extends Handle {
  /** The name, such as 'SIGHUP'. */
  readonly signal: string;
  /** @internal */
  readonly number: number;
  readonly #callback: SignalCallback;
  readonly #hub: SignalHub;
  readonly #once: boolean;

  /** @internal Use `loop.onSignal`. */
  constructor(loop: HandleLoop, signal: string, callback: SignalCallback, once = false) {
    const number = numberOf(signal);
    checkFunction('callback', callback);
    const result = native.checkSignal(number);
    if (result < 0) throw new SystemError(result, 'sigaction', undefined, UNHEARD);
    super(loop);
    this.signal = signal;
    this.number = number;
    this.#callback = callback;
    this.#once = once;
    this.keepContext();
    this.#hub = SignalHub.of(loop, number);
    this.#hub.add(this);
    this.start(this.#hub.handleFd, 0);
    // Only now: a loop that was let go before looks once more whether a signal came.
    this.unref();
  }

  override get kind(): string {
    return 'SignalHandle';
  }

  /** @internal */
  override get label(): string {
    return `SignalHandle ${this.signal}`;
  }

  /** Stops watching; the signal's former action is back with the last watch. Idempotent. */
  close(): void {
    if (this.beginClose()) this.#hub.remove(this);
  }

  /** @internal The signal came. */
  tell(info: SignalInfo | undefined): void {
    if (this.#once) this.close();
    this.#callback(this.signal, this, undefined, info);
  }

  /** @internal Nothing more is heard. */
  override onFailed(error: Error): void {
    this.#callback(this.signal, this, error);
  }

  /** @internal Its descriptor is the hub's. */
  onReady(): void {}

  /** @internal */
  onClosed(): void {
    runCleanup(this);
  }

  /** @internal */
  override facts(): string[] {
    return [this.signal];
  }

  /** @internal */
  override describe(): string {
    return `${this.label} ${nameOf(this.#callback)}`;
  }
}
