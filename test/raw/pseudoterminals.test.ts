// A pseudoterminal by the calls of POSIX: its two sides, and what is none. See pty(7).
import { closeSync, openSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { put, textOf } from '../support/bytes.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const FLAGS = constant('O_RDWR') | constant('O_NOCTTY');

it('opens a master, and its slave once that is unlocked', () => {
  const master = opened.keep(raw.posix_openpt(FLAGS), 'posix_openpt');
  expect(isCloseOnExec(master)).toBe(true);
  const path = raw.ptsname_r(master) as string;
  // On Linux nobody can open it before.
  if (process.platform === 'linux') expect(() => openSync(path, FLAGS)).toThrow(/EIO/);
  expect([raw.grantpt(master), raw.unlockpt(master)]).toEqual([0, 0]);
  const slave = openSync(path, FLAGS);
  onTestFinished(() => closeSync(slave));
  put(master, 'a line\n');
  const bytes = new Uint8Array(20);
  expect(textOf(bytes.subarray(0, raw.read(slave, bytes)))).toBe('a line\n');
  expect(textOf(bytes.subarray(0, raw.read(master, bytes)))).toBe('a line\r\n');
});

it('two masters have slaves of different names', () => {
  const names = [0, 1].map(() =>
    raw.ptsname_r(opened.keep(raw.posix_openpt(FLAGS), 'posix_openpt')),
  );
  expect(new Set(names).size).toBe(2);
});

it('returns a negative errno for what is no master, and for flags that it does not know', () => {
  const [pipe] = opened.pipe();
  const calls = [raw.grantpt, raw.unlockpt, raw.ptsname_r];
  const NONE = [-constant('ENOTTY'), -constant('EINVAL')];
  for (const call of calls) expect(NONE).toContain(call(pipe));
  // With O_PATH it would be none, and not known to be ours.
  const flags = FLAGS | constant('O_APPEND');
  expect(raw.posix_openpt(flags)).toBe(-constant('EINVAL'));
  const closed = 2 ** 31 - 1;
  expect(calls.map((call) => call(closed))).toEqual(calls.map(() => -constant('EBADF')));
});
