// The native pool by itself: threads, wake-ups, batches, ids.
import { readlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { check } from '../../lib/raw/errors.js';
import { FINE, Pool, runChild, STACK_BYTES, WatchedPool } from './support.js';

const F_GETFD = 1;
const FD_CLOEXEC = 1;

describe.each([{ pipe: false }, { pipe: true }])('native pool, pipe: $pipe', ({ pipe }) => {
  let pool: WatchedPool;
  const submit = (count: number) =>
    Array.from({ length: count }, () => pool.native.submitStat('/', 0));

  beforeEach(() => {
    pool = new WatchedPool({ pipe });
  });
  afterEach(() => pool.close());

  it('wakes by an eventfd, or by a pipe when asked to', () => {
    const target = readlinkSync(`/proc/self/fd/${pool.fd}`);
    expect(target).toMatch(pipe ? /^pipe:/ : /eventfd/);
  });

  it('keeps its descriptor from children', () => {
    expect(check(native.fcntl(pool.fd, F_GETFD), 'fcntl') & FD_CLOEXEC).toBe(FD_CLOEXEC);
  });

  it('starts no thread before the first job and all of them with it', () => {
    expect(pool.native.stats()).toMatchObject({ size: 4, threads: 0, idle: 0 });
    submit(1);
    expect(pool.native.stats()).toMatchObject({ size: 4, threads: 4, startErrno: 0 });
  });

  it('hands over many completions for one wake-up', () => {
    submit(200);
    pool.until((stats) => stats.finished === 200);
    expect(pool.native.stats().wakeups).toBe(1);
    expect(pool.next()).toBe(200);
    expect(pool.woken).toBe(false);
  });

  it('wakes again at once when a batch does not hold all', () => {
    submit(600);
    pool.until((stats) => stats.finished === 600);
    expect([pool.next(), pool.next(), pool.next()]).toEqual([256, 256, 88]);
    expect(pool.native.stats().wakeups).toBe(3);
    expect(pool.woken).toBe(false);
  });

  it('wakes again after the queue was emptied', () => {
    for (let round = 0; round < 3; round++) {
      submit(1);
      expect(pool.next()).toBe(1);
    }
    expect(pool.native.stats()).toMatchObject({ completed: 3, wakeups: 3 });
  });

  it('returns each id once, whatever the order', () => {
    const ids = submit(1000);
    expect(pool.collect(1000).sort((a, b) => a - b)).toEqual(ids);
  });

  it('does not give an id away while its row may still be read', () => {
    const [first] = submit(1);
    expect(pool.next()).toBe(1);
    const [second] = submit(1);
    expect(second).not.toBe(first);
    expect(pool.next()).toBe(1);
    expect(submit(1)).toEqual([first]);
  });

  it('cancels what is queued and not what runs or has run', () => {
    pool.native.threads.resize(1);
    const running = pool.occupy();
    const queued = submit(3);
    expect(pool.native.cancel(queued[1] as number)).toBe(true);
    expect(pool.native.cancel(queued[1] as number)).toBe(false);
    expect(pool.native.cancel(running)).toBe(false);
    expect(pool.native.stats()).toMatchObject({ running: 1, queued: 2 });
    pool.free();
    expect(pool.collect(3)).toEqual([running, queued[0], queued[2]]);
    expect(pool.native.cancel(running)).toBe(false);
    expect(pool.native.cancel(12345)).toBe(false);
  });

  it('cancels a hundred thousand queued jobs without searching for each', () => {
    pool.native.threads.resize(1);
    pool.occupy();
    const queued = submit(100_000);
    expect(queued.reverse().every((id) => pool.native.cancel(id))).toBe(true);
    expect(pool.native.stats().queued).toBe(0);
  });

  it('grows and shrinks while it works', () => {
    submit(50);
    pool.native.threads.resize(9);
    expect(pool.native.stats().threads).toBe(9);
    submit(50);
    pool.native.threads.resize(2);
    expect(pool.collect(100)).toHaveLength(100);
    pool.until((stats) => stats.threads === 2);
    submit(10);
    expect(pool.collect(10)).toHaveLength(10);
  });

  it('drops everything when it is closed, and may be closed twice', () => {
    submit(100);
    pool.native.close();
    pool.native.close();
    expect(pool.native.stats()).toMatchObject({ queued: 0, finished: 0 });
    pool.until((stats) => stats.threads === 0);
    expect(pool.batch.take()).toBe(0);
    expect(pool.native.submitStat('/', 0)).toBeLessThan(0);
  });

  it('does not wait for running work when it is closed', () => {
    pool.occupy();
    pool.native.close();
    expect(pool.native.stats().running).toBe(1);
    pool.free();
    pool.until((stats) => stats.threads === 0);
  });
});

describe('native pool', () => {
  it('copies bytes out once, into memory that is there and long enough', () => {
    const pool = new WatchedPool();
    const text = Buffer.from('x');
    pool.native.submitPbkdf2(text, text, 1, 32, 'sha256');
    expect(pool.next()).toBe(1);
    const detached = new ArrayBuffer(64);
    structuredClone(detached, { transfer: [detached] });
    for (const target of [detached, new Uint8Array(31)]) {
      expect(() => pool.batch.takeBytes(0, target, 0)).toThrow(RangeError);
    }
    expect(() => pool.batch.takeBytes(0, new Uint8Array(33), 2)).toThrow(RangeError);
    expect(() => pool.batch.takeBytes(1, new Uint8Array(64), 0)).toThrow(RangeError);
    const key = new Uint8Array(40);
    expect(pool.batch.takeBytes(0, key, 4)).toBe(32);
    expect(key.subarray(4, 36).some((byte) => byte !== 0)).toBe(true);
    expect([...key.subarray(0, 4), ...key.subarray(36)]).toEqual(Array(8).fill(0));
    expect(() => pool.batch.takeBytes(0, key, 0)).toThrow(RangeError);
    pool.close();
  });

  it('opens one wake-up, and none after it was closed', () => {
    const pool = new Pool(1, STACK_BYTES);
    expect(pool.submitStat('/', 0)).toBeLessThan(0);
    expect(pool.open(false)).toBeGreaterThan(2);
    expect(pool.open(false)).toBeLessThan(0);
    pool.close();
    expect(pool.open(false)).toBeLessThan(0);
  });

  it('names its threads and lets no signal reach them', () => {
    const result = runChild(`
      const pool = new Pool(3, 1 << 20);
      pool.open(false);
      assert.equal(threadsNamed('rawloop-pool').length, 0);
      pool.submitStat('/', 0);
      until(() => threadsNamed('rawloop-pool').length === 3);
      const { SIGTERM, SIGINT, SIGUSR1, SIGCHLD, SIGPROF, SIGPIPE } = require('os').constants.signals;
      for (const id of threadsNamed('rawloop-pool')) {
        const status = fs.readFileSync('/proc/self/task/' + id + '/status', 'latin1');
        const blocked = BigInt('0x' + /SigBlk:\\s*(\\w+)/.exec(status)[1]);
        for (const signal of [SIGTERM, SIGINT, SIGUSR1, SIGCHLD, SIGPROF, SIGPIPE]) {
          assert.equal(blocked >> BigInt(signal - 1) & 1n, 1n, 'signal ' + signal);
        }
      }
      const own = fs.readFileSync('/proc/thread-self/status', 'latin1');
      assert.match(own, /SigBlk:\\s*0+\\n/);
      pool.close();
      until(() => threadsNamed('rawloop-pool').length === 0);
    `);
    expect(result).toMatchObject(FINE);
  });

  it('refuses to be called on anything else', () => {
    const { cancel } = native.Pool.prototype;
    const { submitFs, fsOperations } = native;
    for (const self of [{}, Object.create(new Pool(1, STACK_BYTES)), null]) {
      expect(() => cancel.call(self as never, 0)).toThrow(TypeError);
      expect(() => submitFs(self as never, 0, fsOperations.stat, '/', 0)).toThrow(TypeError);
    }
    expect(() => (native.Pool as unknown as () => void)()).toThrow(TypeError);
  });
});
