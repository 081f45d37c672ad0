// Terminals under the names of termios(3): what they say is what stty says. On pseudoterminals of the
// test's own.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { DIST } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { endOf, spawnOn, Terminal, until } from '../terminal/support.js';

guardDescriptors();
const opened = new Opened();
const NEVER_OPEN = 2 ** 31 - 1;
const CHARACTERS = 6;

const terminals: Terminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});

function open(): Terminal {
  const terminal = new Terminal();
  terminals.push(terminal);
  return terminal;
}

const stty = (terminal: Terminal, ...args: string[]) =>
  execFileSync('stty', args, { stdio: [terminal.slave, 'pipe', 'inherit'] }).toString();

describe.runIf(process.platform === 'linux')('a terminal', () => {
  it('has its mode read and set, flag by flag, with speeds and characters', () => {
    const terminal = open();
    const { modes, slave } = terminal;
    const before = new Uint32Array(38);
    expect(raw.tcgetattr(slave, before)).toBe(0);
    expect([before[0], before[3]].map((flags) => (flags as number) !== 0)).toEqual([true, true]);
    expect(before[CHARACTERS + constant('VINTR')]).toBe(3);
    const changed = before.slice();
    changed[3] = (before[3] as number) & ~(constant('ICANON') | constant('ECHO'));
    changed[4] = changed[5] = constant('B9600');
    changed[CHARACTERS + constant('VMIN')] = 7;
    expect(raw.tcsetattr(slave, constant('TCSANOW'), changed)).toBe(0);
    expect(terminal.isRaw).toBe(true);
    expect(terminal.modes).toMatch(/speed 9600 baud[\s\S]* min = 7;/);
    const found = new Uint32Array(40).fill(9);
    expect(raw.tcgetattr(slave, found)).toBe(0);
    // Where the speed stands as well, on Linux.
    changed[2] = found[2] as number;
    expect([0, [...found.subarray(0, 38)]]).toEqual([0, [...changed]]);
    expect([...found.subarray(38)]).toEqual([9, 9]);
    expect(raw.tcsetattr(slave, constant('TCSADRAIN'), before)).toBe(0);
    expect(terminal.modes).toBe(modes);
    expect(raw.tcsetattr(slave, 99, changed)).toBe(-constant('EINVAL'));
    changed[5] = 2 ** 32 - 1;
    expect(raw.tcsetattr(slave, constant('TCSANOW'), changed)).toBe(-constant('EINVAL'));
    expect(terminal.modes).toBe(modes);
  });

  it('has its size read and set', () => {
    const { slave, master } = open();
    expect(raw.tcsetwinsize(master, Uint16Array.of(31, 101, 1, 2))).toBe(0);
    const size = new Uint16Array(4);
    expect([raw.tcgetwinsize(slave, size), [...size]]).toEqual([0, [31, 101, 1, 2]]);
    expect(stty(terminals[0] as Terminal, 'size')).toBe('31 101\n');
  });

  it('drops what was typed, stops and goes on, and is waited for', async () => {
    const terminal = open();
    const { slave } = terminal;
    stty(terminal, 'raw');
    const waiting = () => {
      const count = new Int32Array(1);
      raw.check(raw.ioctl(slave, constant('FIONREAD'), count), 'ioctl');
      return count[0];
    };
    terminal.type('abc');
    await until(() => waiting() === 3);
    expect([raw.tcflush(slave, constant('TCIFLUSH')), waiting()]).toEqual([0, 0]);
    const mayWrite = () => raw.poll(Int32Array.of(slave, constant('POLLOUT'), 0), 1, 0);
    expect(raw.tcflow(slave, constant('TCOOFF'))).toBe(0);
    expect(mayWrite()).toBe(0);
    expect([raw.tcflow(slave, constant('TCOON')), mayWrite()]).toEqual([0, 1]);
    expect(raw.tcdrain(slave)).toBe(0);
    const EINVAL = -constant('EINVAL');
    expect([raw.tcflush(slave, 99), raw.tcflow(slave, 99)]).toEqual([EINVAL, EINVAL]);
  });

  it('says whose it is, and has another job in the foreground', async () => {
    const terminal = open();
    const child = spawnOn(
      terminal,
      'guest',
      `const raw = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
       const { tcgetpgrp, tcgetsid, tcsetpgrp, constants } = raw;
       const told = [tcgetpgrp(0), tcgetsid(0)].map((id) => id === process.pid);
       told.push(tcsetpgrp(0, process.pid), tcsetpgrp(0, ${NEVER_OPEN}) < 0, tcsetpgrp(0, -1) === -constants.EINVAL);
       require('fs').writeSync(1, JSON.stringify(told) + ';');`,
    );
    const ended = endOf(child);
    await terminal.shows(';');
    expect([await ended, terminal.text]).toEqual([0, '[true,true,0,true,true];']);
    // It controls no process of ours.
    expect(raw.tcgetpgrp(terminal.slave)).toBe(-constant('ENOTTY'));
    expect(raw.tcgetsid(terminal.slave)).toBe(-constant('ENOTTY'));
  });
});

it('what is no terminal has none of it, and memory is as long as it has to be', () => {
  const [fd] = opened.pipe();
  const [termios, winsize] = [new Uint32Array(38), new Uint16Array(4)];
  const calls = (of: number) => [
    raw.tcgetattr(of, termios),
    raw.tcsetattr(of, constant('TCSANOW'), termios),
    raw.tcgetwinsize(of, winsize),
    raw.tcsetwinsize(of, winsize),
    raw.tcgetpgrp(of),
    raw.tcsetpgrp(of, 1),
    raw.tcgetsid(of),
    raw.tcdrain(of),
    raw.tcflush(of, constant('TCIOFLUSH')),
    raw.tcflow(of, constant('TCOON')),
  ];
  expect(new Set(calls(fd))).toEqual(new Set([-constant('ENOTTY')]));
  expect(new Set(calls(NEVER_OPEN))).toEqual(new Set([-constant('EBADF')]));
  for (const short of [
    () => raw.tcgetattr(fd, new Uint32Array(37)),
    () => raw.tcsetattr(fd, 0, new Uint32Array(37)),
    () => raw.tcgetwinsize(fd, new Uint16Array(3)),
    () => raw.tcsetwinsize(fd, new Uint16Array(3)),
  ]) {
    expect(short).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
  }
});
