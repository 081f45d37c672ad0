// rawloop/compat/abstract-socket: the API of npm abstract-socket, for programs that move to
// rawloop by an override. What it returns are the host's own sockets, as there: rawloop
// only opens them, under names that begin with a NUL. What differs is in docs/moving.md.
// See unix(7).
import { Server, Socket } from 'node:net';
import { native } from '../../binding/index.js';
import { constant } from '../../raw/constants.js';
import { codedError, SystemError } from '../../raw/errors.js';

const AF_UNIX = constant('AF_UNIX');
const STREAM = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
const EINVAL = -constant('EINVAL');
const ENAMETOOLONG = -constant('ENAMETOOLONG');

/**
 * A socket that `call` has given its name, or connected: a descriptor that is nobody's but the
 * caller's.
 *
 * @throws SystemError of `call`, or of socket(2); Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
 */
function open(name: unknown, call: 'bind' | 'connect'): number {
  if (process.platform !== 'linux') {
    const message = "abstract names are Linux's alone";
    throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
  }
  const fd = native.socket(AF_UNIX, STREAM, 0);
  if (fd < 0) throw new SystemError(fd, 'socket');
  const isName = typeof name === 'string' && name.startsWith('\0');
  const result = isName ? native[call](fd, { family: 'unix', path: name }) : EINVAL;
  if (result < 0) {
    native.close(fd);
    const errno = result === ENAMETOOLONG ? EINVAL : result;
    throw new SystemError(errno, call === 'bind' ? 'listen' : call, { address: String(name) });
  }
  // The host's from here on.
  native.release(fd);
  return fd;
}

/** A server of the host that listens on an abstract name. */
export class AbstractSocketServer extends Server {
  /**
   * Listens on `name`, which begins with a NUL. 'listening' follows; or 'error', with
   * 'listen' as its call: EADDRINUSE, EINVAL (no such name).
   */
  override listen(...args: unknown[]): this {
    const [name, listener] = args;
    let fd: number;
    try {
      fd = open(name, 'bind');
    } catch (error) {
      process.nextTick(() => this.emit('error', error));
      return this;
    }
    return super.listen({ fd }, listener as () => void);
  }
}

/** Makes a server; `listener` is told of each 'connection'. */
export function createServer(listener?: (socket: Socket) => void): AbstractSocketServer {
  return new AbstractSocketServer(listener);
}

/**
 * Connects to an abstract name, which begins with a NUL, before it returns.
 *
 * @param connectListener called a little later with the socket, if it is connected
 * @returns a socket of the host: 'error' follows where it could not be (ECONNREFUSED, EINVAL,
 *   EAGAIN where as many wait as may)
 */
export function connect(name: string, connectListener?: (socket: Socket) => void): Socket {
  let fd: number;
  try {
    fd = open(name, 'connect');
  } catch (error) {
    const failed = new Socket({ readable: true, writable: true });
    setImmediate(() => failed.destroy(error as Error));
    return failed;
  }
  const socket = new Socket({ fd, readable: true, writable: true });
  if (typeof connectListener === 'function') setImmediate(() => connectListener(socket));
  return socket;
}

/** The same as `connect`. */
export const createConnection: typeof connect = connect;
