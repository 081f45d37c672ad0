// A socket as npm unix-dgram has it. Receiving is a datagram socket of the default loop,
// many with one call of the kernel. What the program asks for is done, and its outcome told,
// before the call returns: so that package promises, and its users rely on it. Hence sending is
// a system call each, beside the loop.
import { EventEmitter } from 'node:events';
import { type Bytes, native } from '../../binding/index.js';
import type { DatagramHandlers } from '../../datagram/handlers.js';
import type { DatagramSocket } from '../../datagram/socket.js';
import { defaultLoop } from '../../faces/default-loop.js';
import { byteLengthOf } from '../../loop/bytes.js';
import { outOfRange } from '../../loop/errors.js';
import { constant } from '../../raw/constants.js';
import { SystemError } from '../../raw/errors.js';
import { type Place, placeOf } from './place.js';
import { Writable } from './writable.js';

const EAGAIN = -constant('EAGAIN');
const EBADF = -constant('EBADF');
const ENOBUFS = -constant('ENOBUFS');

/** What `message` is told beside the bytes. */
export interface MessageInfo {
  /** Bytes of the message. */
  size: number;
  /** Nothing; for the sake of who expects it of UDP. */
  address: Record<string, never>;
  /** Where the sender is bound to; null: to no path. */
  path: string | null;
}

/**
 * Told of what was sent, before `send` returns. `error.code` is 1 where the receiver has no
 * room ('congestion'): try again in 'writable'.
 */
export type SendCallback = (error?: Error & { code?: number | undefined }) => void;

type Owned = DatagramSocket<UnixDgramSocket>;

/** One object for all sockets. */
const handlers: DatagramHandlers<UnixDgramSocket> = {
  message(handle, chunk, from) {
    const path = 'path' in from && from.path !== '' && from.path[0] !== '\0' ? from.path : null;
    const info: MessageInfo = { size: chunk.length, address: {}, path };
    handle.data.emit('message', Buffer.from(chunk), info);
  },
  error(handle, error) {
    handle.data.emit('error', errnoException(errnoOf(error), 'recv'));
  },
  close(handle, error) {
    if (error !== undefined) handle.data.ended(error);
  },
};

/** As the original tells of a call that failed: `code` is the negative number, not the name. */
function errnoException(errno: number, syscall: string) {
  return Object.assign(new Error(`${syscall} ${errno}`), { errno, code: errno, syscall });
}

const errnoOf = (error: unknown): number => (error instanceof SystemError ? error.errno : EBADF);

/** As the original, which looks at no more than that. */
const isFunction = (value: unknown): value is SendCallback => typeof value === 'function';

function openHandle(): Owned {
  try {
    return defaultLoop().dgram({ family: 'unix' }, handlers);
  } catch (error) {
    throw error instanceof SystemError ? errnoException(error.errno, error.syscall) : error;
  }
}

/**
 * A socket of Unix datagrams. Events: 'listening', 'connect', 'message' (a Buffer and a
 * `MessageInfo`), 'error', and of one that is connected 'congestion' and 'writable'.
 */
export class UnixDgramSocket extends EventEmitter {
  /** The descriptor; -1 when it is closed. */
  fd: number;
  /** 'unix_dgram'. */
  readonly type: string;
  /** Whether `connect` has succeeded. */
  connected?: boolean;
  readonly #handle: Owned;
  /** Where the last one went. */
  #last: Place | undefined;
  #writable: Writable | undefined;

  /** @internal Use `createSocket`. */
  constructor(type: string, listener?: (message: Buffer, info: MessageInfo) => void) {
    if (type !== 'unix_dgram') throw new Error(`Unsupported socket type: ${type}`);
    super();
    this.#handle = openHandle();
    this.#handle.data = this;
    this.fd = this.#handle.handleFd;
    this.type = type;
    if (typeof listener === 'function') this.on('message', listener);
  }

  /** Makes it known at `path`, where there must be no file. 'listening' or 'error' follows at once. */
  bind(path: string): void {
    const result = this.#toPath(path, (fd, address) => native.bind(fd, address));
    if (result < 0) this.emit('error', errnoException(result, 'bind'));
    else this.emit('listening');
  }

