// What the tests of the command line share: the built program as a child process,
// its output, and the processes that it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');
export const program = join(root, 'dist/cli/main.cjs');

/** /proc tells which process is whose child. */
export const hasProc = process.platform === 'linux';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #onOutput = () => {};

  constructor(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(file, args, { cwd: root, env: { ...process.env, ...env } });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#onOutput();
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#onOutput();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.#onOutput();
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  /** Waits until one of the outputs has a match; fails when the process ends before. */
  async said(pattern: RegExp): Promise<void> {
    for (;;) {
      if (pattern.test(this.stdout) || pattern.test(this.stderr)) return;
      const { exitCode, signalCode } = this.child;
      if (exitCode !== null || signalCode !== null) {
        throw new Error(`ended with ${exitCode ?? signalCode}: ${this.stdout}${this.stderr}`);
      }
      await new Promise<void>((resolve) => {
        this.#onOutput = resolve;
      });
    }
  }
}

/** Runs a command of rawloop. */
export function rawloop(...args: string[]): Run {
  return new Run(process.execPath, [program, ...args]);
}

interface Process {
  pid: number;
  command: string;
}

function parentOf(pid: number): number {
  // The name, in parentheses, may hold anything.
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]);
}

/** The living children of a process, with their command lines. */
export function childrenOf(parent: number): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .flatMap((pid) => {
      try {
        if (parentOf(pid) !== parent) return [];
        return [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0/g, ' ') }];
      } catch {
        return []; // It ended as we looked.
      }
    });
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until none of them is alive; the test's own limit ends it otherwise. */
export async function untilGone(processes: readonly Process[]): Promise<void> {
  while (processes.some(({ pid }) => isAlive(pid))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Those of them that are still alive. */
export function aliveOf(processes: readonly Process[]): Process[] {
  return processes.filter(({ pid }) => isAlive(pid));
}
