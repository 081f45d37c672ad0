// inotify, timerfd, signalfd and fanotify under their own names, and what takes their records apart.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { compiled } from '../support/compile.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { systemCalls } from '../watch/kernel-objects.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const addon = compiled('syscall-addon.c');
const NEVER_OPEN = 2 ** 31 - 1;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.runIf(raw.supported.inotify_init1)('inotify', () => {
  const init = () => opened.keep(raw.inotify_init1(constant('IN_NONBLOCK')));
  const IN_CREATE = constant('IN_CREATE');

  it('tells by records what happens in a folder, the halves of a rename by one cookie', () => {
    const folder = temporaryFolder();
    const fd = init();
    const mask = IN_CREATE | constant('IN_MOVE') | constant('IN_ONLYDIR');
    const wd = raw.check(raw.inotify_add_watch(fd, folder, mask), 'inotify_add_watch');
    expect(raw.inotify_add_watch(fd, Buffer.from(folder), mask)).toBe(wd);
    writeFileSync(join(folder, 'a file'), '');
    mkdirSync(join(folder, 'below'));
    renameSync(join(folder, 'a file'), join(folder, 'é'));
    const bytes = new Uint8Array(4096);
    const length = raw.check(raw.read(fd, bytes), 'read');
    const events = raw.inotifyEvents(bytes, length);
    expect(events.map((event) => [event.wd, event.mask, text(event.name)])).toEqual([
      [wd, IN_CREATE, 'a file'],
      [wd, IN_CREATE | constant('IN_ISDIR'), 'below'],
      [wd, constant('IN_MOVED_FROM'), 'a file'],
      [wd, constant('IN_MOVED_TO'), 'é'],
    ]);
    expect(events[2]?.cookie).toBe(events[3]?.cookie);
    expect(events[2]?.cookie).toBeGreaterThan(0);
    expect(raw.inotify_rm_watch(fd, wd)).toBe(0);
    const last = raw.check(raw.read(fd, bytes), 'read');
    expect(raw.inotifyEvents(bytes, last)).toEqual([
      { wd, mask: constant('IN_IGNORED'), cookie: 0, name: new Uint8Array(0) },
    ]);
  });

  it('takes a mask as | leaves it, negative with IN_ONESHOT', () => {
    const mask = IN_CREATE | constant('IN_ONESHOT');
    expect(mask).toBeLessThan(0);
    expect(raw.inotify_add_watch(init(), temporaryFolder(), mask)).toBe(1);
  });

  it('returns a negative errno for what the kernel refuses', () => {
    const fd = init();
    const folder = temporaryFolder();
    expect(raw.inotify_init1(1)).toBe(-constant('EINVAL'));
    expect(raw.inotify_add_watch(fd, join(folder, 'none'), IN_CREATE)).toBe(-constant('ENOENT'));
    expect(raw.inotify_add_watch(opened.eventfd(), folder, IN_CREATE)).toBe(-constant('EINVAL'));
    expect(raw.inotify_add_watch(NEVER_OPEN, folder, IN_CREATE)).toBe(-constant('EBADF'));
    expect(raw.inotify_rm_watch(fd, 7)).toBe(-constant('EINVAL'));
    expect(() => raw.inotify_add_watch(fd, 'a\0b', IN_CREATE)).toThrow(TypeError);
  });

  it('events are taken apart as far as they came, and one that is cut off is refused', () => {
    const bytes = new Uint8Array(64);
    const view = new DataView(bytes.buffer);
    const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
    view.setUint32(12, 16, little);
    bytes.set(Buffer.from('name'), 16);
    expect(raw.inotifyEvents(bytes, 32).map(({ name }) => text(name))).toEqual(['name']);
    expect(raw.inotifyEvents(bytes, 0)).toEqual([]);
    for (const length of [1, 15, 16, 31, 33, 47]) {
      expect(() => raw.inotifyEvents(bytes, length)).toThrow(RangeError);
    }
    // A name without an end, and one that would reach beyond what came.
    bytes.fill(97, 16, 32);
    expect(raw.inotifyEvents(bytes, 32)[0]?.name.length).toBe(16);
    view.setUint32(12, 2 ** 32 - 1, little);
    expect(() => raw.inotifyEvents(bytes)).toThrow(RangeError);
    for (const length of [-1, 65, 1.5, Number.NaN]) {
      expect(() => raw.inotifyEvents(bytes, length)).toThrow(RangeError);
    }
    expect(() => raw.inotifyEvents([] as unknown as Uint8Array)).toThrow(TypeError);
  });
});

