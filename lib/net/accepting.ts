// When a server accepts: not while it backs off, is full, or nobody asks for a connection.
// Whoever comes meanwhile stays in the kernel's backlog, and the listening socket is not
// waited for. Several reasons may hold at once. See listen(2).
import type { OptionNames } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidValue } from '../loop/errors.js';
import type { Handle } from '../loop/handle.js';
import type { Timer } from '../loop/time/timer.js';
import { Interest } from '../poller/interest.js';
import { nextRetryMs } from '../stream/sending.js';

/** How many connections a server has at once, and what happens to more. */
export interface AcceptOptions {
  /** Connections that may be open at once: 1 to 2^31-1. Default: no limit but descriptors. */
  maxConnections?: number;
  /**
   * What happens to who comes when there are `maxConnections`: 'wait', in the kernel's backlog,
   * until one closes, or 'refuse': it is accepted and reset at once, and counted
   * (`server.refused`). Default 'wait'.
   */
  whenFull?: 'wait' | 'refuse';
}

export const ACCEPT_NAMES: OptionNames<AcceptOptions> = { maxConnections: true, whenFull: true };

/** `options` as `readOptions` gave them. */
export interface AcceptLimits {
  readonly maxConnections: number;
  readonly refuses: boolean;
}

/** @throws TypeError, RangeError */
export function acceptLimits({ maxConnections, whenFull = 'wait' }: AcceptOptions): AcceptLimits {
  if (whenFull !== 'wait' && whenFull !== 'refuse') {
    throw invalidValue('options.whenFull', "'wait' or 'refuse'");
  }
  const max =
    maxConnections === undefined
      ? Number.POSITIVE_INFINITY
      : checkInteger('options.maxConnections', maxConnections, 1, 2 ** 31 - 1);
  return { maxConnections: max, refuses: whenFull === 'refuse' };
}

/** Why nobody is accepted for now. */
export const Hold = {
  /** The kernel refused, and is asked again a little later. */
  BACK_OFF: 1,
  /** There are `maxConnections`. */
  FULL: 2,
  /** Who iterates the server has not asked for more. */
  UNASKED: 4,
} as const;

export class Accepting {
  readonly #server: Handle;
  #holds = 0;
  #backoffMs = 0;
  #retry: Timer | undefined;

  constructor(server: Handle) {
    this.#server = server;
  }

  /** Whether the next one may be accepted. */
  get isOn(): boolean {
    return this.#holds === 0 && this.#server.active;
  }

  /** What the listening socket is waited for. */
  get interest(): number {
    return this.#holds === 0 ? Interest.READ : 0;
  }

  /** Idempotent. */
  hold(why: number): void {
    this.#holds |= why;
    this.#server.setInterest(this.interest);
  }

  /** Idempotent. */
  release(why: number): void {
    if ((this.#holds & why) === 0) return;
    this.#holds &= ~why;
    this.#server.setInterest(this.interest);
  }

  /** Who waits stays in the backlog, and is served once a descriptor is free. */
  backOff(): void {
    this.#backoffMs = nextRetryMs(this.#backoffMs);
    this.hold(Hold.BACK_OFF);
    const { loop } = this.#server;
    this.#retry = loop.setTimeout(() => this.release(Hold.BACK_OFF), this.#backoffMs);
    // The server itself keeps the loop alive, if it is to.
    this.#retry.unref();
  }

  /** One was served: the next pause is a short one again. */
  served(): void {
    this.#backoffMs = 0;
  }

  /** The server closes. */
  end(): void {
    this.#server.loop.clearTimeout(this.#retry);
  }
}
