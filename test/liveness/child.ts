// A child process that holds one kind of thing in a loop, referenced or not, and tells
// when it is set up. The parent sees whether the process ends by itself then.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { DIST } from '../support/child.js';

/** How long a process that must not end is looked at. */
const GRACE_MS = 400;
/** When a process that must end is killed all the same, and told as one that did not. */
const LIMIT_MS = 25_000;

/** How the loop is driven: owned, or as a guest of this or that host loop. */
export const DRIVES = {
  owned: { start: 'loop.run(); tell("returned");', env: {} },
  'guest of libuv': { start: 'loop.attach();', env: { RAWLOOP_HOST: 'libuv' } },
  'guest of waiter': { start: 'loop.attach();', env: { RAWLOOP_HOST: 'waiter' } },
  detached: { start: 'loop.attach().detach();', env: {} },
} as const;

export type Drive = keyof typeof DRIVES;
export const DRIVE_NAMES = ['owned', 'guest of libuv', 'guest of waiter'] as const;

/** What becomes of what the script holds. */
export type State = 'referenced' | 'unreferenced' | 'referenced again' | 'closed';

const PRELUDE = `
'use strict';
const fs = require('node:fs');
const { EventLoop, relay } = require(${JSON.stringify(`${DIST}/index.cjs`)});
const raw = require(${JSON.stringify(`${DIST}/raw.cjs`)});
const c = raw.constants;
const tell = (word) => fs.writeSync(1, word + '\\n');
const silentFd = () => raw.eventfd(0, c.EFD_NONBLOCK);
/** A listening socket that no loop knows, and where it listens. */
const listening = () => {
  const fd = raw.socket(c.AF_INET, c.SOCK_STREAM);
  raw.check(raw.bind(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
  raw.check(raw.listen(fd, 8), 'listen');
  return raw.getsockname(fd);
};
const loop = new EventLoop();
`;

const HOLD: Readonly<Record<State, string>> = {
  referenced: '',
  unreferenced: 'thing.unref();',
  'referenced again': 'thing.unref(); thing.unref(); thing.ref();',
  closed: 'loop.setImmediate(() => thing[Symbol.dispose]());',
};

/** What a child did. */
export interface Life {
  /** The lines that it told, in order. */
  told: string[];
  /** Whether it ended by itself; else it was killed after the grace period. */
  ended: boolean;
  status: number | null;
  stderr: string;
}

function scriptOf(setUp: string, drive: Drive, state: State): string {
  return `${PRELUDE}
    const hold = (thing) => { ${HOLD[state]} return thing; };
    /** It is set up: tell so from the next check phase, a turn of the loop later. */
    const settle = () => loop.setImmediate(() => loop.setImmediate(() => tell('settled')));
    ${setUp}
    ${DRIVES[drive].start}
  `;
}

/**
 * Runs `setUp`, which calls `hold` on what it makes and `settle` at its end.
 *
 * @param stays whether it is expected to stay alive: it is killed after a while then,
 *   and else waited for
 */
export async function lifeOf(
  setUp: string,
  drive: Drive,
  state: State,
  stays: boolean,
): Promise<Life> {
  const child = spawn(process.execPath, ['-e', scriptOf(setUp, drive, state)], {
    env: { ...process.env, NODE_OPTIONS: '', ...DRIVES[drive].env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const settled = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.includes('settled\n')) resolve();
    });
    child.once('exit', () => resolve());
  });
  try {
    await Promise.race([settled, delay(LIMIT_MS, undefined, { ref: false })]);
    await Promise.race([exited, delay(stays ? GRACE_MS : LIMIT_MS, undefined, { ref: false })]);
    const ended = child.exitCode !== null || child.signalCode !== null;
    return { told: stdout.split('\n').slice(0, -1), ended, status: child.exitCode, stderr };
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}
