// What the messages of sendmsg, recvmsg and their like are made from. Descriptors that are
// sent are our own, as who receives one writes to it; records name no way beyond the
// loopback.
import { acting, anyValue, noInteger } from '../support/values.mjs';
import { LOOPBACK, NO_ADDRESS } from './places.mjs';

export class Messages {
  /** @param {import('./arguments.mjs').Arguments} make */
  constructor(make) {
    this.make = make;
    this.random = make.random;
    /** What most messages go through. */
    this.pair = [-1];
    const { c } = make;
    const rights = c.SCM_RIGHTS;
    this.records = [
      [c.SOL_SOCKET, c.SCM_CREDENTIALS ?? 2, 12],
      [c.SOL_SOCKET, 99, 4],
      [c.IPPROTO_IP ?? 0, c.IP_TTL, 4],
      [c.IPPROTO_IP ?? 0, c.IP_TOS, 1],
      [c.IPPROTO_IP ?? 0, c.IP_PKTINFO ?? 8, 12],
      [c.IPPROTO_IPV6, c.IPV6_PKTINFO ?? 50, 20],
      [c.IPPROTO_IPV6, c.IPV6_HOPLIMIT ?? 52, 4],
      [c.IPPROTO_UDP ?? 17, 103, 2],
      // Records of these hold addresses.
      [276, 1, 64],
      [276, 2, 64],
    ].filter(([level, type]) => level !== c.SOL_SOCKET || type !== rights);
  }

  address() {
    return this.random.oneIn(2) ? this.make.address() : this.random.pick([undefined, null]);
  }

  /**
   * A descriptor for a message; every other time one end of the same pair, so that what is
   * sent at `end` 0 is received at 1.
   */
  fd(end) {
    const { world, c } = this.make;
    if (this.random.oneIn(2)) return this.make.fd();
    if (!this.pair.every((fd) => world.own.includes(fd))) {
      const pair = world.native.socketpair(c.AF_UNIX, c.SOCK_DGRAM | c.SOCK_NONBLOCK);
      // Refused: there are too many descriptors just now.
      if (!Array.isArray(pair)) return this.make.fd();
      world.keepPair(pair);
      this.pair = pair;
    }
    return this.pair[end];
  }

  /** `{ buffers, address?, ancillary? }`; every other one as it should be. */
  message() {
    if (this.random.oneIn(2)) return this.#plain({ ancillary: { fds: this.#fds() } });
    return this.#object({
      buffers: () => this.make.buffers(),
      address: () => this.address(),
      ancillary: () => this.#ancillary(),
    });
  }

  /** `{ buffers, maxFds?, controlBytes? }` */
  room() {
    if (this.random.oneIn(2)) return this.#plain({ maxFds: this.random.below(3) });
    return this.#object({
      buffers: () => this.make.buffers(),
      maxFds: () => this.make.int(undefined, 0, 1, 2, 3, 253, 254, -1),
      controlBytes: () => this.make.int(undefined, 0, 1, 17, 1000, 65536, 65537),
    });
  }

  /** Of `one`; now and then as long as may be, or longer. */
  list(one) {
    const { random, make } = this;
    return make.or(() => {
      const count = random.oneIn(100) ? random.from(1023, 1025) : random.below(5);
      const list = count > 100 ? Array(count).fill(one()) : Array.from({ length: count }, one);
      if (random.oneIn(3)) {
        const value = one();
        const get = () => {
          make.act();
          return value;
        };
        Object.defineProperty(list, random.below(3), { configurable: true, get });
      }
      return list;
    });
  }

  #plain(fields) {
    const { make, random } = this;
    const buffers = Array.from({ length: random.below(3) }, () => make.memory());
    return this.#perhapsActing({ buffers, ...fields });
  }

  #perhapsActing(object) {
    return this.random.oneIn(5) ? acting(object, () => this.make.act()) : object;
  }

  /** Some of the fields; once in a while they act when they are looked at. */
  #object(fields) {
    const { random, make } = this;
    return make.or(() => {
      const object = {};
      for (const [name, value] of Object.entries(fields)) {
        if (name === 'buffers' || random.oneIn(2)) object[name] = value();
      }
      return this.#perhapsActing(object);
    });
  }

  #ancillary() {
    const { make, random } = this;
    const number = (...likely) => make.int(undefined, ...likely);
    return this.#object({
      fds: () => this.#fds(),
      credentials: () =>
        this.#object({
          pid: () => number(0, process.pid, 1, 2 ** 31 - 1),
          uid: () => number(0, 65534, 2 ** 32 - 1),
          gid: () => number(0, 65534, 2 ** 32 - 1),
        }),
      pktinfo: () =>
        this.#object({
          local: () => make.or(() => random.pick(random.oneIn(4) ? NO_ADDRESS : LOOPBACK)),
          interface: () => number(0, 1, 99, 2 ** 31 - 1),
        }),
      ttl: () => number(0, 1, 64, 255, 256),
      tos: () => number(0, 3, 255, 256),
      segmentBytes: () => number(0, 1, 100, 65535, 65536),
      raw: () => this.#records(),
    });
  }

  #fds() {
    const { make, random } = this;
    return make.or(() => {
      const count = random.oneIn(20) ? random.from(252, 254) : random.below(4);
      const own = () => (random.oneIn(40) ? make.noFd() : random.pick(make.world.own));
      return Array.from({ length: count }, own);
    });
  }

  #records() {
    const { make, random } = this;
    const one = () => {
      const [level, type, size] = random.pick(this.records);
      return this.#record(level, type, random.oneIn(3) ? make.size() : size);
    };
    return make.or(() => Array.from({ length: random.oneIn(40) ? 65 : random.below(4) }, one));
  }

  #record(level, type, size) {
    const { make, random } = this;
    const wrong = () => noInteger(random);
    const record = { level: make.or(() => level, wrong), type: make.or(() => type, wrong) };
    record.data = random.oneIn(10) ? anyValue(random) : make.memory(size);
    return this.#perhapsActing(record);
  }
}
