// What the tests of the pool share: a loop driven in either mode, a native pool that
// is waited for with a real poller, and children that run alone with the addon.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  type Bytes,
  type NativePool,
  type NativeThreads,
  type NativeThreadsStats,
  native,
} from '../../lib/binding/index.js';
import { addonCandidates } from '../../lib/binding/load.js';
import { HostCryptoJobs } from '../../lib/host-crypto/index.js';
import { LoopCore } from '../../lib/loop/drive.js';
import { createPoller, type Poller, ReadyList } from '../../lib/poller/index.js';
import { Batch } from '../../lib/pool/batch.js';
import { CryptoRequests } from '../../lib/pool/crypto/crypto.js';
import { FileRequests } from '../../lib/pool/fs/fs.js';
import { FileWork } from '../../lib/pool/fs/work.js';
import { LoopPool } from '../../lib/pool/loop-pool.js';
import type { ThreadPoolOptions } from '../../lib/pool/options.js';
import type { ThreadPool } from '../../lib/pool/pool.js';
import { Fifo } from './held.js';

export type Mode = 'owned' | 'guest';
export const MODES: readonly Mode[] = ['owned', 'guest'];
export const STACK_BYTES = 2 * 1024 * 1024;

/** Rounds that keep a thread busy for long; a test that counts on it holds one instead: held.ts. */
export const LONG = 1_000_000;

/** What an entry of a folder, or a status, can be asked whether it is. */
export const ENTRY_KINDS = [
  'isFile',
  'isDirectory',
  'isSymbolicLink',
  'isFIFO',
  'isSocket',
  'isBlockDevice',
  'isCharacterDevice',
] as const;

export class TestLoop extends LoopCore {
  readonly pool: ThreadPool;
  readonly fs: FileRequests;
  readonly crypto: CryptoRequests;

  /**
   * @param pool a pool that others use too, or options for one of its own
   * @param inline whether files in memory are read at once: what tests of the pool are not about
   */
  constructor(pool?: ThreadPoolOptions | ThreadPool, inline = false) {
    super();
    const requests = new LoopPool(this, pool);
    this.pool = requests.pool;
    this.fs = new FileRequests(new FileWork(this, requests, inline));
    const makeHost = () => new HostCryptoJobs(this, this.pool.size);
    this.crypto = new CryptoRequests(requests, makeHost);
  }

