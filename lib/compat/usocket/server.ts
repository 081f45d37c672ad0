// A server of Unix sockets as npm usocket has it: it is paused and resumed, has no 'close', and
// keeps no count of its connections. Accepting is by hand, for a 'connection' after `pause`
// would be one that the program does not expect.
import { EventEmitter } from 'node:events';
import { native } from '../../binding/index.js';
import { defaultLoop } from '../../faces/default-loop.js';
import { constant, constants } from '../../raw/constants.js';
import { SystemError } from '../../raw/errors.js';
import type { Watcher } from '../../watch/watcher.js';
import { USocket } from './socket.js';

const AF_UNIX = constant('AF_UNIX');
const NONBLOCK = constant('SOCK_NONBLOCK');
const STREAM = constant('SOCK_STREAM') | NONBLOCK;
const EAGAIN = -constant('EAGAIN');
/** The connection ended while it waited: the next one is taken. */
const GONE = new Set(
  ['ECONNABORTED', 'EPROTO', 'ENETDOWN', 'ENOPROTOOPT', 'EHOSTDOWN', 'ENONET', 'EHOSTUNREACH']
    .concat('ENETUNREACH')
    .flatMap((name) => (constants[name] === undefined ? [] : -constants[name])),
);
const DEFAULT_BACKLOG = 16;
const MAX_AT_ONCE = 32;
/** What the process has no room for now: those who come wait meanwhile. */
const REST_MS = 50;
const REFUSED_FOR_NOW = new Set(
  ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'ETIMEDOUT', 'ECONNRESET'].map((n) => -constant(n)),
);

/** Where a `UServer` listens. */
export interface ListenOptions {
  /** A path, where there is no file. */
  path: string;
  /** How many may wait to be accepted; default 16. */
  backlog?: number;
}

/** Events: 'listening', 'connection' (a `USocket`), 'error'. */
export class UServer extends EventEmitter {
  /** Whether `pause` holds. */
  paused = false;
  /** Whether it has been bound. */
  listening = false;
  /** The descriptor, once it listens. */
  fd?: number;
  #watcher: Watcher | undefined;
  #pending = false;

  /**
   * Listens at `path`. 'listening' or 'error' follows.
   *
   * @throws Error when it listens already, for what is no path
   */
  listen(
    path: string | ListenOptions,
    backlog?: number | (() => void),
    listener?: () => void,
  ): void {
    if (this.#pending || this.listening) throw new Error('listen on already listened UServer');
    const isOptions = typeof path === 'object' && path !== null;
    const options: Partial<ListenOptions> = isOptions ? path : { path };
    const given = isOptions ? options.backlog : backlog;
    const called = typeof backlog === 'function' ? backlog : listener;
    const size = (typeof given === 'function' ? 0 : given) || DEFAULT_BACKLOG;
    if (typeof options.path !== 'string' || typeof size !== 'number') {
      throw new Error('UServer expects valid path');
    }
    if (typeof called === 'function') this.once('listening', called);
    this.#pending = true;
    // Kept alive meanwhile, as by the thread that does this there.
    const place = options.path;
    defaultLoop().setImmediate(() => this.#open(place, size));
  }

  /** No 'connection' until `resume`. */
  pause(): void {
    this.paused = true;
    this.#watcher?.modify({});
  }

  /** Goes on. */
  resume(): void {
    this.paused = false;
    this.#watcher?.modify({ read: true });
  }

  /** Listens no more, and frees the descriptor. Its file stays. Idempotent. */
  close(): void {
    this.#pending = false;
    const watcher = this.#watcher;
    this.#watcher = undefined;
    if (watcher === undefined) return;
    const { fd } = watcher;
    watcher.close();
    native.close(fd);
  }

  #open(path: string, backlog: number): void {
    // It was closed meanwhile.
    if (!this.#pending) return;
    this.#pending = false;
    try {
      const fd = open(path, backlog);
      this.#watcher = watch(fd, () => this.#accept());
      this.fd = fd;
    } catch (error) {
      this.emit('error', error);
      return;
    }
    this.emit('listening');
    this.listening = true;
    if (!this.paused) this.#watcher?.modify({ read: true });
  }

  #accept(): void {
    for (let i = 0; i < MAX_AT_ONCE && !this.paused; i++) {
      const watcher = this.#watcher;
      if (watcher === undefined) return;
      const fd = native.accept4(watcher.fd, NONBLOCK);
      if (fd >= 0) this.emit('connection', new USocket({ fd }));
      else if (fd === EAGAIN) return;
      else if (REFUSED_FOR_NOW.has(fd)) {
        this.#rest(watcher);
        return;
      } else if (!GONE.has(fd)) this.#fail(new SystemError(fd, 'accept'));
    }
  }

  #rest(watcher: Watcher): void {
    watcher.modify({});
    const goOn = () => {
      if (this.#watcher === watcher && !this.paused) watcher.modify({ read: true });
    };
    defaultLoop().setTimeout(goOn, REST_MS);
  }

  #fail(error: Error): void {
    this.close();
    this.emit('error', error);
  }
}

/** @throws SystemError */
function open(path: string, backlog: number): number {
  const fd = native.socket(AF_UNIX, STREAM, 0);
  if (fd < 0) throw new SystemError(fd, 'socket');
  const bound = native.bind(fd, { family: 'unix', path });
  const result = bound < 0 ? bound : native.listen(fd, backlog);
  if (result >= 0) return fd;
  native.close(fd);
  throw new SystemError(result, bound < 0 ? 'bind' : 'listen', { path });
}

/** Waits for nothing yet. Where it cannot, what would be waited for is closed. */
function watch(fd: number, accept: () => void): Watcher {
  try {
    const watcher = defaultLoop().watch(fd, { read: true }, accept);
    watcher.modify({});
    return watcher;
  } catch (error) {
    native.close(fd);
    throw error;
  }
}