describe.runIf(raw.supported.timerfd_create)('timerfd', () => {
  const create = () =>
    opened.keep(raw.timerfd_create(constant('CLOCK_MONOTONIC'), constant('TFD_NONBLOCK')));

  it('expires, is read as a count, and tells what it was set to', () => {
    const fd = create();
    const set = BigInt64Array.of(0n, 0n, 0n, 1n);
    expect(raw.timerfd_settime(fd, 0, set)).toBe(0);
    raw.check(raw.poll(Int32Array.of(fd, constant('POLLIN'), 0), 1, -1), 'poll');
    const count = new BigUint64Array(1);
    expect(raw.read(fd, count)).toBe(8);
    expect(count[0]).toBe(1n);
    // One memory for both: what it is set to is read first.
    const both = BigInt64Array.of(7n, 8n, 1000n, 0n);
    expect(raw.timerfd_settime(fd, 0, both, both)).toBe(0);
    expect([...both]).toEqual([0n, 0n, 0n, 0n]);
    expect(raw.timerfd_gettime(fd, both)).toBe(0);
    expect([...both.subarray(0, 2)]).toEqual([7n, 8n]);
    expect(both[2]).toBeGreaterThan(900n);
  });

  it('returns a negative errno for what the kernel refuses, and wants whole records', () => {
    const fd = create();
    const times = new BigInt64Array(4);
    expect(raw.timerfd_create(99)).toBe(-constant('EINVAL'));
    expect(raw.timerfd_settime(opened.eventfd(), 0, times)).toBe(-constant('EINVAL'));
    expect(raw.timerfd_gettime(NEVER_OPEN, times)).toBe(-constant('EBADF'));
    const late = BigInt64Array.of(0n, 0n, 0n, 1_000_000_000n);
    expect(raw.timerfd_settime(fd, 0, late)).toBe(-constant('EINVAL'));
    const short = new BigInt64Array(3);
    expect(() => raw.timerfd_settime(fd, 0, short)).toThrow(RangeError);
    expect(() => raw.timerfd_settime(fd, 0, times, short)).toThrow(RangeError);
    expect(() => raw.timerfd_gettime(fd, short)).toThrow(RangeError);
  });
});

