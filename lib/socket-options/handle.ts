// A handle whose descriptor is a socket, or may be one, with the socket's options: by the
// kernel's numbers, and by name. Names are loaded when one is first used.
import { type Bytes, native } from '../binding/index.js';
import { handleClosed, stillConnecting } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { check } from '../raw/errors.js';
import * as seldom from './seldom.js';
import type {
  AllSocketOptions,
  ReadableSocketOption,
  SettableSocketOption,
  SocketOptions,
} from './values.js';

/** A handle that may have socket options: a server, a socket, a stream over one. */
export abstract class SocketHandle extends Handle {
  /**
   * Sets a socket option by its name, or by its level and number. See docs/socket-options.md
   * and setsockopt(2).
   *
   * @param value of a name, what the name takes; of a number, a number or bytes in the layout
   *   that the kernel documents
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (no such name); RangeError
   *   ERR_OUT_OF_RANGE; SystemError ENOPROTOOPT (no option of such a socket), ENOTSOCK, EPERM,
   *   ...; Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_HANDLE_CLOSED
   * @example
   * socket.setOption('TCP_USER_TIMEOUT', 5000);
   * @example
   * socket.setOption(constants.SOL_SOCKET, constants.SO_RCVTIMEO, new Uint8Array(16));
   */
  setOption<Name extends SettableSocketOption>(name: Name, value: AllSocketOptions[Name]): this;
  setOption(level: number, name: number, value: number | Bytes): this;
  setOption(first: string | number, second: unknown, value?: number | Bytes): this {
    if (typeof first === 'string') {
      const { checkChange, makeChange } = seldom.byName();
      const change = checkChange(first, second);
      makeChange(socketOf(this), change);
      return this;
    }
    const fd = socketOf(this);
    const result = native.setsockopt(fd, first, second as number, value as number | Bytes);
    check(result, 'setsockopt');
    return this;
  }

  /**
   * Reads a socket option by its name, decoded; or by its level and number: a number, or how
   * many bytes of `value` it filled. See docs/socket-options.md and getsockopt(2).
   *
   * @throws TypeError ERR_INVALID_ARG_VALUE (no such name); SystemError; Error
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_HANDLE_CLOSED
   * @example
   * const { rttUs, state } = socket.getOption('TCP_INFO');
   */
  getOption<Name extends ReadableSocketOption>(name: Name): AllSocketOptions[Name];
  getOption(level: number, name: number, value?: Bytes): number;
  getOption(first: string | number, name?: number, value?: Bytes): unknown {
    const fd = socketOf(this);
    if (typeof first === 'string') return seldom.byName().getByName(fd, first);
    return check(native.getsockopt(fd, first, name as number, value), 'getsockopt');
  }

  /**
   * Its socket options as properties, each asked of the kernel when it is read: always the
   * same object. On the console it shows all that can be read. Throws as `setOption` and
   * `getOption` do.
   *
   * @example
   * socket.options.TCP_NODELAY = false;
   */
  get options(): SocketOptions {
    return seldom.byName().optionsOf(this);
  }
}

function socketOf(handle: Handle): number {
  if (!handle.active) throw handleClosed(handle.kind);
  // To a host whose name is looked up.
  if (handle.handleFd < 0) throw stillConnecting('set options by socketOptions, or in open');
  return handle.handleFd;
}
