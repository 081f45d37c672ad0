// A terminal that a program has made raw has its mode again, however the program ends, but for
// SIGKILL; and while it is stopped. stty says so.
//
// Without GuardSignals (native/process/raw_terminals.cc) SIGHUP, SIGQUIT, SIGABRT and SIGTSTP leave it
// raw. Without the SignalHandle of lib/terminal/raw-mode.ts it is not raw again after SIGSTOP. Without
// guardTerminals what a listener leaves behind ends the program in raw mode, and without
// GuardAgainLocked in signals_libuv.cc and realtime_table.cc what
// loop.onSignal does. Without the one-shot handlers of EndsProcess (realtime_table.cc) a signal of real time
// that is watched ends it. Without the look at the foreground
// (MakeRawAgain, native/process/terminal_guard.cc) a program in the background has the shell's terminal
// raw. That 0, 1 and 2 are restored as the process exits is Node's own doing as well.
import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { type End, endOf, program, spawnOn, stateOf, Terminal, until } from './support.js';

const RAW = `
  loop.stdin.setRawMode(true);
  loop.setInterval(() => {}, 1000);
  setInterval(() => {}, 1000);`;
const READY = `loop.stdout.write('ready');`;

const WATCHED = `const watch = loop.onSignal('SIGRTMIN+6', () => {});`;
const KILLED_BY_40 = 'read(() => process.kill(process.pid, 40));';

/** How it ends, what the program does before, and how that is asked of it. */
const ENDS: [end: End, before: string, ask: 'kill' | 'type'][] = [
  ['SIGINT', '', 'kill'],
  ['SIGTERM', '', 'kill'],
  ['SIGHUP', '', 'kill'],
  ['SIGQUIT', '', 'kill'],
  ['SIGABRT', '', 'kill'],
  ['SIGSEGV', '', 'kill'],
  ['SIGPWR', '', 'kill'],
  // Of real time. Node has no name for it, and says 0 where it ends the program.
  [7, `loop.onSignal('SIGRTMIN+6', () => process.exit(7));${KILLED_BY_40}`, 'type'],
  [0, `loop.stdin.setRawMode(false);${WATCHED}${RAW}watch.close();${KILLED_BY_40}`, 'type'],
  ['SIGHUP', `process.on('SIGHUP', RAW).off('SIGHUP', RAW); function RAW() {}`, 'kill'],
  ['SIGHUP', `loop.onSignal('SIGHUP', () => {}).close();`, 'kill'],
  [0, `read(() => process.exit());`, 'type'],
  [1, `read(() => { throw new Error('it ends'); });`, 'type'],
  [0, `read(() => { loop.stdin.setRawMode(false); process.reallyExit(0); });`, 'type'],
];

/** Calls `then` in a callback of the loop, not of a promise, when a key is typed. */
const READ = `
  const read = async (then) => {
    await loop.stdin[Symbol.asyncIterator]().next();
    loop.setImmediate(then);
  };`;

const terminals: Terminal[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
});

function open(): Terminal {
  const terminal = new Terminal();
  terminals.push(terminal);
  return terminal;
}

