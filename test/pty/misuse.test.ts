// What is no pty, or none any more, is refused before anything is opened or started.
//
// Without `beginClose` of lib/pty/pty.ts one that has closed takes a program, and leaves its slave open.
import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PtyOptions } from '../../lib/pty/options.js';
import { Pty } from '../../lib/pty/pty.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { thrownBy } from '../loop/support.js';
import { guardChildren } from '../spawn/support.js';
import { guardDescriptors, isCloseOnExec } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { countTerminals } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();

const TYPE = 'ERR_INVALID_ARG_TYPE';
const VALUE = 'ERR_INVALID_ARG_VALUE';
const RANGE = 'ERR_OUT_OF_RANGE';

const OPTIONS: [name: string, options: unknown, code: string][] = [
  ['no object', 5, TYPE],
  ['columns', { columns: 65536 }, RANGE],
  ['a word as rows', { rows: 'many' }, TYPE],
  ['pixelWidth', { pixelWidth: -1 }, RANGE],
  ['pixelHeight', { pixelHeight: 1.5 }, RANGE],
  ['uid', { uid: -1 }, RANGE],
  ['gid', { gid: 'tty' }, TYPE],
  ['mode', { mode: 0o1000 }, RANGE],
  ['utf8', { utf8: 1 }, TYPE],
  ['highWaterMark', { highWaterMark: -1 }, RANGE],
  ['a half that cannot stay', { allowHalfOpen: true }, VALUE],
  ['signal', { signal: {} }, TYPE],
  ['a signal that has aborted', { signal: AbortSignal.abort() }, 'ABORT_ERR'],
];

it.each(OPTIONS)('%s', (_name, options, code) => {
  const before = countTerminals();
  expect(thrownBy(() => test.loop.pty(options as PtyOptions))).toMatchObject({ code });
  expect(countTerminals()).toBe(before);
});

it('handlers, sizes, and what is no terminal of a child', async () => {
  const { loop } = test;
  const pty = loop.pty();
  const spawnOn = (controllingTerminal: unknown, options = {}) =>
    loop.spawn('true', [], { ...options, controllingTerminal } as object);
  const codes = [
    () => loop.pty({}, { resize() {} } as object),
    () => loop.pty({}, { data: 5 } as object),
    () => pty.resize(65536, 1),
    () => pty.resize(1, '1' as never),
    () => pty.resize(1, 1, -1),
    () => pty.resize(1, 1, 0, 0.5),
    () => spawnOn({}),
    () => spawnOn(null),
    () => spawnOn(pty.master),
    () => spawnOn(Object.create(Pty.prototype)),
    () => spawnOn(pty, { processGroup: 0 }),
    () => spawnOn(pty, { stdio: 'terminal' }),
    () => spawnOn(pty, { stdio: [5.5] }),
  ].map((call) => (thrownBy(call) as { code?: string }).code);
  expect(codes).toEqual([
    ...[VALUE, TYPE, RANGE, TYPE, RANGE, RANGE],
    ...[TYPE, TYPE, TYPE, TYPE, VALUE, VALUE, RANGE],
  ]);
  pty.close();
  await drive(loop);
});

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('one that has closed takes no size and no program, and tells none', async () => {
    const { loop } = test;
    const before = countTerminals();
    const pty = loop.pty({ columns: 10, rows: 5 });
    expect([pty.columns, pty.rows, pty.isClosed]).toEqual([10, 5, false]);
    pty.close();
    pty.close();
    expect([pty.columns, pty.rows, pty.isClosed]).toEqual([0, 0, true]);
    const closed = expect.objectContaining({ code: 'ERR_HANDLE_CLOSED' });
    expect(() => pty.resize(1, 1)).toThrow(closed);
    expect(() => loop.spawn('true', [], { controllingTerminal: pty })).toThrow(closed);
    await drive(loop, mode);
    await pty.closed;
    expect(countTerminals()).toBe(before);
  });
});

it('the slave is whose it is to be, and no other program gets either side', async () => {
  const { loop } = test;
  const isRoot = process.getuid?.() === 0;
  const pty = loop.pty({ mode: 0o640, ...(isRoot ? { uid: 65534, gid: 65534 } : {}) });
  const { mode, uid, gid } = statSync(pty.slavePath);
  expect(mode & 0o777).toBe(0o640);
  if (isRoot) expect([uid, gid]).toEqual([65534, 65534]);
  expect(isCloseOnExec(pty.master.handleFd)).toBe(true);
  let text = '';
  const child = loop.spawn('sh', ['-c', 'ls -l /proc/self/fd'], {});
  const read = async () => {
    for await (const chunk of child.stdout) text += Buffer.from(chunk);
  };
  const done = read();
  pty.unref();
  await drive(loop);
  await done;
  expect(text).toContain('->');
  expect(text).not.toMatch(/ptmx|pts/);
  pty.close();
});

it.runIf(process.getuid?.() === 0)('the slave’s user and its group are given by themselves', () => {
  const owners = ([{}, { uid: 65534 }, { gid: 65534 }] as PtyOptions[]).map((options) => {
    const { uid, gid } = statSync(test.loop.pty(options).slavePath);
    return [uid, gid];
  });
  const [uid, gid] = owners[0] as number[];
  expect(owners.slice(1)).toEqual([
    [65534, gid],
    [uid, 65534],
  ]);
});

it.runIf(process.getuid?.() !== 0)('a slave cannot be made that of others', () => {
  expect(thrownBy(() => test.loop.pty({ uid: 0 }))).toMatchObject({ code: 'EPERM' });
});

it('characters of UTF-8 are so by the terminal, unless they are not to be', () => {
  const { loop } = test;
  const flags = [true, false].map((utf8) => {
    const pty = loop.pty({ utf8 });
    const termios = new Uint32Array(32);
    const request = raw.constants['TCGETS'] ?? constant('TIOCGETA');
    raw.check(raw.ioctl(pty.master.handleFd, request, termios), 'ioctl');
    return ((termios[0] as number) & constant('IUTF8')) !== 0;
  });
  expect(flags).toEqual([true, false]);
});

it('a loop that has closed makes none', () => {
  const { loop } = test;
  loop.close();
  expect(thrownBy(() => loop.pty())).toMatchObject({ code: 'ERR_LOOP_CLOSED' });
});
