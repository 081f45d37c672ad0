// A look at this process's descriptors, so that a test that leaves one open fails,
// and a place for those that a test opens itself.
import { existsSync, fstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { untilReadable } from './bytes.js';
import { onLibkqueue } from './libkqueue.js';

const ATTEMPTS = 400;
const HAS_PROC = existsSync('/proc/self/fd');
/** macOS and the BSDs list descriptors in /dev/fd, without a word about each. */
const FOLDER = HAS_PROC ? '/proc/self/fd' : '/dev/fd';

/** What `fd` is, a path for a file or folder. */
function whatIs(fd: number): string {
  if (HAS_PROC) return readlinkSync(`${FOLDER}/${fd}`);
  const status = fstatSync(fd);
  const kind = status.isFile() || status.isDirectory() ? '/file' : `kind ${status.mode >> 12}`;
  return `${kind}:${status.ino}`;
}

/** libkqueue closes what belongs to a kqueue a moment after it, in a thread of its own. */
function settle(): void {
  if (!onLibkqueue) return;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let same = 0, before = -1; same < 4; ) {
    Atomics.wait(pause, 0, 0, 2);
    const now = readdirSync(FOLDER).length;
    same = now === before ? same + 1 : 0;
    before = now;
  }
}

/** Sockets, pipes, epoll instances and the like by number: all but files and folders. */
export function openDescriptors(): Map<number, string> {
  settle();
  const found = new Map<number, string>();
  for (const name of readdirSync(FOLDER)) {
    try {
      const target = whatIs(Number(name));
      if (!target.startsWith('/')) found.set(Number(name), target);
    } catch {
      // The folder's own descriptor is closed by now.
    }
  }
  return found;
}

/**
 * Those that are open now and were not `before`. What is gone is no matter: loops of earlier
 * tests may have been collected meanwhile.
 */
export function openedSince(before: Map<number, string>): [number, string][] {
  return [...openDescriptors()].filter(([fd, what]) => before.get(fd) !== what);
}

/**
 * How many descriptors of any kind are open: the fewest of three looks, as a thread that begins may
 * have a file open for a moment.
 */
export function countDescriptors(): number {
  settle();
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const looks = [0, 1, 1].map((ms) => {
    if (ms > 0) Atomics.wait(pause, 0, 0, ms);
    return readdirSync(FOLDER).length;
  });
  return Math.min(...looks);
}

/** Whether `fd` is open in this process. */
export function isOpen(fd: number): boolean {
  return raw.fcntl(fd, constant('F_GETFD')) >= 0;
}

/** Whether a child would not get `fd`: from fcntl and, apart from it, from /proc. */
export function isCloseOnExec(fd: number): boolean {
  const inFcntl = raw.fcntl(fd, constant('F_GETFD')) === constant('FD_CLOEXEC');
  if (!HAS_PROC) return inFcntl;
  const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
  const inProc = (Number.parseInt(flags?.[1] ?? '0', 8) & constant('O_CLOEXEC')) !== 0;
  expect(inFcntl).toBe(inProc);
  return inProc;
}

/** Fails a test that leaves a descriptor open. Call it once at the top of a file. */
export function guardDescriptors(): void {
  // libkqueue opens some for itself with the first kqueue, and keeps them.
  if (onLibkqueue) raw.close(raw.kqueue());
  let before: Map<number, string>;
  beforeEach(() => {
    before = openDescriptors();
  });
  afterEach(async () => {
    const left = () => openedSince(before);
    // The host closes some of its own, such as the pipes of a child, a little later.
    for (let i = 0; i < ATTEMPTS && left().length > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(left()).toEqual([]);
  });
}

/** Keeps the descriptors that a test opens, and closes them after it. */
export class Opened {
  readonly #fds = new Set<number>();

  constructor() {
    afterEach(() => this.closeAll());
  }

  /** The descriptor that a raw call made. @throws SystemError when it failed */
  keep(result: number, syscall = 'open'): number {
    const fd = raw.check(result, syscall);
    this.#fds.add(fd);
    return fd;
  }

  keepPair(result: [number, number] | number): [number, number] {
    const [first, second] = raw.check(result, 'pair');
    return [this.keep(first), this.keep(second)];
  }

  pipe(flags = constant('O_NONBLOCK')): [readEnd: number, writeEnd: number] {
    return this.keepPair(raw.pipe2(flags));
  }

  /** Two connected stream sockets, non-blocking. */
  pair(type = constant('SOCK_STREAM')): [number, number] {
    const nonBlocking = type | constant('SOCK_NONBLOCK');
    return this.keepPair(raw.socketpair(constant('AF_UNIX'), nonBlocking, 0));
  }

  /** A listening TCP socket of the loopback, non-blocking, and where it listens. */
  listening(backlog = 8): [fd: number, address: raw.IpAddress] {
    const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
    const fd = this.keep(raw.socket(constant('AF_INET'), type), 'socket');
    const any = { family: 'ipv4', address: '127.0.0.1', port: 0 } as const;
    raw.check(raw.bind(fd, any), 'bind');
    raw.check(raw.listen(fd, backlog), 'listen');
    return [fd, raw.getsockname(fd) as raw.IpAddress];
  }

  /** Who has connected: it may be seen here a moment later than there. */
  accept(listener: number, flags = 0): number {
    untilReadable(listener);
    return this.keep(raw.accept4(listener, flags), 'accept4');
  }

  /** A TCP connection over the loopback: both ends, non-blocking. */
  tcpPair(): [client: number, accepted: number] {
    const [listener, address] = this.listening();
    const client = this.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')), 'socket');
    raw.check(raw.connect(client, address), 'connect');
    raw.fcntl(client, constant('F_SETFL'), constant('O_NONBLOCK'));
    const accepted = this.accept(listener, constant('SOCK_NONBLOCK'));
    this.close(listener);
    return [client, accepted];
  }

  /** A descriptor that is readable unless `initial` is 0; an eventfd, where there are any. */
  eventfd(initial = 0): number {
    if (!raw.supported.eventfd) {
      const [readEnd, writeEnd] = this.pipe();
      if (initial > 0) raw.write(writeEnd, new Uint8Array(1));
      return readEnd;
    }
    return this.keep(raw.eventfd(initial, constant('EFD_NONBLOCK')));
  }

  close(...fds: number[]): void {
    for (const fd of fds) {
      this.#fds.delete(fd);
      raw.close(fd);
    }
  }

  closeAll(): void {
    this.close(...this.#fds);
  }
}

/** A second descriptor for the same open file, as dup(2) makes it. */
export function duplicate(fd: number): number {
  return raw.check(raw.fcntl(fd, constant('F_DUPFD_CLOEXEC'), 0), 'fcntl');
}