describe.runIf(process.platform === 'linux').each(DRIVE_MODES)('a raw terminal, %s', (mode) => {
  it('has its mode again behind each end of the program', async () => {
    const results = ENDS.map(async ([end, before, ask]) => {
      const terminal = open();
      const { modes } = terminal;
      const child = spawnOn(terminal, mode, `${READ}${RAW}${before}${READY}`);
      const ended = endOf(child);
      await terminal.shows('ready');
      const wasRaw = terminal.isRaw;
      if (ask === 'kill') child.kill(end as NodeJS.Signals);
      else terminal.type('x');
      return [await ended, wasRaw, terminal.modes === modes];
    });
    expect(await Promise.all(results)).toEqual(ENDS.map(([end]) => [end, true, true]));
  });

  it('is raw again when the program goes on, and restored by what ends it then', async () => {
    const terminal = open();
    const { modes } = terminal;
    const child = spawnOn(terminal, mode, RAW + READY);
    const ended = endOf(child);
    await terminal.shows('ready');
    child.kill('SIGSTOP');
    await until(() => stateOf(child.pid as number) === 'T');
    // As a shell does, which has its own.
    terminal.sane();
    child.kill('SIGCONT');
    await until(() => terminal.isRaw);
    child.kill('SIGTERM');
    expect([await ended, terminal.modes === modes]).toEqual(['SIGTERM', true]);
  });

  it('has its mode while the program is stopped by SIGTSTP, as one of a shell', async () => {
    const terminal = open();
    const { modes, slave } = terminal;
    // The job in the foreground of a shell with jobs; behind it the shell says what it sees.
    const job = `"$0" -e "$1"; stty -a >&3; exec 3>&-; fg >/dev/null`;
    const script = program(mode, `${RAW}${READY}loop.stdout.write(process.pid + ';');`);
    const child = spawn('setsid', ['-c', 'bash', '-mc', job, process.execPath, script], {
      stdio: [slave, slave, slave, 'pipe'],
    });
    const ended = endOf(child);
    let seen = '';
    child.stdio[3]?.on('data', (bytes: Buffer) => {
      seen += bytes.toString();
    });
    await terminal.shows(';');
    const pid = Number(/ready(\d+);/.exec(terminal.text)?.[1]);
    const wasRaw = terminal.isRaw;
    process.kill(pid, 'SIGTSTP');
    await until(() => seen !== '' && terminal.isRaw);
    process.kill(pid, 'SIGTERM');
    await ended;
    expect([wasRaw, seen === modes, terminal.modes === modes]).toEqual([true, true, true]);
  });

  it('is the shell’s while the program goes on in the background', async () => {
    const terminal = open();
    const { modes, slave } = terminal;
    const fifo = join(temporaryFolder(), 'fifo');
    execFileSync('mkfifo', [fifo]);
    // Heard behind the raw mode's own.
    const goesOn = `
      let isFirst = true;
      loop.onSignal('SIGCONT', () => {
        if (isFirst) require('fs').writeFileSync(${JSON.stringify(fifo)}, 'it goes on');
        isFirst = false;
      });`;
    const job = `"$0" -e "$1"; bg >/dev/null; read <"$2"; stty -a >&3; exec 3>&-; wait`;
    const script = program(mode, `${RAW}${goesOn}${READY}loop.stdout.write(process.pid + ';');`);
    const child = spawn('setsid', ['-c', 'bash', '-mc', job, process.execPath, script, fifo], {
      stdio: [slave, slave, slave, 'pipe'],
    });
    const ended = endOf(child);
    let seen = '';
    child.stdio[3]?.on('data', (bytes: Buffer) => {
      seen += bytes.toString();
    });
    await terminal.shows(';');
    const pid = Number(/ready(\d+);/.exec(terminal.text)?.[1]);
    process.kill(pid, 'SIGTSTP');
    await until(() => seen.length >= modes.length);
    process.kill(pid, 'SIGTERM');
    await ended;
    expect([seen === modes, terminal.modes === modes]).toEqual([true, true]);
  });

  it('is the shell’s while it is stopped by Ctrl-Z, and raw again behind fg', async () => {
    const terminal = open();
    const folder = temporaryFolder();
    const [file, seen] = [join(folder, 'program.cjs'), (at: number) => join(folder, `${at}`)];
    // Of a raw terminal Ctrl-Z is a byte.
    const keys = `(async () => {
      for await (const bytes of loop.stdin) {
        const text = String(Buffer.from(bytes));
        if (text.includes('\\x1a')) process.kill(process.pid, 'SIGTSTP');
        if (text.includes('a')) loop.stdout.write('heard;');
        if (text.includes('q')) loop.stdout.write('bye;'), process.exit(0);
      }
    })();`;
    writeFileSync(file, program(mode, `loop.stdin.setRawMode(true);${keys}${READY}`));
    const { slave } = terminal;
    // The shell's own line is read by the key as well, but Ctrl-C is none there.
    const isRaw = () => /-isig /.test(terminal.modes);
    const env = { ...process.env, PS1: '> ', HISTFILE: '' };
    const shell = spawn('setsid', ['-c', 'bash', '--norc', '--noprofile', '-i'], {
      stdio: [slave, slave, slave],
      env,
    });
    const ended = endOf(shell);
    // What it says is shown, what is typed has quotes in it.
    terminal.type(`stty -a >${seen(0)}; ${process.execPath} ${file}\n`);
    await terminal.shows('ready');
    const raw = [isRaw()];
    terminal.type('\x1a');
    await terminal.shows('Stopped');
    terminal.type(`stty -a >${seen(1)}; echo "beh"ind\n`);
    await terminal.shows('behind');
    terminal.type('fg\n');
    await until(isRaw);
    raw.push(isRaw());
    terminal.type('a');
    await terminal.shows('heard;');
    terminal.type('q');
    await terminal.shows('bye;');
    terminal.type(`stty -a >${seen(2)}; exit\n`);
    await ended;
    const modes = [0, 1, 2].map((at) => readFileSync(seen(at), 'latin1'));
    expect([raw, new Set(modes).size, / icanon /.test(modes[0] as string)]).toEqual([
      [true, true],
      1,
      true,
    ]);
  });
});