  /**
   * Runs the loop in `mode` until nothing is alive. Not from inside a promise
   * callback: there the engine does not run microtasks.
   */
  drive(mode: Mode): Promise<void> {
    return new Promise((resolve, reject) => {
      if (mode === 'guest') {
        this.attach();
        const done = () => (this.alive ? setImmediate(done) : resolve(void this.detach()));
        done();
        return;
      }
      setImmediate(() => {
        try {
          this.run();
          resolve();
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** The outcome of `request`, with the loop driven in `mode` until it is there. */
  async outcome<T>(mode: Mode, request: Promise<T>): Promise<T> {
    request.catch(() => {});
    await this.drive(mode);
    return request;
  }
}

/** Who does the requests of `loop.crypto`, as RAWLOOP_CRYPTO names it. */
export type CryptoWay = 'openssl' | 'workers';
export const WAYS: readonly (readonly [Mode, CryptoWay])[] = [
  ['owned', 'openssl'],
  ['guest', 'openssl'],
  ['owned', 'workers'],
  ['guest', 'workers'],
];

/** A loop whose `crypto` goes that way; undefined: the one that the host has. */
export function cryptoLoop(way: CryptoWay | undefined): TestLoop {
  if (way !== undefined) process.env['RAWLOOP_CRYPTO'] = way;
  try {
    return new TestLoop({ size: 2 });
  } finally {
    delete process.env['RAWLOOP_CRYPTO'];
  }
}

/** A native pool with threads of its own and lanes, and the requests that tests make of it. */
export class Pool extends native.Pool {
  readonly threads: NativeThreads;

  /** @param limits threads that each lane may have at once */
  constructor(size: number, stackBytes: number, limits: readonly number[] = [1024]) {
    const threads = new native.Threads(size, stackBytes, -1, 1_000_000, new Int32Array(0));
    super(threads);
    this.threads = threads;
    for (const limit of limits) threads.addLane('lane', limit, false, 1, 1_000_000);
  }

  override stats(): NativeThreadsStats & { finished: number; wakeups: number } {
    return { ...this.threads.stats(), ...super.stats() };
  }

  override close(): void {
    super.close();
    this.threads.close();
  }

  submitStat(path: string | Uint8Array, flags: number, lane = 0): number {
    return native.submitFs(this as NativePool, lane, native.fsOperations.stat, path, flags);
  }

  submitPbkdf2(
    ...args: [password: Bytes, salt: Bytes, iterations: number, keyBytes: number, digest: string]
  ): number {
    return native.submitCrypto(this as NativePool, 0, native.cryptoOperations.pbkdf2, ...args);
  }
}

/** The same for children, who have `addon` alone. */
export const POOL_CLASS = `
  class Pool extends addon.Pool {
    constructor(size, stackBytes) {
      const threads = new addon.Threads(size, stackBytes, -1, 65536);
      super(threads);
      this.threads = threads;
      threads.addLane('lane', 1024, false, 1, 65536);
    }
    stats() { return { ...this.threads.stats(), ...super.stats() }; }
    resize(size) { this.threads.resize(size); }
    close() {
      super.close();
      this.threads.close();
    }
    submitStat(...args) { return addon.submitFs(this, 0, addon.fsOperations.stat, ...args); }
    submitPbkdf2(...args) {
      return addon.submitCrypto(this, 0, addon.cryptoOperations.pbkdf2, ...args);
    }
  }
`;

/** A native pool, its wake-up watched by a poller of its own. */
export class WatchedPool {
  readonly native: Pool;
  readonly batch: Batch;
  readonly fd: number;
  #fifo: Fifo | undefined;
  readonly #poller: Poller = createPoller();
  readonly #ready = new ReadyList(4);

  constructor({ size = 4, rows = 256, pipe = false, limits = [1024] } = {}) {
    this.native = new Pool(size, STACK_BYTES, limits);
    this.batch = new Batch(this.native, rows);
    this.fd = this.native.open(pipe);
    this.#poller.add(this.fd, { read: true, edge: true }, 1);
  }

  /** Whether the loop would be woken now. */
  get woken(): boolean {
    return this.#poller.wait(this.#ready, 0) === 1;
  }

  /** Waits for a wake-up and takes its batch: how many completions. */
  next(): number {
    if (this.#poller.wait(this.#ready, 30_000) !== 1) throw new Error('not woken in 30 s');
    return this.batch.take();
  }

  /** Takes batches until `count` completions came: their ids, in order. */
  collect(count: number): number[] {
    const ids: number[] = [];
    while (ids.length < count) {
      const rows = this.next();
      for (let row = 0; row < rows; row++) ids.push(this.batch.id(row));
    }
    return ids;
  }

  /** Waits, taking nothing, until `condition` holds of the counters. */
  until(condition: (stats: ReturnType<Pool['stats']>) => boolean): void {
    const word = new Int32Array(new SharedArrayBuffer(4));
    for (let waits = 0; !condition(this.native.stats()); waits++) {
      if (waits > 30_000) throw new Error(`still ${JSON.stringify(this.native.stats())}`);
      Atomics.wait(word, 0, 0, 1);
    }
  }

  /** Keeps one thread busy until it is freed; returns when it is. */
  occupy(): number {
    const { open } = native.fsOperations;
    this.#fifo = new Fifo();
    const id = native.submitFs(this.native as NativePool, 0, open, this.#fifo.path, 0, 0);
    this.until((stats) => stats.running === 1);
    return id;
  }

  /** The thread is done with what kept it busy when this returns. */
  free(): void {
    this.#fifo?.release(() => this.native.stats().running === 0);
  }

  close(): void {
    this.free();
    this.#poller.delete(this.fd);
    this.#poller.close();
    this.native.close();
  }
}

/** The path of the addon that these tests run with. */
export const addonPath = [...addonCandidates()].find((path) => existsSync(path)) as string;

/** What children start with: the addon, and a few words to say. */
const PRELUDE = `
  const addon = require(${JSON.stringify(addonPath)});
  ${POOL_CLASS}
  const fs = require('node:fs');
  const assert = require('node:assert/strict');
  const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const until = (condition) => { while (!condition()) sleep(1); };
  const threadsNamed = (name) => fs.readdirSync('/proc/self/task')
    .filter((id) => {
      // A thread may end in between.
      try { return fs.readFileSync('/proc/self/task/' + id + '/comm', 'latin1').trim() === name; }
      catch { return false; }
    });
  const text = Buffer.from('x');
  const ROW_CELLS = 7;
  // With the result that may be packed.
  const ROW_BYTES = ${Batch.memoryFor(1).byteLength};
`;

export interface ChildResult {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs CommonJS `source` in a Node of its own, behind the prelude unless it is bare. */
export function runChild(
  source: string,
  { flags = [], bare = false }: { flags?: string[]; bare?: boolean } = {},
): ChildResult {
  const script = bare ? source : PRELUDE + source;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, signal, stdout, stderr };
}

/** What a child that did all right returns. */
export const FINE = { status: 0, signal: null, stderr: '' };
