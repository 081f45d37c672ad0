// Several addresses of one host, tried one a little after the other, the first that is connected
// wins: "happy eyeballs". An address that does not answer costs a quarter of a second then, and
// not the minutes that the kernel waits for it. See RFC 8305 4, 5.
import type { IpAddress } from '../binding/index.js';
import type { Timer } from '../loop/time/timer.js';
import { constant } from '../raw/constants.js';
import { SystemError, type SystemErrorDetails, systemError } from '../raw/errors.js';
import { Attempt } from './attempt.js';
import { detailsOf } from './endpoint.js';
import { guarded } from './open.js';
import type { Socket } from './socket.js';
import { connectingEnded } from './time-limits.js';

const EINPROGRESS = -constant('EINPROGRESS');
const EINTR = -constant('EINTR');

/** Opens a socket and begins to connect it; what connect(2) said. @throws SystemError */
export type Begin = (to: IpAddress) => { readonly fd: number; readonly result: number };

/** One of each family in turn, as they come, beginning with the family of the first. */
export function interleaved(addresses: readonly IpAddress[]): IpAddress[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const others = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const longer = Math.max(first.length, others.length);
  return Array.from({ length: longer }, (_, at) => [first[at], others[at]])
    .flat()
    .filter((address) => address !== undefined);
}

/** What all of them failed with, by what the first did. */
function allFailed(errors: readonly Error[], to: SystemErrorDetails): Error {
  const [first] = errors as [Error];
  if (errors.length === 1) return first;
  if (!(first instanceof SystemError)) return Object.assign(first, { errors });
  return Object.assign(systemError(first.errno, first.syscall, to), { errors });
}

export class Race {
  readonly #socket: Socket;
  readonly #addresses: readonly IpAddress[];
  readonly #begin: Begin;
  readonly #delayMs: number;
  /** The host, for the error of all. */
  readonly #to: SystemErrorDetails;
  readonly #attempts = new Set<Attempt>();
  readonly #errors: Error[] = [];
  #next = 0;
  #timer: Timer | undefined;

  /** @param addresses one at least, in their order */
  constructor(
    socket: Socket,
    addresses: readonly IpAddress[],
    begin: Begin,
    delayMs: number,
    to: SystemErrorDetails,
  ) {
    this.#socket = socket;
    this.#addresses = addresses;
    this.#begin = begin;
    this.#delayMs = delayMs;
    this.#to = to;
  }

  /** Tries the next address, and the one behind it after a while. */
  tryNext(): void {
    const { loop } = this.#socket;
    loop.clearTimeout(this.#timer);
    while (this.#next < this.#addresses.length) {
      const started = this.#start(this.#addresses[this.#next++] as IpAddress);
      if (!started) continue;
      if (this.#next === this.#addresses.length) return;
      // The socket keeps the loop alive, not the timer.
      this.#timer = loop.setTimeout(() => this.tryNext(), this.#delayMs).unref();
      return;
    }
    if (this.#attempts.size === 0) this.#socket.destroy(allFailed(this.#errors, this.#to));
  }

  /** Ends all that is on its way. Idempotent. */
  end(): void {
    this.#socket.loop.clearTimeout(this.#timer);
    for (const attempt of this.#attempts) attempt.close();
    // The socket has this as long as it lives, and needs none of them any more.
    this.#attempts.clear();
  }

  /** Whether it is on its way. */
  #start(address: IpAddress): boolean {
    const to = detailsOf(address);
    const { loop } = this.#socket;
    try {
      const { fd, result } = this.#begin(address);
      const attempt = guarded(fd, () => {
        // As the loopback may refuse it, or a network that is not there.
        if (result < 0 && result !== EINPROGRESS && result !== EINTR) {
          throw systemError(result, 'connect', to);
        }
        return new Attempt(loop, fd, to, (ended, error) => this.#ended(ended, error));
      });
      this.#attempts.add(attempt);
      return true;
    } catch (error) {
      this.#errors.push(error as Error);
      return false;
    }
  }

  #ended(attempt: Attempt, error: Error | undefined): void {
    this.#attempts.delete(attempt);
    // It was closed, and that is yet to be told.
    if (!this.#socket.active) {
      attempt.close();
      return;
    }
    if (error !== undefined) {
      attempt.close();
      this.#errors.push(error);
      this.tryNext();
      return;
    }
    this.end();
    connectingEnded(this.#socket);
    const fd = attempt.releaseDescriptor();
    this.#socket.enter(() => this.#socket.takeDescriptor(fd));
  }
}
