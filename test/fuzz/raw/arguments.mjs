// What arguments of each raw call are made from. Nothing here may block, reach beyond
// the loopback, signal another process or load a module of the kernel.
import { types } from 'node:util';
import { anyMemory, upset } from '../support/memory.mjs';
import { acting, anyNumber, anyValue, noInteger, OWN_ERROR } from '../support/values.mjs';
import { LOOPBACK, NO_ADDRESS } from './places.mjs';

/** Socket options that take long, block a close or load a module of the kernel. */
const SKIPPED_OPTIONS = new Set(['SO_LINGER', 'TCP_ULP', 'TCP_CONGESTION']);

export class Arguments {
  /** @param {import('./world.mjs').World} world */
  constructor(world, report) {
    this.world = world;
    this.random = world.random;
    this.c = world.constants;
    this.report = report;
    /** Memory of the call that is being made. */
    this.memories = [];
    const names = Object.keys(this.c);
    this.options = names
      .filter((name) => /^(SO|TCP|IP|IPV6|MCAST|MPTCP)_/.test(name) && !SKIPPED_OPTIONS.has(name))
      .map((name) => this.c[name]);
    this.commands = names.filter((name) => /^F_/.test(name)).map((name) => this.c[name]);
    this.flags = names.filter((name) => /^MSG_/.test(name)).map((name) => this.c[name]);
  }

  /** One value, or once in a while another that is none of its kind. */
  or(make, wrong = () => anyValue(this.random)) {
    return this.random.oneIn(12) ? wrong() : make();
  }

  /** A descriptor; a wrong one is no integer, as any other number may be the host's. */
  fd() {
    return this.or(
      () => this.world.fd(),
      () => this.noFd(),
    );
  }

  epfd() {
    return this.or(
      () => this.world.epoll(),
      () => this.noFd(),
    );
  }

  noFd() {
    const { random } = this;
    return random.oneIn(3)
      ? random.pick([-1, -(2 ** 31), 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53])
      : noInteger(random);
  }

  int(...likely) {
    return this.or(
      () => this.random.pick(likely),
      () => this.bad(),
    );
  }

  /** What is no number of 32 bits, or any value of another type. */
  bad() {
    return this.random.oneIn(2) ? anyNumber(this.random) : noInteger(this.random);
  }

  size() {
    return this.random.pick([0, 1, 2, 3, 7, 8, 12, 16, 24, 64, 100, 1000, 4096, 70000]);
  }

  memory(size = this.size()) {
    return this.or(() => {
      const memory = anyMemory(this.random, size);
      this.memories.push(memory);
      return memory.value;
    });
  }

  /** `offset?, length?` of a buffer. */
  slice() {
    const { random } = this;
    const one = () => random.pick([undefined, 0, 1, 2, 8, 12, 100, 4096, this.size()]);
    return [this.or(one, () => this.bad()), this.or(one, () => this.bad())];
  }

  messageFlags() {
    const { random } = this;
    return this.or(() =>
      random.oneIn(2)
        ? undefined
        : random.pick(this.flags) | (random.oneIn(3) ? random.pick(this.flags) : 0),
    );
  }

  /** Something that user code does while the addon looks at arguments. */
  act() {
    const { random, world } = this;
    random.weighted([
      [6, () => {}],
      [6, () => this.memories.length > 0 && upset(random, random.pick(this.memories))],
      [1, () => { throw OWN_ERROR; }],
      [1, () => world.native.read(world.fd(), new Uint8Array(8))],
      [1, () => world.native.readv(world.fd(), [new Uint8Array(8)])],
    ])(); // biome-ignore format: a table
  }

  buffers() {
    const { random } = this;
    return this.or(() => {
      const list = [];
      const count = random.oneIn(50) ? random.from(1023, 1025) : random.below(6);
      for (let i = 0; i < count; i++) {
        const value = count > 100 ? new Uint8Array(2) : this.memory();
        if (random.oneIn(8)) {
          Object.defineProperty(list, i, {
            configurable: true,
            get: () => {
              this.act();
              if (random.oneIn(8)) list.length = 0;
              return value;
            },
          });
        } else if (!random.oneIn(16)) {
          list[i] = value;
        }
      }
      if (random.oneIn(20)) list.length += 3;
      return random.oneIn(20) ? new Proxy(list, {}) : list;
    });
  }

