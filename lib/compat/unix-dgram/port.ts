// The descriptor of a socket, and who waits for it: the host's own loop, as with the original,
// and no poller of ours between. What it finds is received many at a time and told one by one.
import { native } from '../../binding/index.js';
import { inContext, withoutContext } from '../../loop/async-context.js';
import { Guest } from '../../loop/guest/guest.js';
import { drainHost, tellHost } from '../../loop/host.js';
import { constant } from '../../raw/constants.js';
import { type Arrived, receive } from './inbox.js';

const AF_UNIX = constant('AF_UNIX');
const DGRAM = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');

export class Port {
  #fd: number;
  readonly #guest: Guest;
  readonly #tell: (arrived: Arrived) => void;
  /** How many came at a time lately; native code's. */
  readonly #pace = new Int32Array(1);

  /** @throws SystemError when the host refuses */
  private constructor(fd: number, tell: (arrived: Arrived) => void) {
    this.#fd = fd;
    this.#tell = inContext('UnixDgram', tell);
    this.#guest = withoutContext(() => new Guest(fd, () => this.#turn()));
  }

  /**
   * Opens a socket. What comes is told in the async context of now.
   *
   * @returns -errno when the kernel has none
   * @throws SystemError when the host refuses
   */
  static open(tell: (arrived: Arrived) => void): Port | number {
    const fd = native.socket(AF_UNIX, DGRAM, 0);
    if (fd < 0) return fd;
    try {
      return new Port(fd, tell);
    } catch (error) {
      native.close(fd);
      throw error;
    }
  }

  /** -1: it is closed. */
  get fd(): number {
    return this.#fd;
  }

  ref(): void {
    if (this.#fd >= 0) this.#guest.ref();
  }

  unref(): void {
    if (this.#fd >= 0) this.#guest.unref();
  }

  /** Receives nothing for a moment, longer each time: what failed would fail again at once. */
  rest(): void {
    if (this.#fd >= 0) this.#guest.rest();
  }

  /** At once. @returns 0 or -errno */
  close(): number {
    const fd = this.#fd;
    this.#fd = -1;
    this.#guest.close();
    return native.close(fd);
  }

  /** What the listeners throw is the host's uncaughtException; the rest is told all the same. */
  #turn(): void {
    if (this.#fd < 0) return;
    let threw = false;
    const arrived = receive(this.#fd, this.#pace);
    for (let i = 0; i < arrived.length && this.#fd >= 0; i++) {
      try {
        this.#tell(arrived[i] as Arrived);
      } catch (error) {
        threw = true;
        if (!tellHost(error)) return;
      }
      if (i + 1 < arrived.length) drainHost?.();
    }
    if (threw && this.#fd >= 0) this.#guest.yield();
  }
}
