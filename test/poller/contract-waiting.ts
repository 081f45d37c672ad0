// The poller contract, third part: when a wait ends.
import { describe, expect, it } from 'vitest';
import { Interest, ReadyList, type SharedWaker, wake } from '../../lib/poller/index.js';
import { put, take } from '../support/bytes.js';
import { isOpen, Opened } from '../support/descriptors.js';
import { deviates } from '../support/libkqueue.js';
import { startWorker } from '../support/worker.js';
import { eachWithPoller, found, isReadable, type OpenPoller } from './support.js';

/** Says that it is there, waits for a flag, lets the wait begin, then wakes. */
const WAKER_SCRIPT = `
  const { waker, flag, times } = workerData;
  parentPort.postMessage('ready');
  Atomics.wait(flag, 0, 0);
  sleep(10);
  for (let i = 0; i < times; i++) assert.ok(wake(waker));
`;

export function waitingContract(open: OpenPoller, backend: string): void {
  const opened = new Opened();
  const test = eachWithPoller(open);

  describe('a wait', () => {
    it('of 0 ms, and of any short time, ends with nothing when nothing comes', () => {
      opened.eventfd();
      for (const timeoutMs of [0, -0, 0.000001, 0.25, 1, 1.5]) {
        expect(found(test.poller, timeoutMs).size).toBe(0);
      }
    });

    it('for ever, or beyond 2^31 ms, ends when something is ready', () => {
      test.poller.add(opened.eventfd(1), Interest.READ, 5);
      for (const timeoutMs of [-1, 2 ** 31, 2 ** 31 + 0.5, 2 ** 53, 1e308, Infinity]) {
        expect([...found(test.poller, timeoutMs).keys()]).toEqual([5]);
      }
    });

    it('refuses a timeout that is none', () => {
      const ready = new ReadyList(1);
      for (const timeoutMs of [-2, -0.5, Number.NaN, -Infinity]) {
        expect(() => test.poller.wait(ready, timeoutMs)).toThrow();
      }
      expect(found(test.poller, 0).size).toBe(0);
    });

    it('with room for fewer than are ready leaves nobody out for long', () => {
      const count = 30;
      for (let token = 0; token < count; token++) {
        test.poller.add(opened.eventfd(1), Interest.READ, token);
      }
      const seen = new Array<number>(count).fill(0);
      for (let round = 0; round < count; round++) {
        const tokens = [...found(test.poller, 0, 4).keys()];
        expect(tokens.length).toBe(4);
        for (const token of tokens) seen[token] = (seen[token] ?? 0) + 1;
      }
      // Everybody's share is 4 of 30.
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(3);
    });
  });

  describe('notify', () => {
    it('ends the next wait, once', () => {
      test.poller.notify();
      expect(found(test.poller, -1).size).toBe(0);
      expect(isReadable(test.poller.fd)).toBe(false);
      test.poller.notify();
      expect(found(test.poller, -1).size).toBe(0);
    });

    it('many times over is as good as once', () => {
      for (let i = 0; i < 100_000; i++) test.poller.notify();
      expect(found(test.poller, -1).size).toBe(0);
      expect(isReadable(test.poller.fd)).toBe(false);
    });

    it('takes nothing away from what is ready, also with room for one record', () => {
      test.poller.add(opened.eventfd(1), Interest.READ, 1);
      test.poller.notify();
      expect([...found(test.poller, -1).keys()]).toEqual([1]);
      test.poller.notify();
      const tokens = [found(test.poller, -1, 1), found(test.poller, -1, 1)].flatMap((events) => [
        ...events.keys(),
      ]);
      expect(tokens.length).toBeGreaterThanOrEqual(1);
      expect(new Set(tokens)).toEqual(new Set([1]));
    });

    it('from another thread ends the wait that is under way', async () => {
      for (const times of [1, 1000]) {
        const flag = new Int32Array(new SharedArrayBuffer(4));
        const worker = startWorker(WAKER_SCRIPT, { waker: test.poller.waker, flag, times });
        await worker.message();
        Atomics.store(flag, 0, 1);
        Atomics.notify(flag, 0);
        expect(found(test.poller, -1).size).toBe(0);
        await worker.end();
        found(test.poller, 0);
        expect(isReadable(test.poller.fd)).toBe(false);
      }
    });

    it('is told by the ready list of the wait that it ended, and of no other', () => {
      const ready = new ReadyList(2);
      const wokenBy = (timeoutMs: number) => {
        test.poller.wait(ready, timeoutMs);
        return ready.woken;
      };
      expect(wokenBy(0)).toBe(false);
      test.poller.notify();
      expect(wokenBy(-1)).toBe(true);
      expect(wokenBy(0)).toBe(false);
      test.poller.add(opened.eventfd(1), Interest.READ, 1);
      test.poller.notify();
      expect(wokenBy(-1)).toBe(true);
      expect(wokenBy(-1)).toBe(false);
    });

    it.skipIf(deviates(backend, 'notPollable'))('works after a rebuild as before', () => {
      test.poller.notify();
      test.poller.rebuild([], () => expect.unreachable());
      found(test.poller, 0);
      expect(isReadable(test.poller.fd)).toBe(false);
      test.poller.notify();
      expect(isReadable(test.poller.fd)).toBe(true);
      expect(found(test.poller, -1).size).toBe(0);
    });
  });

  describe('the waker', () => {
    it('once closed wakes nobody, says so, and leaves a reused number alone', () => {
      const { waker } = test.poller;
      expect(wake(waker)).toBe(true);
      test.poller.close();
      expect(isOpen(waker.fd)).toBe(false);
      const ends = Array.from({ length: 8 }, () => opened.pipe());
      expect(ends.flat()).toContain(waker.fd);
      expect(wake(waker)).toBe(false);
      test.poller.notify();
      for (const [readEnd] of ends) expect(take(readEnd)).toBe('');
    });

    it('survives a thread that ends in the middle of using it', async () => {
      for (let i = 0; i < 5; i++) {
        const worker = startWorker(
          `parentPort.postMessage('ready'); for (;;) wake(workerData.waker);`,
          { waker: test.poller.waker },
        );
        await worker.message();
        found(test.poller, -1);
        await worker.terminate();
      }
      // Waits for those who still write; that must end.
      test.poller.close();
      expect(wake(test.poller.waker)).toBe(false);
    });
  });

  describe('the waker of a thread that is gone', () => {
    it('wakes nobody, says so, and leaves a reused number alone', async () => {
      const { name } = test.poller;
      for (const end of ['terminate', 'end'] as const) {
        const script = `
          const poller = createPoller('${name}');
          parentPort.postMessage(poller.waker);
          ${end === 'terminate' ? 'setInterval(() => {}, 1000);' : ''}
        `;
        const worker = startWorker(script);
        const waker = (await worker.message()) as SharedWaker;
        await worker[end]();
        expect(isOpen(waker.fd)).toBe(false);
        const ends = Array.from({ length: 8 }, () => opened.pair());
        expect(ends.flat()).toContain(waker.fd);
        expect(wake(waker)).toBe(false);
        for (const fd of ends.flat()) expect(take(fd)).toBe('');
      }
    });
  });

  describe('the own descriptor', () => {
    it.skipIf(deviates(backend, 'notPollable'))(
      'is readable exactly while a wait would find something',
      () => {
        const [readEnd, writeEnd] = opened.pipe();
        test.poller.add(readEnd, Interest.READ, 1);
        expect(isReadable(test.poller.fd)).toBe(false);
        put(writeEnd);
        expect(isReadable(test.poller.fd)).toBe(true);
        expect(found(test.poller).size).toBe(1);
        expect(isReadable(test.poller.fd)).toBe(true);
        take(readEnd);
        expect(isReadable(test.poller.fd)).toBe(false);
        test.poller.notify();
        expect(isReadable(test.poller.fd)).toBe(true);
        found(test.poller);
        expect(isReadable(test.poller.fd)).toBe(false);
      },
    );
  });
}
