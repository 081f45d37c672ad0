// A Unix socket's file, on the kernel's own sockets: what is taken over, what is left alone,
// which permissions it has and when, and what becomes of it at the end. Where two start at
// once: test/regressions/unix-path-started-twice.test.ts.
//
// Each guard of lib/unix/path.ts was taken out once: without isSocket a file goes to whoever
// starts; without isDead a live server's does; with a probe of the server's own type one that
// does not listen yet is taken for dead; without #isThere what was put at the place of our file
// goes with us (a server that lives there is saved by isDead as well); without isDead in
// closeWith the file of a process that has the socket as well; without setMode the umask takes
// its share; with the path as it was given the file is looked for in another folder. limitMode,
// and what is refused on the way: path-refused.test.ts.
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bindToPath, checkMode, unixAddressOf } from '../../lib/unix/path.js';
import { duplicate, guardDescriptors, Opened } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const isLinux = process.platform === 'linux';
const [STREAM, DGRAM] = [constant('SOCK_STREAM'), constant('SOCK_DGRAM')];
const TYPES: [name: string, type: number][] = [
  ['stream', STREAM],
  ['datagrams', DGRAM],
  ...(isLinux ? ([['records', constant('SOCK_SEQPACKET')]] as [string, number][]) : []),
];

let path: string;
beforeEach(() => {
  path = join(temporaryFolder(), 'socket');
});

const at = (place: string) => unixAddressOf(place, 'bind');

function socket(type = STREAM): number {
  return opened.keep(raw.socket(constant('AF_UNIX'), type), 'socket');
}

function start(place = path, type = STREAM, mode?: number) {
  const fd = socket(type);
  const bound = bindToPath(fd, at(place), mode);
  return { fd, end: () => bound?.closeWith(() => opened.close(fd)) };
}

/** A server that died. */
function leaveStale(place = path, type = STREAM): void {
  opened.close(start(place, type).fd);
}

const isInUse = expect.objectContaining({ code: 'EADDRINUSE', syscall: 'bind' });

