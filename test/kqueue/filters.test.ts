// Each filter of kqueue, raw: what it reports, with which data and notes.
// On macOS, the BSDs and libkqueue: npm run test:kqueue.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as raw from '../../lib/raw/index.js';
import { put, take } from '../support/bytes.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { ADD, c, eachWithQueue, READ, USER, WRITE } from './support.js';

const EOF = c('EV_EOF');

describe.runIf(raw.supported.kqueue)('on kqueue', () => {
  guardDescriptors();
  const opened = new Opened();
  const test = eachWithQueue();

  describe('EVFILT_READ', () => {
    it('tells how many bytes there are, for as long as there are any', () => {
      const [left, right] = opened.pair();
      test.queue.change({ ident: left, filter: READ, flags: ADD });
      expect(test.queue.now()).toEqual([]);
      put(right, 'seven!!');
      expect(test.queue.now()).toMatchObject([{ ident: BigInt(left), filter: READ, data: 7n }]);
      expect(test.queue.now()).toMatchObject([{ data: 7n }]);
      take(left);
      expect(test.queue.now()).toEqual([]);
    });

    it('tells the end with EV_EOF, along with what came before it', () => {
      const [left, right] = opened.pair();
      test.queue.change({ ident: left, filter: READ, flags: ADD });
      put(right, 'last');
      opened.close(right);
      const [event] = test.queue.next();
      expect([event?.data, (event?.flags ?? 0) & EOF]).toEqual([4n, EOF]);
      expect(take(left)).toBe('last');
      expect((test.queue.next()[0]?.flags ?? 0) & EOF).toBe(EOF);
    });

    it('tells of a listening socket that somebody waits', () => {
      const [listener, address] = opened.listening();
      test.queue.change({ ident: listener, filter: READ, flags: ADD });
      expect(test.queue.now()).toEqual([]);
      const client = opened.keep(raw.socket(c('AF_INET'), c('SOCK_STREAM')));
      raw.check(raw.connect(client, address), 'connect');
      expect(test.queue.next()).toMatchObject([{ ident: BigInt(listener), data: 1n }]);
    });

    it('with EV_CLEAR tells a change once; with EV_ONESHOT once for all', () => {
      for (const mode of ['EV_CLEAR', 'EV_ONESHOT']) {
        const [readEnd, writeEnd] = opened.pipe();
        test.queue.change({ ident: readEnd, filter: READ, flags: ADD | c(mode) });
        put(writeEnd);
        expect(test.queue.now().length, mode).toBe(1);
        expect(test.queue.now(), mode).toEqual([]);
        put(writeEnd);
        expect(test.queue.now().length, mode).toBe(mode === 'EV_CLEAR' ? 1 : 0);
        const gone = { ident: readEnd, filter: READ, flags: c('EV_DELETE') };
        expect(test.queue.change(gone), mode).toEqual([mode === 'EV_CLEAR' ? 0 : c('ENOENT')]);
      }
    });

    it('with EV_DISPATCH tells it once until EV_ENABLE; EV_DISABLE keeps it back', () => {
      const [readEnd, writeEnd] = opened.pipe();
      const change = (flag: string) => ({ ident: readEnd, filter: READ, flags: c(flag) });
      test.queue.change({ ...change('EV_ADD'), flags: ADD | c('EV_DISPATCH') });
      put(writeEnd);
      expect(test.queue.now().length).toBe(1);
      expect(test.queue.now()).toEqual([]);
      test.queue.change(change('EV_ENABLE'));
      expect(test.queue.now().length).toBe(1);
      test.queue.change(change('EV_ENABLE'), change('EV_DISABLE'));
      expect(test.queue.now()).toEqual([]);
    });
  });

  describe('EVFILT_WRITE', () => {
    it('tells that there is room, and how much', () => {
      const [readEnd, writeEnd] = opened.pipe();
      test.queue.change({ ident: writeEnd, filter: WRITE, flags: ADD });
      const [event] = test.queue.now();
      expect(event).toMatchObject({ ident: BigInt(writeEnd), filter: WRITE });
      expect(event?.data).toBeGreaterThan(0n);
      const chunk = new Uint8Array(65536);
      while (raw.write(writeEnd, chunk) > 0) {}
      expect(test.queue.now()).toEqual([]);
      take(readEnd);
      expect(test.queue.now().length).toBe(1);
    });

    it('and EVFILT_READ of one descriptor are two records', () => {
      const [left, right] = opened.pair();
      put(right);
      test.queue.change(
        { ident: left, filter: READ, flags: ADD, udata: 1 },
        { ident: left, filter: WRITE, flags: ADD, udata: 2 },
      );
      const events = test.queue.now().map(({ filter, udata }) => [filter, udata]);
      expect(events.sort()).toEqual(
        [
          [READ, 1n],
          [WRITE, 2n],
        ].sort(),
      );
    });
  });

  describe('EVFILT_TIMER', () => {
    const TIMER = c('EVFILT_TIMER');

    it('tells again and again how often it has expired since', () => {
      test.queue.change({ ident: 3, filter: TIMER, flags: ADD, data: 1, udata: 8 });
      for (let round = 0; round < 3; round++) {
        const [event] = test.queue.next();
        expect(event).toMatchObject({ ident: 3n, filter: TIMER, udata: 8n });
        expect(event?.data).toBeGreaterThanOrEqual(1n);
      }
    });

    it('with EV_ONESHOT is over after it, in each unit', () => {
      for (const unit of ['NOTE_NSECONDS', 'NOTE_USECONDS']) {
        const flags = ADD | c('EV_ONESHOT');
        test.queue.change({ ident: 4, filter: TIMER, flags, fflags: c(unit), data: 500 });
        expect(test.queue.next(), unit).toMatchObject([{ ident: 4n, data: 1n }]);
        const gone = { ident: 4, filter: TIMER, flags: c('EV_DELETE') };
        expect(test.queue.change(gone), unit).toEqual([c('ENOENT')]);
      }
    });

    it('that is far away is not told, and can be deleted', () => {
      const far = { ident: 5, filter: TIMER, flags: ADD, fflags: c('NOTE_SECONDS'), data: 86400 };
      expect(test.queue.change(far)).toEqual([0]);
      expect(test.queue.now()).toEqual([]);
      expect(test.queue.change({ ...far, flags: c('EV_DELETE') })).toEqual([0]);
    });
  });

  describe('EVFILT_USER', () => {
    it('is told once it is triggered, with its notes, and by EV_CLEAR once', () => {
      const notes = c('NOTE_FFCOPY');
      test.queue.change({ ident: 1, filter: USER, flags: ADD | c('EV_CLEAR') });
      expect(test.queue.now()).toEqual([]);
      const trigger = { ident: 1, filter: USER, flags: 0 };
      test.queue.change({ ...trigger, fflags: (notes | c('NOTE_TRIGGER') | 0x2a) >>> 0 });
      const [event] = test.queue.next();
      expect((event?.fflags ?? 0) & c('NOTE_FFLAGSMASK')).toBe(0x2a);
      expect(test.queue.now()).toEqual([]);
      test.queue.change({ ...trigger, fflags: c('NOTE_TRIGGER') });
      expect(test.queue.now().length).toBe(1);
    });
  });

  describe('EVFILT_VNODE', () => {
    const VNODE = c('EVFILT_VNODE');

    function watched(...notes: string[]): string {
      const folder = mkdtempSync(join(tmpdir(), 'rawloop-vnode-'));
      const path = join(folder, 'file');
      writeFileSync(path, 'content');
      const fd = openSync(path, 'r');
      onTestFinished(() => {
        closeSync(fd);
        rmSync(folder, { recursive: true, force: true });
      });
      const fflags = notes.reduce((bits, name) => bits | c(name), 0) >>> 0;
      const flags = ADD | c('EV_CLEAR');
      expect(test.queue.change({ ident: fd, filter: VNODE, flags, fflags })).toEqual([0]);
      return path;
    }

    it('tells of a write, and of no other thing', () => {
      const path = watched('NOTE_WRITE', 'NOTE_DELETE');
      expect(test.queue.now()).toEqual([]);
      appendFileSync(path, ' and more');
      const [event] = test.queue.next();
      expect(event?.filter).toBe(VNODE);
      expect((event?.fflags ?? 0) & c('NOTE_WRITE')).toBe(c('NOTE_WRITE'));
      expect((event?.fflags ?? 0) & c('NOTE_DELETE')).toBe(0);
    });

    it('tells that a file grew', () => {
      const path = watched('NOTE_EXTEND');
      appendFileSync(path, ' and more');
      expect((test.queue.next()[0]?.fflags ?? 0) & c('NOTE_EXTEND')).toBe(c('NOTE_EXTEND'));
    });

    it('tells of a change of attributes', () => {
      const path = watched('NOTE_ATTRIB');
      chmodSync(path, 0o600);
      expect((test.queue.next()[0]?.fflags ?? 0) & c('NOTE_ATTRIB')).toBe(c('NOTE_ATTRIB'));
    });

    it('tells that a file was removed', () => {
      const path = watched('NOTE_DELETE');
      rmSync(path);
      expect((test.queue.next()[0]?.fflags ?? 0) & c('NOTE_DELETE')).toBe(c('NOTE_DELETE'));
    });
  });

  describe('EVFILT_PROC', () => {
    const PROC = c('EVFILT_PROC');

    it('tells that a process has ended, once, and reaps nobody', async () => {
      const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      const ended = once(child, 'exit');
      const pid = child.pid as number;
      const watch = { ident: pid, filter: PROC, flags: ADD, fflags: c('NOTE_EXIT') };
      expect(test.queue.change(watch)).toEqual([0]);
      expect(test.queue.now()).toEqual([]);
      child.kill('SIGKILL');
      const [event] = test.queue.next();
      expect(event).toMatchObject({ ident: BigInt(pid), filter: PROC });
      expect(((event?.fflags ?? 0) & c('NOTE_EXIT')) >>> 0).toBe(c('NOTE_EXIT'));
      expect(await ended).toEqual([null, 'SIGKILL']);
    });

    it('is refused for a process that is not there', () => {
      const nobody = { ident: 2 ** 22 + 1, filter: PROC, flags: ADD, fflags: c('NOTE_EXIT') };
      expect(test.queue.change(nobody)).toEqual([c('ESRCH')]);
    });
  });

  // In a child: the signal must hit nobody else. SIGUSR1, because Node blocks it in
  // its other threads: libkqueue needs that (signalsBlocked in libkqueue.ts).
  it('EVFILT_SIGNAL tells how often a signal came', () => {
    const [told, data] = runChild<[number[], number]>(`
        process.on('SIGUSR1', () => {});
        const kq = raw.kqueue();
        const list = new raw.KeventList(1);
        list.set(0, { ident: c.SIGUSR1, filter: c.EVFILT_SIGNAL, flags: c.EV_ADD, udata: 5 });
        raw.check(raw.kevent(kq, list.bytes, null, 0), 'kevent');
        let total = 0;
        let told;
        for (let i = 0; i < 3; i++) {
          process.kill(process.pid, 'SIGUSR1');
          raw.check(raw.kevent(kq, null, list.bytes, -1), 'kevent');
          told = list.get(0);
          total += Number(told.data);
        }
        report([[Number(told.ident), told.filter, Number(told.udata)], total]);
        process.exit();
      `);
    expect(told).toEqual([c('SIGUSR1'), c('EVFILT_SIGNAL'), 5]);
    expect(data).toBe(3);
  });
});
