// A pty is a terminal to the program on it, with all that terminals do: lines and echo, a size and
// its changes, keys that are signals, jobs.
//
// Without `controllingTerminal` leading to TIOCSCTTY (Part.TERMINAL_FD of lib/spawn/options.ts) there is
// no /dev/tty, SIGWINCH and Ctrl-C reach nobody, and shells complain of job control. Without `utf8`
// (lib/pty/prepare.ts) the erased character leaves a byte. Without openLater (lib/pty/pty.ts) `open` is
// not called.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Pty } from '../../lib/pty/pty.js';
import { guardChildren } from '../spawn/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { talk, talkToShell } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const BASH = ['/bin/bash', '--norc', '--noprofile', '-i'] as const;
const hasBash = existsSync(BASH[0]);
const PROMPT = { env: { ...process.env, PS1: 'ask> ', TERM: 'dumb' } };

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('the program has a terminal, which has a name and a size, and shows what is typed', async () => {
    const script = 'tty; stty size; read -r line; echo "it is $line" > /dev/tty; exit 3';
    const size = { columns: 100, rows: 30 };
    const opened: Pty[] = [];
    const { pty, status, text, calls, error } = await talkToShell(
      test.loop,
      mode,
      script,
      [['30 100\r\n', ({ master }) => master.write('h\u00e9\u007fello\r')]],
      { pty: size, handlers: { open: (master) => void opened.push(master.pty) } },
    );
    const shown = text.replaceAll('\b \b', '');
    expect(shown).toBe(`${pty.slavePath}\r\n30 100\r\nh\xc3\xa9ello\r\nit is hello\r\n`);
    expect([status?.code, error, calls.at(-1)]).toEqual([3, undefined, 'close']);
    expect([opened.length, opened[0] === pty]).toEqual([1, true]);
    expect(calls.indexOf('data')).toBeLessThan(calls.indexOf('end'));
  });

  it('another size is told by SIGWINCH, and seen by both sides', async () => {
    const script = `trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.01; done`;
    const sizes: number[][] = [];
    const { text } = await talkToShell(test.loop, mode, script, [
      [
        'ready',
        (pty) => {
          sizes.push([pty.columns, pty.rows]);
          pty.resize(132, 50, 1000, 800);
          sizes.push([pty.columns, pty.rows]);
        },
      ],
    ]);
    expect(text).toBe('ready\r\n50 132\r\n');
    expect(sizes).toEqual([
      [80, 24],
      [132, 50],
    ]);
  });

  it('keys are signals: Ctrl-C ends the job in the foreground, Ctrl-\\ as well', async () => {
    const ends = ['\x03', '\x1c'].map(async (key) => {
      const loop = test.loop;
      const { status } = await talkToShell(loop, mode, 'ulimit -c 0; echo ready; exec sleep 100', [
        ['ready', ({ master }) => master.write(key)],
      ]);
      return status?.signal;
    });
    expect(await Promise.all(ends)).toEqual(['SIGINT', 'SIGQUIT']);
  });

  it('Ctrl-D is the end of input, and not of the terminal', async () => {
    const script = 'stty -echo; echo ready; cat; echo behind it';
    const { text, status } = await talkToShell(test.loop, mode, script, [
      ['ready', ({ master }) => master.write('a line\n\x04')],
    ]);
    expect([text, status?.code]).toEqual(['ready\r\na line\r\nbehind it\r\n', 0]);
  });

  it.runIf(hasBash)('a shell has jobs: one is stopped, listed, and goes on', async () => {
    const { text, status } = await talk(
      test.loop,
      mode,
      BASH,
      [
        ['ask> ', ({ master }) => master.write("sh -c 'echo $((6*7)); exec sleep 100'\n")],
        // Once it says so it is in the foreground.
        ['42\r\n', ({ master }) => master.write('\x1a')],
        [/Stopped.*\r\n.*ask> /, ({ master }) => master.write('jobs; kill %1; fg\n')],
        [/Terminated|ask> /, ({ master }) => master.write('exit 5\n')],
      ],
      { spawn: PROMPT },
    );
    expect(text).not.toMatch(/no job control|cannot set terminal process group/);
    expect(text).toMatch(/\[1\]\+ +Stopped +sh -c/);
    expect(status?.code).toBe(5);
  });

  it('sh has jobs as well', async () => {
    const { text } = await talk(
      test.loop,
      mode,
      ['/bin/sh', '-i'],
      [['ask> ', ({ master }) => master.write('exit\n')]],
      { spawn: PROMPT },
    );
    expect(text).not.toMatch(/job control/);
  });
});
