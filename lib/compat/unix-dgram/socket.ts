// A socket as npm unix-dgram has it. What the program asks for is done, and its outcome told,
// before the call returns: so that package promises, and its users rely on it. Hence sending is
// a system call each, beside any loop.
import { isAnyArrayBuffer } from '../../base/realms.js';
import { type Bytes, native } from '../../binding/index.js';
import { byteLengthOf, toBytes } from '../../loop/bytes.js';
import { invalidType, outOfRange } from '../../loop/errors.js';
import { constant } from '../../raw/constants.js';
import type { Arrived } from './inbox.js';
import { type Place, placeOf } from './place.js';
import { Port } from './port.js';
import { placesChanged, Shortcut } from './shortcut.js';
import { WithoutUdp } from './without-udp.js';
import { Writable } from './writable.js';

const EAGAIN = -constant('EAGAIN');
const EBADF = -constant('EBADF');
const ENOBUFS = -constant('ENOBUFS');
const NOW = constant('MSG_DONTWAIT');
const isLinux = process.platform === 'linux';
/** There is no such socket any more, or it can never receive. */
const FATAL = new Set(['EBADF', 'ENOTSOCK', 'EOPNOTSUPP', 'EINVAL'].map((name) => -constant(name)));

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

/** As the original tells of a call that failed: `code` is the negative number, not the name. */
function errnoException(errno: number, syscall: string) {
  return Object.assign(new Error(`${syscall} ${errno}`), { errno, code: errno, syscall });
}

/** As the original, which looks at no more than that. */
const isFunction = (value: unknown): value is SendCallback => typeof value === 'function';

/** @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_STATE for memory that was detached */
function bytesOf(buf: Bytes): Uint8Array {
  if (ArrayBuffer.isView(buf) || isAnyArrayBuffer(buf)) return toBytes(buf);
  throw invalidType('buf', 'a Buffer, an ArrayBuffer or a view of one');
}

/**
 * A socket of Unix datagrams. Events: 'listening', 'connect', 'message' (a Buffer and a
 * `MessageInfo`), 'error', and of one that is connected 'congestion' and 'writable'.
 */
export class UnixDgramSocket extends WithoutUdp {
  /** The descriptor; -1 when it is closed. */
  fd: number;
  /** 'unix_dgram'. */
  readonly type: string;
  /** Whether `connect` has succeeded. */
  connected?: boolean;
  readonly #port: Port;
  /** Where the last one went. */
  #last: Place | undefined;
  #writable: Writable | undefined;
  /** While it has no name: who has one is known by it. */
  #shortcut: Shortcut | undefined = isLinux ? new Shortcut() : undefined;

  /** @internal Use `createSocket`. */
  constructor(type: string, listener?: (message: Buffer, info: MessageInfo) => void) {
    if (type !== 'unix_dgram') throw new Error(`Unsupported socket type: ${type}`);
    super();
    const port = Port.open((arrived) => this.#arrived(arrived));
    if (typeof port === 'number') throw errnoException(port, 'socket');
    this.#port = port;
    this.fd = port.fd;
    this.type = type;
    if (typeof listener === 'function') this.on('message', listener);
  }

  /** Makes it known at `path`, where there must be no file. 'listening' or 'error' follows at once. */
  bind(path: string): void {
    const result = this.#toPath(path, (fd, address) => native.bind(fd, address));
    this.#endShortcut();
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
    this.#endShortcut();
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
    const { fd } = this.#port;
    const result = fd < 0 ? EBADF : native.send(fd, buf, undefined, undefined, NOW);
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
    const result = this.#end();
    if (result < 0) throw errnoException(result, 'close');
  }

  /** Keeps the process alive until it is closed, as from the start. */
  ref(): this {
    this.#port.ref();
    return this;
  }

  /** Lets the process end although it is open. */
  unref(): this {
    this.#port.unref();
    return this;
  }

  #arrived(arrived: Arrived): void {
    if ('message' in arrived) {
      const { message, path } = arrived;
      const info: MessageInfo = { size: message.length, address: {}, path };
      this.emit('message', message, info);
      return;
    }
    const { errno } = arrived;
    if (FATAL.has(errno)) this.#end();
    else this.#port.rest();
    this.emit('error', errnoException(errno, 'recv'));
  }

  /** @returns 0 or -errno */
  #end(): number {
    this.#writable?.close();
    this.#endShortcut();
    this.fd = -1;
    return this.#port.fd < 0 ? EBADF : this.#port.close();
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
    const bytes = bytesOf(buf);
    const size = byteLengthOf(bytes);
    if (offset + length > size) throw outOfRange('length', `at most ${size - offset}`, length);
    const { fd } = this.#port;
    if (fd < 0) return EBADF;
    const place = this.#placeOf(path);
    if (place.error < 0) return place.error;
    const direct = this.#shortcut?.to(place) ?? -1;
    if (direct >= 0) {
      if (native.send(direct, bytes, offset, length, NOW) >= 0) return 0;
      this.#shortcut?.refused();
    }
    const result = native.sendto(fd, bytes, offset, length, NOW, place.sockaddr);
    return result < 0 ? result : 0;
  }

  #endShortcut(): void {
    this.#shortcut?.close();
    this.#shortcut = undefined;
    placesChanged();
  }

  #toPath(path: string, call: (fd: number, address: Uint8Array) => number): number {
    const { fd } = this.#port;
    if (fd < 0) return EBADF;
    const { error, sockaddr } = this.#placeOf(path);
    return error < 0 ? error : call(fd, sockaddr);
  }

  #placeOf(path: string | undefined): Place {
    if (this.#last?.path !== path || this.#last === undefined) this.#last = placeOf(path);
    return this.#last;
  }

  #waitUntilWritable(): void {
    this.#writable ??= new Writable(() => this.emit('writable'));
    this.#writable.wait(this.#port.fd);
  }
}
