// What programs get wrong with rawloop/compat/node-pty: an error before anything is opened, in the words
// of the original where it has some.
import { describe, expect, it, vi } from 'vitest';
import { open, spawn } from '../../lib/compat/node-pty/index.js';
import { countDescriptors } from '../support/descriptors.js';
import { exitOf, guardTerminals, isGuest, shell } from './node-pty-support.js';

guardTerminals();

type Arguments = readonly unknown[];
const refuse = (...args: Arguments) => (spawn as (...all: Arguments) => unknown)(...args);

const OPTIONS: [options: Record<string, unknown>, message: string][] = [
  [{ name: {} }, 'name must be a string (not a object)'],
  [{ cols: 'x' }, 'cols must be a number (not a string)'],
  [{ rows: true }, 'rows must be a number (not a boolean)'],
  [{ cwd: 3 }, 'cwd must be a string (not a number)'],
  [{ env: 'x' }, 'env must be a object (not a string)'],
  [{ uid: 'root' }, 'uid must be a number (not a string)'],
  [{ gid: [] }, 'gid must be a number (not a object)'],
  [{ encoding: 3 }, 'encoding must be a string (not a number)'],
  [{ encoding: 'none' }, 'Unknown encoding: none'],
  [{ cols: -1 }, 'The value of "cols" is out of range'],
  [{ rows: 65536 }, 'The value of "rows" is out of range'],
  [{ rows: Number.POSITIVE_INFINITY }, 'The value of "rows" is out of range'],
  [{ uid: -2 }, 'The value of "uid" is out of range'],
  [{ gid: 1.5 }, 'The value of "gid" is out of range'],
  [{ cwd: '/\0' }, 'The "cwd" argument must be a string without NUL characters'],
  [{ env: { A: '\0' } }, 'The "env.A" argument must be a string without NUL characters'],
];

describe.runIf(isGuest)('node-pty', () => {
  it('refuses options that are none, and opens nothing for them', () => {
    spawn('true').destroy();
    const before = countDescriptors();
    for (const [options, message] of OPTIONS) {
      expect(() => refuse('/bin/true', [], options), message).toThrow(message);
    }
    expect(countDescriptors()).toBe(before);
  });

  // The original ends the process for arguments that are no strings: "free(): invalid pointer".
  it('refuses files and arguments that are none', () => {
    expect(() => refuse('a', 'b', {})).toThrow('args as a string is not supported on unix.');
    expect(() => refuse('a', {})).toThrow('must be an array of strings');
    expect(() => refuse('a', [1])).toThrow('The "args[0]" argument must be a string');
    expect(() => refuse('a', ['\0'])).toThrow('without NUL characters');
    expect(() => refuse(3, [])).toThrow('The "file" argument must be a string');
    expect(() => refuse('a\0', [])).toThrow('without NUL characters');
    expect(() => open({ cols: 'x' as never })).toThrow('cols must be a number (not a string)');
    expect(() => open({ rows: 1e9 })).toThrow('The value of "rows" is out of range');
  });

  it('refuses sizes, text and listeners that are none, and goes on', async () => {
    const terminal = shell('read _; stty size');
    const resize =
      (...args: Arguments) =>
      () =>
        (terminal.resize as (...a: Arguments) => void)(...args);
    const bad: Arguments[] = [
      [0, 1],
      [1, -1],
      [Number.NaN, 1],
      [1, Number.POSITIVE_INFINITY],
      [],
      [1],
    ];
    for (const size of bad) {
      expect(resize(...size)).toThrow('resizing must be done using positive cols and rows');
    }
    expect(resize('10', 1)).toThrow('The "cols" argument must be a number');
    expect(resize(1, 65536)).toThrow('The value of "rows" is out of range');
    expect(resize(1, 1, { width: -1, height: 0 })).toThrow('out of range');
    expect([terminal.cols, terminal.rows]).toEqual([80, 24]);
    for (const data of [undefined, null, 3, {}]) {
      expect(() => terminal.write(data as never)).toThrow(TypeError);
    }
    expect(() => terminal.onData(3 as never)).toThrow(TypeError);
    terminal.kill('SIGNONE');
    terminal.kill(1e9 as never);
    terminal.resize(10.7, 5.2);
    let all = '';
    terminal.onData((data) => {
      all += data;
    });
    terminal.write('\n');
    await exitOf(terminal);
    expect(all).toBe('\r\n5 10\r\n');
    expect(resize(1, 1)).toThrow('ioctl(2) failed, EBADF');
  });

  // With `finally` in the place of `each` (events.ts) the last error took the place of those before.
  it('loses none of the errors that listeners throw as it ends', async () => {
    const listeners = process.rawListeners('uncaughtException') as (() => void)[];
    process.removeAllListeners('uncaughtException');
    const thrown: string[] = [];
    process.on('uncaughtException', ({ message }) => thrown.push(message));
    try {
      const terminal = shell('exit 3');
      const fail = (message: string) => () => {
        throw new Error(message);
      };
      terminal.on('close', fail('close'));
      terminal.onExit(fail('onExit'));
      terminal.on('exit', fail('exit'));
      await vi.waitFor(() => expect(thrown).toHaveLength(3));
      expect(thrown).toEqual(['close', 'onExit', 'exit']);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
  });
});
