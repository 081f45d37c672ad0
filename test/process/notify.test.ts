// sdNotify and watchdogMs: what a manager that asks for credentials gets.
//
// Tried once without the wait for room: a manager that is busy is EAGAIN. Without the check of
// values: a status of two lines is an assignment. Without the one of names: 'READY' is sent.
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { type NotifyOptions, sdNotify, watchdogMs } from '../../lib/process/notify.js';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { DIST } from '../support/child.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'];
afterEach(() => {
  for (const name of VARIABLES) delete process.env[name];
});

/** A manager's socket, which NOTIFY_SOCKET names from here on. */
function manager(path = join(temporaryFolder(), 'notify')): number {
  const type = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
  const fd = opened.keep(raw.socket(constant('AF_UNIX'), type), 'socket');
  raw.check(raw.bind(fd, { family: 'unix', path }), 'bind');
  const passCredentials = constants['SO_PASSCRED'];
  if (passCredentials !== undefined) {
    raw.check(raw.setsockopt(fd, constant('SOL_SOCKET'), passCredentials, 1), 'setsockopt');
  }
  process.env['NOTIFY_SOCKET'] = path.replace('\0', '@');
  return fd;
}

function received(fd: number) {
  const buffer = Buffer.alloc(4096);
  const { bytes, ancillary } = raw.check(
    raw.recvmsg(fd, { buffers: [buffer], maxFds: 8 }),
    'recvmsg',
  );
  return { text: buffer.toString('utf8', 0, bytes), ...ancillary };
}

const onLinux = process.platform === 'linux';
const US = onLinux
  ? { pid: process.pid, uid: process.getuid?.(), gid: process.getgid?.() }
  : undefined;

describe('a state', () => {
  it('is sent by the time that the call returns, and the kernel says by whom', () => {
    const fd = manager();
    expect(sdNotify('READY=1')).toBe(true);
    expect(received(fd)).toMatchObject({ text: 'READY=1', credentials: US, fds: [] });
    expect(sdNotify({ STOPPING: 1, STATUS: 'bye = bye' })).toBe(true);
    expect(received(fd).text).toBe('STOPPING=1\nSTATUS=bye = bye');
    expect(sdNotify(`MAINPID=${process.pid}\nWATCHDOG=1\n`)).toBe(true);
    expect(received(fd).text).toBe(`MAINPID=${process.pid}\nWATCHDOG=1`);
  });

  it.runIf(onLinux)('goes to an abstract name', () => {
    const fd = manager(`\0rawloop-notify-${process.pid}`);
    expect(sdNotify({ X_OURS: '' })).toBe(true);
    expect(received(fd).text).toBe('X_OURS=');
  });

  it('of a reload has its time, unless it is given', () => {
    const fd = manager();
    const before = process.hrtime.bigint() / 1000n;
    sdNotify('RELOADING=1\nSTATUS=again');
    const [, usec = ''] =
      /^RELOADING=1\nSTATUS=again\nMONOTONIC_USEC=(\d+)$/.exec(received(fd).text) ?? [];
    expect(BigInt(usec)).toBeGreaterThanOrEqual(before);
    expect(BigInt(usec)).toBeLessThanOrEqual(process.hrtime.bigint() / 1000n);
    sdNotify({ RELOADING: 1, MONOTONIC_USEC: 5 });
    expect(received(fd).text).toBe('RELOADING=1\nMONOTONIC_USEC=5');
  });

  it('takes descriptors along, to be kept', () => {
    const fd = manager();
    const file = openSync(import.meta.filename, 'r');
    expect(sdNotify('FDSTORE=1\nFDNAME=file', { fds: [file, file] })).toBe(true);
    closeSync(file);
    const { text, fds } = received(fd);
    expect([text, fds.length]).toEqual(['FDSTORE=1\nFDNAME=file', 2]);
    for (const each of fds) expect(isCloseOnExec(opened.keep(each))).toBe(true);
    const start = Buffer.alloc(11);
    raw.read(fds[1] ?? -1, start);
    expect(start.toString()).toBe('// sdNotify');
  });

  it('is not sent where there is no manager', () => {
    expect(sdNotify('READY=1')).toBe(false);
    const fd = manager();
    expect(sdNotify('READY=1', { unset: true })).toBe(true);
    expect(sdNotify('READY=1')).toBe(false);
    expect(received(fd).text).toBe('READY=1');
    expect(raw.recv(fd, Buffer.alloc(1))).toBe(-constant('EAGAIN'));
  });
});

describe.runIf(onLinux).each(DRIVE_MODES)('a manager that is a loop, %s', (mode) => {
  it('hears the state, and from whom', async () => {
    const path = join(temporaryFolder(), 'notify');
    process.env['NOTIFY_SOCKET'] = path;
    const heard: unknown[] = [];
    test.loop.dgram(
      { path, info: { credentials: true } },
      {
        message(socket, chunk, _from, { credentials }) {
          heard.push([Buffer.from(chunk).toString(), credentials]);
          if (heard.length === 2) socket.close();
        },
      },
    );
    expect([sdNotify('READY=1'), sdNotify('STOPPING=1')]).toEqual([true, true]);
    await drive(test.loop, mode);
    expect(heard).toEqual([
      ['READY=1', US],
      ['STOPPING=1', US],
    ]);
  });
});