  address() {
    const { random } = this;
    return this.or(() =>
      random.weighted([
        [6, () => this.#ipAddress()],
        [4, () => this.#unixAddress()],
        [3, () => this.#addressBytes()],
      ])(),
    );
  }

  #acting(properties) {
    return this.random.oneIn(4) ? acting(properties, () => this.act()) : properties;
  }

  #ipAddress() {
    const { random, c, world } = this;
    if (random.oneIn(3)) {
      const name = world.native.getsockname(random.pick(world.own));
      if (typeof name === 'object' && name.port > 0) return name;
    }
    return this.#acting({
      family: this.or(() => random.pick(['ipv4', 'ipv6', 'IPv4', c.AF_INET, c.AF_INET6])),
      address: this.or(() => random.pick(random.oneIn(5) ? NO_ADDRESS : LOOPBACK)),
      port: this.or(() => random.pick([0, 1, 65535, random.from(20000, 60000)])),
    });
  }

  #unixAddress() {
    const { random } = this;
    const path = this.or(() =>
      random.pick([
        '', 'socket', '\0fuzz', `\0${random.below(8)}`, 'a\0b', 'x'.repeat(107), 'x'.repeat(108),
        `\0${'y'.repeat(107)}`, 'x'.repeat(5000), 'none/such', '\u{1f600}'.repeat(27), this.memory(20),
      ]),
    ); // biome-ignore format: a table
    return this.#acting({ family: random.pick(['unix', 'UNIX', this.c.AF_UNIX]), path });
  }

  /** A sockaddr by hand: of no family, of one too short, or of the loopback. */
  #addressBytes() {
    const { random, c } = this;
    const bytes = random.fill(
      new Uint8Array(random.pick([0, 1, 2, 8, 16, 28, 110, 128, 129, 200])),
    );
    const family = random.pick([0, c.AF_UNIX, c.AF_INET, c.AF_INET6, 200, 65535]);
    if (bytes.length >= 2) new DataView(bytes.buffer).setUint16(0, family, true);
    if (family === c.AF_INET || family === 0)
      bytes.set([127, 0, 0, 1].slice(0, Math.max(0, bytes.length - 4)), Math.min(4, bytes.length));
    if (family === c.AF_INET6 || family === 0) {
      const loopback = new Uint8Array(16);
      loopback[15] = 1;
      if (bytes.length > 8) bytes.set(loopback.subarray(0, bytes.length - 8), 8);
    }
    // A file of this folder, never one elsewhere.
    if (family === c.AF_UNIX && bytes.length > 2) bytes[2] = random.oneIn(2) ? 0 : 0x78;
    for (let i = 3; family === c.AF_UNIX && i < bytes.length; i++)
      if (bytes[i] === 0x2f) bytes[i] = 0x78;
    const memory = { value: bytes, buffer: bytes.buffer, isIntact: () => true };
    this.memories.push(memory);
    return random.oneIn(3) ? bytes.buffer : bytes;
  }

  option() {
    const { random, c } = this;
    return [
      this.int(
        c.SOL_SOCKET,
        c.SOL_SOCKET,
        c.IPPROTO_TCP,
        c.IPPROTO_IP ?? 0,
        c.IPPROTO_IPV6,
        17,
        284,
      ),
      this.or(
        () => random.pick(this.options),
        () => this.#otherOption(),
      ),
    ];
  }

  #otherOption() {
    const value = this.random.oneIn(2) ? this.random.below(200) : this.bad();
    const { c } = this;
    return [c.SO_LINGER, 13, 31].includes(value) ? 0 : value;
  }

  epollEvent() {
    const { random, c } = this;
    const events = () =>
      this.or(() =>
        random.pick([
          1,
          c.EPOLLIN | c.EPOLLOUT,
          0xffffffff,
          c.EPOLLIN | c.EPOLLET,
          0,
          -(2 ** 31),
          2 ** 31,
        ]),
      );
    const data = () =>
      this.or(() => random.pick([undefined, 0, 7, 2 ** 53 - 1, 2n ** 64n - 1n, 2n ** 64n, -1n]));
    if (random.oneIn(2)) return [events(), data()];
    return [this.or(() => this.#acting({ events: events(), data: data() }))];
  }

  /** `fd, cmd, arg`. Never waits, never signals another process. */
  fcntl() {
    const { random, c } = this;
    const cmd = this.or(
      () => random.pick(this.commands),
      () => this.bad(),
    );
    const arg = {
      [c.F_SETFL]: () => (random.pick([0, c.O_APPEND ?? 0, 0xffff]) & ~0x2000) | c.O_NONBLOCK,
      [c.F_SETOWN]: () => random.pick([0, process.pid]),
      [c.F_SETPIPE_SZ]: () => random.pick([0, 1, 4096, 65536, 1 << 20, -1]),
      [c.F_DUPFD]: () => random.pick([0, 1, 100, -1, 2 ** 31 - 1]),
      [c.F_DUPFD_CLOEXEC]: () => random.pick([0, 1, 100, -1, 2 ** 31 - 1]),
    }[typeof cmd === 'number' ? cmd : -1];
    const wrong = () => noInteger(random);
    return [this.fd(), cmd, arg === undefined ? this.int(0, 1, -1, 100) : this.or(arg, wrong)];
  }

  /** `fds, nfds, timeout` of poll. */
  pollRecords() {
    const { random, c } = this;
    const count = random.pick([0, 1, 2, 16, 1000]);
    const fds = this.memory(random.oneIn(3) ? this.size() : count * 12);
    const isMemory = ArrayBuffer.isView(fds) || types.isAnyArrayBuffer(fds);
    const { byteOffset = 0, byteLength, buffer: whole = fds } = isMemory ? fds : new Uint8Array(0);
    // Memory that is there, and tells the truth about itself.
    const isHonest = byteLength > 0 && byteOffset + byteLength <= whole.byteLength;
    if (isHonest && !random.oneIn(4)) {
      const words = new DataView(whole, byteOffset, byteLength);
      for (let at = 0; at + 12 <= byteLength; at += 12) {
        words.setInt32(at, random.pick([this.world.fd(), this.world.fd(), -1]), true);
        words.setInt32(at + 4, random.pick([0, c.POLLIN, c.POLLOUT, -1]), true);
      }
    }
    return [fds, this.int(count, count, count, 2 ** 31 - 1), this.timeout(1)];
  }

  /** In ms: short, or none at all. */
  timeout(unit) {
    const { random } = this;
    return this.or(
      () => (random.oneIn(30) ? unit : 0),
      () =>
        random.oneIn(4) ? random.pick([-2, -(2 ** 31) - 1, 2 ** 53, 2 ** 64]) : noInteger(random),
    );
  }
}
