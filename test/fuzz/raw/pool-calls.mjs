// The calls of a pool, which are made one with the other: operations with arguments that fit and
// others, completions that are taken into memory of any size.
const PLAIN = ['password', new Uint8Array(8), 'sha256'];

/** The numbers of those that change no descriptor of the fuzzer's, and make no file. */
const HARMFUL = new Set([
  'close',
  'mkdtemp',
  'fchmod',
  'fchown',
  'futimes',
  'ftruncate',
  'read',
  'readRest',
  'write',
  'writeRest',
  'lseek',
  'entries',
  'listing',
  'mkdir',
  'mkdirs',
  'symlink',
  'writeFile',
  'open',
  'copyFile',
  'chmod',
  'chown',
  'lchown',
  'utimes',
  'lutimes',
  'truncate',
  'fsync',
  'fdatasync',
  'rm',
  'rename',
  'unlink',
  'rmdir',
  'link',
]);
const harmless = (operations) =>
  Object.entries(operations)
    .filter(([name]) => !HARMFUL.has(name))
    .map(([, number]) => number);

/** A pool and its calls, one with the other, in any order and after its end. */
export class PoolCalls {
  #pool;

  constructor(make, native) {
    this.make = make;
    this.native = native;
  }

  /** `[what, function]`: the next call to make. */
  next() {
    const { make } = this;
    const { random } = make;
    this.#pool ??= this.#open();
    const pool = this.#pool;
    const { fsOperations, cryptoOperations, dnsOperations } = this.native;
    const id = () => make.int(0, 1, 2, 3, random.below(64));
    const lane = () => make.int(0, 0, 0, 1, 2, 64);
    const target = () =>
      random.oneIn(40) ? random.pick([{}, null, pool.close, this.native]) : pool;
    const [name, args] = random.weighted([
      [12, () => ['submitFs', [target(), lane(), make.int(...harmless(fsOperations)), ...Array.from({ length: 5 }, () => this.#fileArgument())]]],
      [4, () => [random.pick(['lookNow', 'statNow', 'openNow', 'readNow', 'pwriteNow', 'readFileNow', 'closeFile']), Array.from({ length: 5 }, () => this.#fileArgument())]],
      [10, () => ['submitCrypto', [target(), lane(), ...this.#crypto(cryptoOperations)]]],
      [3, () => ['submitDns', [target(), lane(), make.int(...Object.values(dnsOperations)), make.or(() => random.pick(['127.0.0.1', '::1', 'localhost', '', 'a\0b', '1.2.3.4.5', make.memory(4)])), make.int(0, 4, 6, 80, 65535), make.int(0, 1, 8, 32, -1)]]],
      [1, () => ['addLane', [make.or(() => random.pick(['lane', '', 'x'.repeat(33)])), make.int(1, 2, 1024, 0, 1025), make.or(() => random.oneIn(2)), make.int(1, 2, 0), make.int(1, 3, 1000, 0)]]],
      [1, () => ['share', []]],
      [1, () => ['checkProcessors', [make.or(() => undefined, () => new Int32Array([random.pick([0, 1, 1023, 1024, -1])]), () => make.memory(8))]]],
      [6, () => ['cancel', [id()]]],
      [8, () => ['takeCompletions', [make.memory(random.pick([0, 8, 400, 4000, 4000])), make.int(0, 1, 2, 12, 13)]]],
      [12, () => ['takeBytes', [make.int(0, 0, 1, 2, 3), make.memory(random.pick([0, 16, 64, 1024])), make.int(0, 0, 1, 8, 2 ** 53 - 1)]]],
      [1, () => ['resize', [make.int(1, 2, 4, 0, 1025)]]],
      [2, () => ['stats', []]],
      [2, () => ['submitForeign', [target(), lane(), make.or(() => this.#interface()), id()]]],
      [2, () => [random.pick(['foreignDone', 'foreignOver', 'openInterface']), [make.or(() => this.#interface()), id(), make.int(0, 1, -1)]]],
      [1, () => ['foreignReady', [make.or(() => this.#interface()), id(), make.int(0, 1), make.int(0, 1, 31)]]],
      [1, () => ['awaitHalf', []]],
      [1, () => ['open', [make.or(() => random.oneIn(2))]]],
      [1, () => ['close', []]],
    ])(); // biome-ignore format: a table
    return [`pool.${name}`, args, () => this.#call(pool, name, args)];
  }

  /** That of a loop without jobs: C code alone could submit some. */
  #interface() {
    const none = () => -1;
    const functions = { lane: none, submit: none, cancel: none };
    this.open ??= this.native.openInterface({
      ...functions,
      watch: none,
      modify: none,
      unwatch: none,
    });
    return this.make.random.oneIn(10) ? functions : this.open;
  }

  #call(pool, name, args) {
    const { random } = this.make;
    const owner = name in pool ? pool : pool.threads;
    // Another object's method, once in a while.
    const self = random.oneIn(40)
      ? random.pick([{}, null, this.native.Pool, [], new Proxy(owner, {})])
      : owner;
    const result = Reflect.apply(owner[name] ?? this.native[name], self, args);
    if (name === 'close' && self === pool) this.#end();
    return result;
  }

  /** A path, or what is relative to a folder that is not there; a number; memory. */
  #fileArgument() {
    const { make } = this;
    const { random } = make;
    return random.pick([
      () => random.pick(['.', 'none/x', '/proc/self/exe', 'a\0b', 'x'.repeat(5000)]),
      () => make.int(0, 1, 2, 3, 7, 8, -1, 2 ** 32),
      () => make.memory(random.pick([0, 20, 144, 4096])),
      () => make.noFd(),
    ])();
  }

  /** An operation with its arguments, once in a while with another's. */
  #crypto({ pbkdf2, scrypt, randomBytes, hash }) {
    const { make } = this;
    const { random } = make;
    const bytes = () => make.or(() => make.memory(20));
    const size = () =>
      make.or(
        () => random.pick([0, 1, 64, 1000, -1]),
        () => make.noFd(),
      );
    const digest = () => make.or(() => random.pick(['sha256', 'none', 'shake128']));
    const costs = () => [random.pick([2, 3, 16, 0]), random.pick([1, 8]), 1, random.pick([0, 1e6])];
    const [operation, args] = random.pick([
      [pbkdf2, this.#pbkdf2()],
      [scrypt, [bytes(), bytes(), ...costs(), size()]],
      [randomBytes, [size()]],
      [hash, [digest(), bytes()]],
    ]);
    return [random.oneIn(10) ? make.int(pbkdf2, scrypt, randomBytes, hash, 9) : operation, ...args];
  }

  #pbkdf2() {
    const { make } = this;
    const [password, salt, digest] = PLAIN;
    return [
      make.or(() => (make.random.oneIn(2) ? make.memory(20) : salt)),
      make.or(() => make.memory(20)),
      // None that takes long, or gigabytes.
      make.or(
        () => make.random.pick([1, 1, 10, 10, 0, -1]),
        () => make.noFd(),
      ),
      make.or(
        () => make.random.pick([0, 1, 20, 64, 100, 1000, -1]),
        () => make.noFd(),
      ),
      make.or(() =>
        make.random.pick([digest, digest, digest, 'sha512', 'none', '', 'shake128', password]),
      ),
    ];
  }

  #open() {
    // A few of each: threads that end when they are idle, a queue that is full soon.
    const idleMs = this.make.random.pick([-1, 0, 1]);
    const threads = new this.native.Threads(2, 131072, idleMs, this.make.random.pick([3, 1000]));
    threads.addLane('lane', 1, false, 1, 1000);
    const pool = new this.native.Pool(threads);
    pool.threads = threads;
    if (!this.make.random.oneIn(10)) pool.open(this.make.random.oneIn(2));
    return pool;
  }

  #end() {
    // With the threads, or without: then they end when they are collected.
    if (this.make.random.oneIn(2)) this.#pool.threads.close();
    this.#pool = undefined;
  }

  end() {
    this.#pool?.close();
    this.#pool?.threads.close();
    this.#pool = undefined;
  }
}