  /** Sends to `path` from now on. 'connect' or 'error' follows at once. */
  connect(path: string): void {
    const result = this.#toPath(path, (fd, address) => native.connect(fd, address));
    if (result < 0) {
      this.emit('error', errnoException(result, 'connect'));
      return;
    }
    this.connected = true;
    this.emit('connect');
  }

  /**
   * Sends all of `buf` to where it is connected; or `length` bytes from `offset` to `path`.
   * Without a callback what fails is told by 'error', no room by 'congestion'.
   *
   * @throws TypeError, RangeError for what is no bytes, or not in them
   */
  send(buf: Bytes, callback?: SendCallback): void;
  send(buf: Bytes, offset: number, length: number, path: string, callback?: SendCallback): void;
  send(
    buf: Bytes,
    offset?: number | SendCallback,
    length?: number,
    path?: string,
    callback?: SendCallback,
  ): void {
    if (!this.connected) {
      const result = this.#sendTo(buf, Number(offset) >>> 0, Number(length) >>> 0, path);
      this.#tell(buf, result, callback);
      return;
    }
    const result = this.#isOpen ? native.send(this.#handle.handleFd, buf) : EBADF;
    const congested = result === EAGAIN || result === ENOBUFS;
    if (congested) this.#waitUntilWritable();
    this.#tell(buf, congested ? 1 : result < 0 ? result : 0, offset);
  }

  /** The same as `send`. */
  sendto(buf: Bytes, offset: number, length: number, path: string, callback?: SendCallback): void {
    this.send(buf, offset, length, path, callback);
  }

  /** Closes it at once, also from inside its own callbacks. Its file stays. @throws Error -EBADF */
  close(): void {
    this.#writable?.close();
    this.fd = -1;
    if (!this.#isOpen) throw errnoException(EBADF, 'close');
    // By the loop it would be closed a little later, and take datagrams until then.
    const result = native.close(this.#handle.detach());
    if (result < 0) throw errnoException(result, 'close');
  }

  /** Keeps the process alive until it is closed, as from the start. */
  ref(): this {
    this.#handle.ref();
    return this;
  }

  /** Lets the process end although it is open. */
  unref(): this {
    this.#handle.unref();
    return this;
  }

  /** @internal The kernel gives no more of it. */
  ended(error: Error): void {
    this.#writable?.close();
    this.fd = -1;
    this.emit('error', errnoException(errnoOf(error), 'recv'));
  }

  get #isOpen(): boolean {
    return this.#handle.active;
  }

  /** `result`: 0, -errno, or 1: no room. */
  #tell(buf: Bytes, result: number, callback: unknown): void {
    if (isFunction(callback)) {
      if (result === 0) callback();
      else if (result < 0) callback(errnoException(result, 'send'));
      else callback(Object.assign(new Error('congestion'), { code: result }));
    } else if (result < 0) this.emit('error', errnoException(result, 'send'));
    else if (result === 1) this.emit('congestion', buf);
  }

  #sendTo(buf: Bytes, offset: number, length: number, path: string | undefined): number {
    const size = byteLengthOf(buf as Uint8Array);
    if (offset + length > size) throw outOfRange('length', `at most ${size - offset}`, length);
    const send = (fd: number, address: Uint8Array) =>
      native.sendto(fd, buf, offset, length, 0, address);
    const result = this.#toPath(path, send);
    return result < 0 ? result : 0;
  }

  #toPath(path: string | undefined, call: (fd: number, address: Uint8Array) => number): number {
    if (!this.#isOpen) return EBADF;
    if (this.#last === undefined || this.#last.path !== path) this.#last = placeOf(path);
    const { error, sockaddr } = this.#last;
    return error < 0 ? error : call(this.#handle.handleFd, sockaddr);
  }

  #waitUntilWritable(): void {
    this.#writable ??= new Writable(this.#handle.loop, () => this.emit('writable'));
    this.#writable.wait(this.#handle.handleFd);
  }
}
