// What is asked of the kernel about a terminal, by its master: its modes, whether there is something
// to read, and which program is in the foreground. See termios(3), tcgetpgrp(3), proc(5).
import { readFileSync } from 'node:fs';
import { native } from '../../binding/index.js';
import { constant, constants } from '../../raw/constants.js';

const { BRKINT = 0, IMAXBEL = 0, IXANY = 0 } = constants;
const TCSANOW = constant('TCSANOW');
const POLLIN = constant('POLLIN');
/** Of a mode, as `tcgetattr` of rawloop/raw has it. */
const TERMIOS_WORDS = 38;

/**
 * What a new terminal of Linux has not set and one of npm node-pty has: any key goes on behind Ctrl-S,
 * and too long a line rings. Elsewhere a terminal begins so. What fails is left as it is.
 */
export function setModes(master: number): void {
  const termios = new Uint32Array(TERMIOS_WORDS);
  if (native.tcgetattr(master, termios) < 0) return;
  termios[0] = (termios[0] as number) | BRKINT | IMAXBEL | IXANY;
  native.tcsetattr(master, TCSANOW, termios);
}

/** Whether anything is left to read; -1 is no descriptor. */
export function hasUnread(master: number): boolean {
  const fds = Int32Array.of(master, POLLIN, 0);
  return native.poll(fds, 1, 0) > 0 && ((fds[2] as number) & POLLIN) !== 0;
}

/** What the program in the foreground was told as its name; undefined where that is not known. */
export function foregroundName(master: number): string | undefined {
  const group = master < 0 ? -1 : native.tcgetpgrp(master);
  if (group < 0) return undefined;
  try {
    const [name] = readFileSync(`/proc/${group}/cmdline`, 'utf8').split('\0', 1);
    return name || undefined;
  } catch {
    return undefined;
  }
}
