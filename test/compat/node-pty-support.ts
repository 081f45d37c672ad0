// Programs on terminals of rawloop/compat/node-pty, for its tests.
import { afterEach } from 'vitest';
import { type IPtyForkOptions, spawn, type UnixTerminal } from '../../lib/compat/node-pty/index.js';
import { keepDefaultLoop } from '../support/default-loop.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES } from '../support/drive.js';

/** Where the host can drive the default loop. */
export const isGuest = DRIVE_MODES.includes('guest');

const living = new Set<UnixTerminal>();

/** Descriptors are counted, and no program outlives its test. */
export function guardTerminals(): void {
  keepDefaultLoop();
  guardDescriptors();
  afterEach(() => {
    for (const terminal of living) {
      terminal.kill('SIGKILL');
      terminal.destroy();
    }
    living.clear();
  });
}

/** A program, of a shell's. */
export function shell(script: string, options?: IPtyForkOptions): UnixTerminal {
  const terminal = spawn('/bin/sh', ['-c', script], options);
  living.add(terminal);
  return terminal;
}

/** All that a terminal has shown, once the program on it has ended. */
export function shown(terminal: UnixTerminal): Promise<string> {
  let text = '';
  terminal.onData((data) => {
    text += data;
  });
  return new Promise((resolve) => terminal.onExit(() => resolve(text)));
}

/** Resolves when `text` has been shown. */
export function shows(terminal: UnixTerminal, text: string): Promise<void> {
  let all = '';
  return new Promise((resolve) => {
    const { dispose } = terminal.onData((data) => {
      all += data;
      if (!all.includes(text)) return;
      dispose();
      resolve();
    });
  });
}

/** How the program on it ended. */
export const exitOf = (terminal: UnixTerminal) =>
  new Promise<{ exitCode: number; signal?: number }>((resolve) => terminal.onExit(resolve));
