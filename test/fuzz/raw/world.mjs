// The descriptors that raw calls are tried on: our own of every kind, some that were
// closed, some that are the host's. None of them blocks, 0 to 2 and what the host opened
// are never read, written or adopted.
import { closeSync, fstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';

const MOST_OWN = 48;
const LEAST_OWN = 24;

export function openNumbers() {
  const list = readdirSync('/proc/self/fd').map(Number);
  // The one that lists is among them, and gone.
  return new Map(
    list.flatMap((fd) => {
      try {
        return [[fd, readlinkSync(`/proc/self/fd/${fd}`)]];
      } catch {
        return [];
      }
    }),
  );
}

export class World {
  /** @param {import('../support/random.mjs').Random} random */
  constructor(random, native, folder) {
    this.random = random;
    this.native = native;
    this.constants = native.constants;
    this.file = `${folder}/a-file`;
    closeSync(openSync(this.file, 'w'));
    this.hosts = openNumbers();
    /** @type {number[]} opened by the addon, ours to use */ this.own = [];
    /** @type {number[]} */ this.epolls = [];
    /** @type {number[]} */ this.closed = [];
    /** @type {Set<number>} opened by the host for the fuzzer: never ours to close */
    this.foreign = new Set();
    this.refill();
  }

  /** Takes a descriptor that a call returned; from here on nothing blocks on it. */
  keep(fd, isEpoll = false) {
    if (!(fd >= 0)) return fd;
    this.unblock(fd);
    if (isEpoll) this.epolls.push(fd);
    this.own.push(fd);
    return fd;
  }

  unblock(fd) {
    const { native, constants } = this;
    const flags = native.fcntl(fd, constants.F_GETFL);
    if (flags >= 0 && (flags & constants.O_NONBLOCK) === 0) {
      native.fcntl(fd, constants.F_SETFL, flags | constants.O_NONBLOCK);
    }
  }

  keepPair(pair) {
    if (Array.isArray(pair)) for (const fd of pair) this.keep(fd);
  }

  /** Our own call closed it. */
  forget(fd) {
    this.own = this.own.filter((other) => other !== fd);
    this.epolls = this.epolls.filter((other) => other !== fd);
    this.closed.push(fd);
    if (this.closed.length > 16) this.closed.shift();
  }

  /** A new one of each kind until there are enough; the oldest go when there are many. */
  refill() {
    const { native, random } = this;
    while (this.own.length > MOST_OWN) {
      const fd = random.pick(this.own);
      const result = native.close(fd);
      if (result < 0 && result !== -this.constants.EBADF)
        throw new Error(`close(${fd}): ${result}`);
      this.forget(fd);
    }
    while (this.own.length < LEAST_OWN) this.#openSome();
    if (this.epolls.length < 2) this.keep(native.epoll_create1(0), true);
    if (this.foreign.size < 2) this.foreign.add(openSync(this.file, 'r+'));
  }

  #openSome() {
    const { native, random, constants: c } = this;
    const nonblock = c.SOCK_NONBLOCK;
    random.pick([
      () => this.keepPair(native.pipe2(c.O_NONBLOCK)),
      () => this.keepPair(native.socketpair(c.AF_UNIX, c.SOCK_STREAM | nonblock)),
      () => this.keepPair(native.socketpair(c.AF_UNIX, c.SOCK_SEQPACKET | nonblock)),
      () => this.keepPair(native.socketpair(c.AF_UNIX, c.SOCK_DGRAM | nonblock)),
      () => this.keep(native.memfd_create('a file')),
      () => this.#openPty(),
      () => this.keep(native.eventfd(0, c.EFD_NONBLOCK)),
      () => this.keep(native.epoll_create1(0), true),
      () => this.keep(native.socket(c.AF_INET, c.SOCK_DGRAM | nonblock)),
      () => this.#openTcp(random.pick([c.AF_INET, c.AF_INET6])),
    ])();
  }

  /** Both ends of a terminal, which is nobody's controlling one. */
  #openPty() {
    const { native, constants: c } = this;
    const master = openSync('/dev/ptmx', c.O_RDWR | c.O_NOCTTY | c.O_NONBLOCK);
    if (native.adopt(master) < 0) throw new Error('a terminal of the host is not ours');
    this.keep(master);
    native.ioctl(master, c.TIOCSPTLCK, 0);
    this.keep(native.ioctl(master, c.TIOCGPTPEER, c.O_RDWR | c.O_NOCTTY | c.O_NONBLOCK));
  }

  /** A listener and a connection to it. */
  #openTcp(domain) {
    const { native, constants: c } = this;
    const listener = native.socket(domain, c.SOCK_STREAM | c.SOCK_NONBLOCK);
    if (listener < 0) return;
    this.keep(listener);
    const host = domain === c.AF_INET ? '127.0.0.1' : '::1';
    const family = domain === c.AF_INET ? 'ipv4' : 'ipv6';
    if (native.bind(listener, { family, address: host, port: 0 }) < 0) return;
    if (native.listen(listener, 4) < 0) return;
    const client = native.socket(domain, c.SOCK_STREAM | c.SOCK_NONBLOCK);
    if (client < 0) return;
    this.keep(client);
    native.connect(client, native.getsockname(listener));
    this.keep(native.accept4(listener, c.SOCK_NONBLOCK));
  }

  /** A descriptor to try a call on. */
  fd() {
    const { random } = this;
    return random.weighted([
      [24, () => random.pick(this.own)],
      [2, () => this.#aClosed()],
      [1, () => random.pick([2 ** 31 - 1, 1e6, 65535])],
    ])();
  }

  epoll() {
    return this.random.oneIn(8) ? this.fd() : this.random.pick(this.epolls);
  }

  #aClosed() {
    if (this.closed.length === 0) return 2 ** 31 - 1;
    const fd = this.random.pick(this.closed);
    // By now it may be another's: a pool's, a server's, the host's.
    const isClosed = this.native.fcntl(fd, this.constants.F_GETFD) === -this.constants.EBADF;
    return isClosed ? fd : 2 ** 31 - 1;
  }

  /** A number of ours is closed and opened again by the host, behind the addon's back. */
  steal() {
    const fd = this.random.pick(this.own);
    closeSync(fd);
    this.forget(fd);
    this.closed = this.closed.filter((other) => other !== fd);
    let opened = openSync(this.file, 'r+');
    // The lowest free number: fill up to the one that was given away.
    while (opened < fd) {
      this.foreign.add(opened);
      opened = openSync(this.file, 'r+');
    }
    this.foreign.add(opened);
    return fd;
  }

  /** Closes what is the host's, by the host, after looking that it still is. */
  giveBackForeign() {
    for (const fd of this.foreign) {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      if (path !== this.file || !fstatSync(fd).isFile()) throw new Error(`${fd} is ${path}`);
      closeSync(fd);
    }
    this.foreign.clear();
  }

  /** Closes all. Returns what is open and should not be. */
  end() {
    this.giveBackForeign();
    const left = [];
    for (const fd of [...this.own]) {
      const result = this.native.close(fd);
      if (result < 0 && result !== -this.constants.EBADF) left.push(`close(${fd}) is ${result}`);
      this.forget(fd);
    }
    const now = openNumbers();
    for (const [fd, what] of now) if (!this.hosts.has(fd)) left.push(`${fd}: ${what}`);
    for (const [fd, what] of this.hosts) {
      if (now.get(fd) !== what && !what.includes('/fd'))
        left.push(`${fd} was ${what}, is ${now.get(fd)}`);
    }
    return left;
  }
}