describe.each(TYPES)('the file of a socket of %s', (_, type) => {
  it('is removed at the end, with nothing else left', () => {
    start(path, type).end();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it.each(TYPES)('is taken over when a socket of %s left it', (_, left) => {
    leaveStale(path, left);
    expect(existsSync(path)).toBe(true);
    const { end } = start(path, type);
    expect(() => start(path, left)).toThrow(isInUse);
    end();
    expect(existsSync(path)).toBe(false);
  });

  it.each(TYPES)('stays that of a socket of %s that lives, and need not listen yet', (_, other) => {
    start(path, other);
    const { ino } = lstatSync(path);
    expect(() => start(path, type)).toThrow(isInUse);
    expect(lstatSync(path).ino).toBe(ino);
  });
});

it('who listens hears nothing of one who starts at its place', () => {
  const { fd } = start();
  raw.fcntl(fd, constant('F_SETFL'), constant('O_NONBLOCK'));
  raw.listen(fd, 8);
  expect(() => start()).toThrow(isInUse);
  expect(raw.accept4(fd)).toBe(-constant('EAGAIN'));
});

it.each([
  ['a file', () => writeFileSync(path, 'kept')],
  ['a link to a file', () => symlinkSync('/dev/null', path)],
  ['a link to nothing', () => symlinkSync('nothing', path)],
  [
    'a link to what a dead server left',
    () => {
      leaveStale(`${path}2`);
      symlinkSync(`${path}2`, path);
    },
  ],
])('%s is left alone', (_, make) => {
  make();
  const before = readdirSync(dirname(path));
  expect(() => start()).toThrow(isInUse);
  expect(readdirSync(dirname(path))).toEqual(before);
});

describe('at the end', () => {
  it('the file of another server that took its place stays', () => {
    const { end } = start();
    unlinkSync(path);
    const other = start();
    end();
    expect(existsSync(path)).toBe(true);
    other.end();
  });

  it('what was put there and is no socket of ours stays', () => {
    const { end } = start();
    renameSync(path, `${path}2`);
    writeFileSync(path, 'kept');
    end();
    expect(readdirSync(dirname(path)).sort()).toEqual(['socket', 'socket2']);
  });

  it('the file stays for whoever was handed the socket', () => {
    const { fd, end } = start();
    const handed = opened.keep(duplicate(fd));
    end();
    expect(() => start()).toThrow(isInUse);
    opened.close(handed);
    start().end();
  });

  it('it is that of its place, wherever the process goes', () => {
    const folder = process.cwd();
    try {
      process.chdir(dirname(path));
      const { end } = start('socket');
      process.chdir('/');
      end();
    } finally {
      process.chdir(folder);
    }
    expect(existsSync(path)).toBe(false);
  });
});

describe('its permissions', () => {
  const umask = process.umask();
  afterEach(() => void process.umask(umask));
  const modeOf = () => lstatSync(path).mode & 0o777;

  it.each([0o600, 0o660, 0o666, 0o777, 0])('are those of mode %o, whatever the umask', (mode) => {
    process.umask(0o027);
    const { end } = start(path, STREAM, mode);
    expect([modeOf(), process.umask()]).toEqual([mode, 0o027]);
    end();
  });

  it('are as the umask has them without a mode', () => {
    process.umask(0o027);
    start();
    expect(modeOf()).toBe(0o750);
  });

  it.runIf(isLinux)('are never more, from the birth of the file on', () => {
    process.umask(0);
    const fd = socket(DGRAM);
    expect(native.limitMode(fd, 0o600)).toBe(0);
    raw.bind(fd, at(path));
    expect(modeOf()).toBe(0o600);
  });

  it('are no file’s of another kind', () => {
    const [end] = opened.pipe();
    expect(native.limitMode(end, 0)).toBe(-constant('ENOTSOCK'));
  });
});

describe('the lock of the folder', () => {
  it('while another has it nothing is taken over, and a free place is free', () => {
    leaveStale();
    const lock = opened.keep(native.lockFolder(dirname(path)));
    expect(() => start()).toThrow(isInUse);
    const free = start(`${path}2`);
    free.end();
    // Whoever has the lock may be taking it over.
    expect(readdirSync(dirname(path)).sort()).toEqual(['socket', 'socket2']);
    opened.close(lock);
    start().end();
  });

  it.runIf(isLinux && process.getuid?.() !== 0)('is done without where it cannot be had', () => {
    leaveStale();
    chmodSync(dirname(path), 0o300);
    start().end();
    chmodSync(dirname(path), 0o700);
    expect(readdirSync(dirname(path))).toEqual(['socket']);
  });
});

describe('a path', () => {
  const code = (call: () => unknown) => {
    try {
      call();
      return 'none';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('has 107 bytes at most, and is never cut', () => {
    const of = (bytes: number, rest = '') => 'x'.repeat(bytes - rest.length * 2) + rest;
    expect(at(of(107)).path).toHaveLength(107);
    expect(at(of(107, 'é')).path).toHaveLength(106);
    expect([code(() => at(of(108))), code(() => at(of(108, 'é')))]).toEqual([
      'ENAMETOOLONG',
      'ENAMETOOLONG',
    ]);
  });

  it('is a string, not empty, with no NUL inside', () => {
    expect([code(() => unixAddressOf(7, 'bind')), code(() => at(''))]).toEqual([
      'ERR_INVALID_ARG_TYPE',
      'ERR_INVALID_ARG_VALUE',
    ]);
    expect(code(() => at('/tmp/a\0b'))).toBe('ERR_INVALID_ARG_VALUE');
  });

  it('may be an abstract name on Linux, of 107 bytes behind its NUL', () => {
    const expected = isLinux
      ? ['none', 'none', 'ENAMETOOLONG']
      : Array(3).fill('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM');
    const names = ['\0a\0b', `\0${'x'.repeat(107)}`, `\0${'x'.repeat(108)}`];
    expect(names.map((name) => code(() => at(name)))).toEqual(expected);
  });

  it.runIf(isLinux)('that is an abstract name has no file, and no mode', () => {
    const name = `\0rawloop ${process.pid}`;
    const { end } = start(name);
    expect(end()).toBeUndefined();
    expect(() => start(name)).toThrow(isInUse);
    expect(code(() => checkMode(0o600, at(name)))).toBe('ERR_INVALID_ARG_VALUE');
    expect(checkMode(undefined, at(name))).toBeUndefined();
  });

  it('has a mode of permissions alone', () => {
    expect([-1, 0o1000, 1.5, '600'].map((mode) => code(() => checkMode(mode, at(path))))).toEqual([
      'ERR_OUT_OF_RANGE',
      'ERR_OUT_OF_RANGE',
      'ERR_OUT_OF_RANGE',
      'ERR_INVALID_ARG_TYPE',
    ]);
  });
});