describe('a manager that has no room', () => {
  /** Sends until its socket is full. */
  function full(): number {
    const fd = manager();
    const type = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
    const sender = opened.keep(raw.socket(constant('AF_UNIX'), type), 'socket');
    const to = { family: 'unix', path: process.env['NOTIFY_SOCKET'] ?? '' } as const;
    while (raw.sendto(sender, Buffer.from('x'), 0, 1, 0, to) > 0);
    return fd;
  }

  it('is waited for', async () => {
    const fd = full();
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const script = `
      const { recv } = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
      const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage('there');
      Atomics.wait(workerData, 0, 0);
      Atomics.wait(workerData, 0, 1, 50);
      recv(${fd}, new Uint8Array(8));`;
    const reader = new Worker(script, { eval: true, workerData: begun });
    // A thread may take longer to begin than a manager is waited for.
    await new Promise((resolve) => reader.once('message', resolve));
    Atomics.store(begun, 0, 1);
    Atomics.notify(begun, 0);
    expect(sdNotify('READY=1')).toBe(true);
    await new Promise((resolve) => reader.once('exit', resolve));
    let last = '';
    for (const buffer = Buffer.alloc(64); ; ) {
      const length = raw.recv(fd, buffer);
      if (length < 0) break;
      last = buffer.toString('utf8', 0, length);
    }
    expect(last).toBe('READY=1');
  });

  it('is not waited for without end', () => {
    full();
    const told = { code: 'EAGAIN', syscall: 'sendmsg', path: process.env['NOTIFY_SOCKET'] };
    expect(() => sdNotify('READY=1')).toThrow(expect.objectContaining(told));
  });
});

describe('what is refused', () => {
  const code = (name: string) => expect.objectContaining({ code: name });

  it.each<[what: string, state: unknown, options: unknown, code: string]>([
    ['no state', undefined, {}, 'ERR_INVALID_ARG_TYPE'],
    ['null', null, {}, 'ERR_INVALID_ARG_TYPE'],
    ['an empty text', '', {}, 'ERR_INVALID_ARG_VALUE'],
    ['an empty object', {}, {}, 'ERR_INVALID_ARG_VALUE'],
    ['a word', 'READY', {}, 'ERR_INVALID_ARG_VALUE'],
    ['a name in small letters', { ready: 1 }, {}, 'ERR_INVALID_ARG_VALUE'],
    ['a line between', 'READY=1\n\nSTATUS=x', {}, 'ERR_INVALID_ARG_VALUE'],
    ['a value of two lines', { STATUS: 'x\nMAINPID=1' }, {}, 'ERR_INVALID_ARG_VALUE'],
    ['a NUL', 'STATUS=\0', {}, 'ERR_INVALID_ARG_VALUE'],
    ['a value that is an object', { STATUS: {} }, {}, 'ERR_INVALID_ARG_TYPE'],
    ['descriptors that are no array', 'FDSTORE=1', { fds: 3 }, 'ERR_INVALID_ARG_TYPE'],
    ['null for them', 'FDSTORE=1', { fds: null }, 'ERR_INVALID_ARG_TYPE'],
    ['a descriptor that is none', 'FDSTORE=1', { fds: [-1] }, 'ERR_OUT_OF_RANGE'],
    ['too many', 'FDSTORE=1', { fds: Array(254).fill(0) }, 'ERR_OUT_OF_RANGE'],
    ['an option that is not known', 'READY=1', { fd: [1] }, 'ERR_INVALID_ARG_VALUE'],
    ['unset of another type', 'READY=1', { unset: 1 }, 'ERR_INVALID_ARG_TYPE'],
    ['a descriptor that is not open', 'FDSTORE=1', { fds: [2 ** 30] }, 'EBADF'],
  ])('sends nothing: %s', (_what, state, options, name) => {
    const fd = manager();
    expect(() => sdNotify(state as string, options as NotifyOptions)).toThrow(code(name));
    expect(raw.recv(fd, Buffer.alloc(1))).toBe(-constant('EAGAIN'));
  });

  it.each(['', '/', '@', 'relative', 'vsock:2:1234'])('is NOTIFY_SOCKET=%s', (text) => {
    process.env['NOTIFY_SOCKET'] = text;
    expect(() => sdNotify('READY=1')).toThrow(code('ERR_INVALID_ARG_VALUE'));
    expect(() => sdNotify('READY=1')).toThrow(/NOTIFY_SOCKET/);
  });

  it('is told as connect says: nobody is there, or it cannot be the name of a socket', () => {
    const path = join(temporaryFolder(), 'none');
    process.env['NOTIFY_SOCKET'] = path;
    const told = expect.objectContaining({ code: 'ENOENT', syscall: 'connect', path });
    expect(() => sdNotify('READY=1')).toThrow(told);
    process.env['NOTIFY_SOCKET'] = `/${'x'.repeat(200)}`;
    expect(() => sdNotify('READY=1')).toThrow(code('ENAMETOOLONG'));
    opened.close(manager(path));
    expect(() => sdNotify('READY=1')).toThrow(code('ECONNREFUSED'));
  });
});

describe('the watchdog', () => {
  const ask = (usec?: string, pid?: string) => {
    if (usec !== undefined) process.env['WATCHDOG_USEC'] = usec;
    if (pid !== undefined) process.env['WATCHDOG_PID'] = pid;
    return watchdogMs();
  };

  it.each([
    [undefined, undefined, undefined],
    ['30000000', undefined, 30_000],
    ['1500', String(process.pid), 1.5],
    ['30000000', '1', undefined],
    [undefined, String(process.pid), undefined],
  ])('of %s µs for process %s is %s ms', (usec, pid, ms) => {
    expect(ask(usec, pid)).toBe(ms);
  });

  it.each(['', '0', '-5', '1.5', '1s', '0x10'])(
    'is refused where it is no number: "%s"',
    (text) => {
      const told = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });
      expect(() => ask(text)).toThrow(told);
      expect(() => ask('1000', text)).toThrow(/WATCHDOG_PID/);
    },
  );
});
