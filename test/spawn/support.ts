// What the tests of processes share: a child to its end, with what it wrote, by each way in which
// a loop hears of ends, and a look at the children that this process has.
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import * as raw from '../../lib/raw/index.js';
import type { Child } from '../../lib/spawn/child.js';
import type { SpawnOptions } from '../../lib/spawn/options.js';
import type { ExitStatus } from '../../lib/spawn/status.js';
import { DRIVE_MODES, type DriveMode, drive } from '../support/drive.js';

/** RAWLOOP_CHILD_EXIT: what this system has, and what it has without pidfds. */
export const EXIT_KINDS = raw.supported.pidfd_open ? ['pidfd', 'sigchld'] : ['', 'sigchld'];

/** Each way to hear of ends, in each mode. */
export const WAYS: readonly (readonly [kind: string, mode: DriveMode])[] = EXIT_KINDS.flatMap(
  (kind) => DRIVE_MODES.map((mode) => [kind, mode] as const),
);

/** Loops of this block hear of ends by `kind`. */
export function hearBy(kind: string): void {
  const before = process.env['RAWLOOP_CHILD_EXIT'];
  beforeEach(() => {
    process.env['RAWLOOP_CHILD_EXIT'] = kind;
  });
  afterEach(() => {
    if (before === undefined) delete process.env['RAWLOOP_CHILD_EXIT'];
    else process.env['RAWLOOP_CHILD_EXIT'] = before;
  });
}

export interface Ended {
  readonly child: Child;
  readonly status: ExitStatus;
  readonly stdout: string;
  readonly stderr: string;
  /** In the order in which they were called. */
  readonly calls: string[];
}

/** Runs a child to its end, in a loop that has nothing else. */
export async function ended(
  loop: EventLoop,
  mode: DriveMode,
  file: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
): Promise<Ended> {
  const output = { stdout: '', stderr: '' };
  const calls: string[] = [];
  let status: ExitStatus | undefined;
  const child = loop.spawn(file, args, options, {
    stdout: (_child, chunk) => {
      output.stdout += Buffer.from(chunk).toString();
    },
    stderr: (_child, chunk) => {
      output.stderr += Buffer.from(chunk).toString();
    },
    exit: (_child, told) => {
      status = told;
      calls.push('exit');
    },
    close: () => calls.push('close'),
  });
  child.stdin?.end();
  await drive(loop, mode);
  if (status === undefined) throw new Error('the exit was not told');
  return { child, status, ...output, calls };
}

/** `sh -c script`, to its end. */
export function shell(
  loop: EventLoop,
  mode: DriveMode,
  script: string,
  options: SpawnOptions = {},
): Promise<Ended> {
  return ended(loop, mode, '/bin/sh', ['-c', script], options);
}

/** Pids of the children of this process, with their state: 'Z' is a zombie. */
export function childrenOf(): Map<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, state, parent] =
        /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      if (Number(parent) === process.pid) found.set(Number(name), `${state}`);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

/** Fails a test that leaves a child, a zombie most likely. Call it once at the top of a file. */
export function guardChildren(): void {
  const before = childrenOf();
  afterEach(async () => {
    const left = () => [...childrenOf()].filter(([pid]) => !before.has(pid));
    for (let i = 0; i < 400 && left().length > 0; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(left()).toEqual([]);
  });
}
