// What the tests of terminals share: a pseudoterminal of the test's own, and programs on it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constant } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { DIST } from '../support/child.js';

const TURN_MS = 2;

/** Both ends of a terminal in its usual mode; a test closes it. See pts(4). */
export class Terminal {
  readonly master = openSync(
    '/dev/ptmx',
    constant('O_RDWR') | constant('O_NOCTTY') | constant('O_NONBLOCK'),
  );
  readonly path: string;
  /** Blocking, as a shell has it. */
  readonly slave: number;
  /** What was written to it. */
  text = '';

  constructor() {
    check(raw.ioctl(this.master, constant('TIOCSPTLCK'), 0), 'ioctl');
    const number = new Uint32Array(1);
    check(raw.ioctl(this.master, constant('TIOCGPTN'), number), 'ioctl');
    this.path = `/dev/pts/${number[0]}`;
    this.slave = openSync(this.path, constant('O_RDWR') | constant('O_NOCTTY'));
  }

  /** As `stty -a` tells it. */
  get modes(): string {
    return execFileSync('stty', ['-a'], { stdio: [this.slave, 'pipe', 'inherit'] }).toString();
  }

  get isRaw(): boolean {
    return / -icanon /.test(this.modes) && / -echo /.test(this.modes);
  }

  /** Takes what is raw from it. */
  sane(): void {
    execFileSync('stty', ['sane'], { stdio: [this.slave, 'ignore', 'inherit'] });
  }

  withoutEcho(): void {
    execFileSync('stty', ['-echo'], { stdio: [this.slave, 'ignore', 'inherit'] });
  }

  type(keys: string): void {
    check(raw.write(this.master, Buffer.from(keys)), 'write');
  }

  resize(columns: number, rows: number): void {
    const size = Uint16Array.of(rows, columns, 0, 0);
    check(raw.ioctl(this.master, constant('TIOCSWINSZ'), size), 'ioctl');
  }

  /** Takes what was written, into `text`. */
  read(): void {
    const bytes = Buffer.alloc(65536);
    for (;;) {
      const count = raw.read(this.master, bytes);
      if (count <= 0) return;
      this.text += bytes.toString('latin1', 0, count);
    }
  }

  /** Until `text` has `wanted`. */
  async shows(wanted: string): Promise<void> {
    for (this.read(); !this.text.includes(wanted); this.read()) await turn();
  }

  close(): void {
    closeSync(this.master);
    closeSync(this.slave);
  }
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TURN_MS));
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

/** 'T': it is stopped. See proc_pid_stat(5). */
export function stateOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[2];
}

/** What ends a child: its code or its signal. */
export type End = number | string | null;

export function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => child.on('close', (code, signal) => resolve(signal ?? code)));
}

/** A program that has `loop`, driven in `mode` once its first lines are run. */
export function program(mode: string, script: string): string {
  return `
    const { EventLoop } = require(${JSON.stringify(join(DIST, 'index.cjs'))});
    const loop = new EventLoop();
    ${mode === 'owned' ? 'setImmediate(() => loop.run());' : 'loop.attach();'}
    ${script}`;
}

/** Runs `script` with `terminal` as its own, in a session of its own. */
export function spawnOn(terminal: Terminal, mode: string, script: string): ChildProcess {
  const { slave } = terminal;
  const args = ['-c', process.execPath, '-e', program(mode, script)];
  return spawn('setsid', args, { stdio: [slave, slave, slave] });
}
