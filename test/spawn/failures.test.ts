// What keeps a program from running is thrown, with its call, and nothing is left of it: no
// process and no descriptor. Without the rule of Execute (native/process/spawn_child.cc) for a name of
// several places the error is that of the last of them. As another user, and with few descriptors, in
// processes of their own.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { SpawnOptions } from '../../lib/spawn/options.js';
import { runChild } from '../support/child.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { childrenOf, EXIT_KINDS, guardChildren, hearBy } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const isRoot = process.getuid?.() === 0;

function fileOf(content: string, mode: number): string {
  const path = join(temporaryFolder(), 'program');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

interface Failure {
  file?: () => string;
  args?: string[];
  options?: SpawnOptions;
  expected: { code: string; syscall: string; path?: string };
}

const FAILURES: Record<string, Failure> = {
  'a program that there is not': {
    file: () => '/nowhere/program',
    expected: { code: 'ENOENT', syscall: 'execve', path: '/nowhere/program' },
  },
  'a name that is not in PATH': {
    file: () => 'no-such-program',
    expected: { code: 'ENOENT', syscall: 'execve', path: 'no-such-program' },
  },
  'a name that is in no PATH of its own': {
    file: () => 'true',
    options: { env: { PATH: '/nowhere:/proc/self' } },
    expected: { code: 'ENOENT', syscall: 'execve', path: 'true' },
  },
  'a name whose last place in PATH is no folder': {
    file: () => 'true',
    options: { env: { PATH: '/nowhere:/bin/true' } },
    expected: { code: 'ENOENT', syscall: 'execve', path: 'true' },
  },
  'a name whose one file in PATH may not be run': {
    file: () => 'passwd',
    options: { env: { PATH: '/nowhere:/etc:/nowhere' } },
    expected: { code: 'EACCES', syscall: 'execve', path: 'passwd' },
  },
  'a file without the permission': {
    file: () => fileOf('#!/bin/sh\n', 0o644),
    expected: { code: 'EACCES', syscall: 'execve' },
  },
  'a file that is no program': {
    file: () => fileOf('neither magic nor #!', 0o755),
    expected: { code: 'ENOEXEC', syscall: 'execve' },
  },
  'arguments that are too long': {
    args: ['x'.repeat(4_000_000)],
    expected: { code: 'E2BIG', syscall: 'execve', path: '/bin/true' },
  },
  'a folder that there is not': {
    options: { cwd: '/nowhere' },
    expected: { code: 'ENOENT', syscall: 'chdir', path: '/nowhere' },
  },
  'a folder that is a file': {
    options: { cwd: '/bin/true' },
    expected: { code: 'ENOTDIR', syscall: 'chdir', path: '/bin/true' },
  },
  'a file for stdin that there is not': {
    options: { stdio: ['pipe', 'socketpair', { path: '/nowhere/file' }] },
    expected: { code: 'ENOENT', syscall: 'open', path: '/nowhere/file' },
  },
  'a process group that there is not': {
    options: { processGroup: 2 ** 31 - 1 },
    expected: { code: 'EPERM', syscall: 'setpgid' },
  },
  'a terminal that is none': {
    options: { controllingTerminal: '/dev/null' },
    expected: { code: 'ENOTTY', syscall: 'ioctl', path: '/dev/null' },
  },
  'a terminal that there is not': {
    options: { controllingTerminal: '/nowhere/tty' },
    expected: { code: 'ENOENT', syscall: 'open', path: '/nowhere/tty' },
  },
};

describe.each(EXIT_KINDS)('by %s', (kind) => {
  hearBy(kind);

  it.each(Object.keys(FAILURES))('%s', async (name) => {
    const {
      file = () => '/bin/true',
      args = [],
      options = {},
      expected,
    } = FAILURES[name] as Failure;
    const program = file();
    const before = countDescriptors();
    let error: Record<string, unknown> = {};
    try {
      test.loop.spawn(program, args, options).close();
    } catch (thrown) {
      error = thrown as never;
    }
    expect(error).toMatchObject({ name: 'SystemError', spawnargs: args, ...expected });
    expect([countDescriptors(), childrenOf().size]).toEqual([before, 0]);
    await drive(test.loop);
    expect(test.loop.metrics().handles).toEqual([]);
  });
});

/** Runs in a process of its own; gives the code and call of what `spawn` threw. */
const THROWN = `
  const loop = new EventLoop();
  const thrown = (file, args, options) => {
    const before = countDescriptors();
    try {
      const child = loop.spawn(file, args, options);
      child.kill('SIGKILL'); child.close();
      return 'none';
    } catch ({ code, syscall }) {
      return [code, syscall, countDescriptors() - before];
    }
  };
`;

it.runIf(isRoot)('another user than root becomes no other, nor another group', () => {
  const script = `${THROWN}
    report([
      thrown('/bin/true', [], { uid: 0 }), thrown('/bin/true', [], { gid: 0 }),
      thrown('/bin/true', [], { groups: [0] }), thrown('/bin/true', [], { priority: -5 }),
      thrown('/bin/true', [], { resourceLimits: { RLIMIT_NOFILE: 2 ** 40 } }),
    ]);`;
  expect(runChild(script, { uid: 12345 })).toEqual([
    ['EPERM', 'setuid', 0],
    ['EPERM', 'setgid', 0],
    ['EPERM', 'setgroups', 0],
    ['EACCES', 'setpriority', 0],
    ['EPERM', 'setrlimit', 0],
  ]);
});

it.runIf(isRoot)(
  'a user with too many processes has no more, and a full table no descriptor',
  () => {
    const script = `${THROWN}
    const before = new BigUint64Array(2);
    raw.check(raw.prlimit(0, c.RLIMIT_NPROC, null, before), 'prlimit');
    raw.check(raw.prlimit(0, c.RLIMIT_NPROC, BigUint64Array.of(1n, before[1])), 'prlimit');
    const few = thrown('/bin/true', [], {});
    raw.check(raw.prlimit(0, c.RLIMIT_NPROC, before), 'prlimit');
    const fds = [];
    for (;;) try { fds.push(fs.openSync('/dev/null')); } catch { break; }
    fs.closeSync(fds.pop());
    let code;
    try { loop.spawn('/bin/true'); } catch (error) { code = [error.code, error.syscall]; }
    for (const fd of fds) fs.closeSync(fd);
    report([few, code, thrown('/bin/true', [], {})]);`;
    expect(runChild(script, { uid: 12346, maxDescriptors: 64 })).toEqual([
      ['EAGAIN', 'clone', 0],
      ['EMFILE', 'pipe2'],
      'none',
    ]);
  },
);