describe.runIf(raw.supported.signalfd)('signalfd', () => {
  it('gives a signal that this thread blocks, with who sent it', () => {
    const [SIG_BLOCK, SIG_UNBLOCK, SETSIZE] = [0, 1, 8];
    const call = systemCalls(addon);
    const signal = constant('SIGUSR2');
    const mask = raw.signalMask(signal);
    const fd = opened.keep(raw.signalfd(-1, raw.signalMask(), constant('SFD_NONBLOCK')));
    call('rt_sigprocmask', SIG_BLOCK, mask, 0, SETSIZE);
    try {
      call('tgkill', process.pid, call('gettid'), signal);
      const bytes = new Uint8Array(1024);
      // Not asked for yet.
      expect(raw.read(fd, bytes)).toBe(-constant('EAGAIN'));
      expect(raw.signalfd(fd, mask)).toBe(fd);
      const length = raw.check(raw.read(fd, bytes), 'read');
      const [info, more] = raw.signalInfos(bytes, length);
      expect(more).toBeUndefined();
      expect(info).toMatchObject({
        signo: signal,
        errno: 0,
        code: constant('SI_TKILL'),
        pid: process.pid,
        uid: process.getuid?.(),
        ptr: 0n,
      });
    } finally {
      call('rt_sigprocmask', SIG_UNBLOCK, mask, 0, SETSIZE);
    }
  });

  // As sigqueue(3) sends them, but to this thread: of those to the process another thread may take
  // some, as no other blocks them. Without SI_QUEUE the value would not be read as one.
  it.each(DRIVE_MODES)('tells loop.watch each value and who sent it, %s', async (mode) => {
    const [SIG_BLOCK, SIG_UNBLOCK, SETSIZE] = [0, 1, 8];
    const call = systemCalls(addon);
    const signal = constant('SIGRTMIN') + 5;
    const mask = raw.signalMask(signal);
    const values = [7, -(2 ** 31), 2 ** 31 - 1];
    const fd = opened.keep(raw.signalfd(-1, mask, constant('SFD_NONBLOCK')));
    const told: unknown[] = [];
    const bytes = new Uint8Array(1024);
    const watcher = test.loop.watch(fd, { read: true }, () => {
      const length = raw.check(raw.read(fd, bytes), 'read');
      for (const { signo, code, int, pid, uid } of raw.signalInfos(bytes, length)) {
        told.push([signo, code, int, pid, uid]);
      }
      if (told.length === values.length) watcher.close();
    });
    call('rt_sigprocmask', SIG_BLOCK, mask, 0, SETSIZE);
    try {
      // `siginfo_t`: code, sender and value are its words 2, 4, 5 and 6.
      for (const value of values) {
        const info = new Int32Array(32);
        info[2] = constant('SI_QUEUE');
        info.set([process.pid, process.getuid?.() ?? 0, value], 4);
        const sent = call('rt_tgsigqueueinfo', process.pid, call('gettid'), signal, info);
        raw.check(sent, 'rt_tgsigqueueinfo');
      }
      await drive(test.loop, mode);
    } finally {
      call('rt_sigprocmask', SIG_UNBLOCK, mask, 0, SETSIZE);
    }
    const sender = [process.pid, process.getuid?.()];
    expect(told).toEqual(values.map((value) => [signal, constant('SI_QUEUE'), value, ...sender]));
  });

  it('returns a negative errno for what is no signalfd', () => {
    expect(raw.signalfd(opened.eventfd(), raw.signalMask())).toBe(-constant('EINVAL'));
    expect(raw.signalfd(NEVER_OPEN, raw.signalMask())).toBe(-constant('EBADF'));
    // The C library keeps this one for its threads.
    expect(raw.signalfd(-1, raw.signalMask(33))).toBe(-constant('EINVAL'));
    expect(() => raw.signalfd(-1, new Uint32Array(1))).toThrow(RangeError);
  });

  it('a mask has bit n - 1 for signal n, and no other signals', () => {
    expect([...raw.signalMask(1, 32, 33, 64)]).toEqual([0x80000001, 0x80000001]);
    for (const signal of [0, 65, 1.5, -1]) expect(() => raw.signalMask(signal)).toThrow(RangeError);
    expect(() => raw.signalMask('SIGHUP' as unknown as number)).toThrow(TypeError);
  });

  it('records are taken apart as far as they came', () => {
    const bytes = new Uint8Array(256);
    expect(raw.signalInfos(bytes)).toHaveLength(2);
    expect(raw.signalInfos(bytes, 128)).toHaveLength(1);
    for (const length of [1, 127, 129, 257]) {
      expect(() => raw.signalInfos(bytes, length)).toThrow(RangeError);
    }
  });
});

describe.runIf(raw.supported.fanotify_init)('fanotify', () => {
  it('opens a group and marks a file, where this user may', () => {
    const flags = constant('FAN_REPORT_FID') | constant('FAN_NONBLOCK');
    const fd = raw.fanotify_init(flags);
    if (fd === -constant('EPERM') || fd === -constant('ENOSYS')) return;
    opened.keep(fd);
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const FAN_MODIFY = constant('FAN_MODIFY');
    const mark = (path: string) =>
      raw.fanotify_mark(fd, constant('FAN_MARK_ADD'), FAN_MODIFY, constant('AT_FDCWD'), path);
    // Not every file system has what identifies a file.
    if (mark(file) !== 0) return;
    writeFileSync(file, 'changed');
    const bytes = Buffer.alloc(4096);
    expect(raw.read(fd, bytes)).toBeGreaterThan(0);
    expect(bytes.readBigUInt64LE(8)).toBe(BigInt(FAN_MODIFY));
    expect(mark(`${file}-none`)).toBe(-constant('ENOENT'));
  });

  it('returns a negative errno for what the kernel refuses', () => {
    expect([-constant('EINVAL'), -constant('EPERM')]).toContain(raw.fanotify_init(2 ** 31));
    expect(raw.fanotify_mark(NEVER_OPEN, 1, 2, -100, null)).toBe(-constant('EBADF'));
  });
});
