// One attempt to connect of several that are made for one socket: a descriptor on its way, until
// it is connected, or not. Who wins gives it to the socket. See connect(2).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { Handle } from '../loop/handle.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { type SystemErrorDetails, systemError } from '../raw/errors.js';

const SOL_SOCKET = constant('SOL_SOCKET');
const SO_ERROR = constant('SO_ERROR');

/** Told once, unless the attempt is closed before; without an error it is connected. */
export type AttemptEnded = (attempt: Attempt, error: Error | undefined) => void;

export class Attempt extends Handle {
  readonly #to: SystemErrorDetails;
  readonly #ended: AttemptEnded;

  override get kind(): string {
    return 'ConnectAttempt';
  }

  /**
   * `fd`, which is on its way to `to`, is its own from here on.
   *
   * @throws SystemError when the poller will not have it; `fd` stays open then
   */
  constructor(loop: HandleLoop, fd: number, to: SystemErrorDetails, ended: AttemptEnded) {
    super(loop);
    this.#to = to;
    this.#ended = ended;
    this.start(fd, Interest.WRITE);
    this.own();
  }

  /** @internal */
  override onReady(): void {
    const result = native.getsockopt(this.handleFd, SOL_SOCKET, SO_ERROR);
    if (result === 0) this.#ended(this, undefined);
    else if (result < 0) this.#ended(this, systemError(result, 'getsockopt'));
    else this.#ended(this, systemError(-result, 'connect', this.#to));
  }

  /** @internal The poller will not have it any more. */
  override onFailed(error: Error): void {
    this.#ended(this, error);
  }

  /** @internal */
  onClosed(): void {
    this.closeOwned();
  }

  override close(): void {
    this.beginClose();
  }
}
