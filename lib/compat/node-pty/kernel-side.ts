// What is asked of the kernel about a terminal, by its master: its modes, whether there is something
// to read, and which program is in the foreground. See termios(3), ioctl_tty(2), proc(5).
import { readFileSync } from 'node:fs';
import { native } from '../../binding/index.js';
import { constant, constants } from '../../raw/constants.js';

const { BRKINT = 0, IMAXBEL = 0, IXANY = 0, TCGETS, TCSETS } = constants;
const TIOCGPGRP = constant('TIOCGPGRP');
const POLLIN = constant('POLLIN');
/** Larger than Linux's `struct termios`. */
const TERMIOS_WORDS = 12;

/**
 * What a new terminal of Linux has not set and one of npm node-pty has: any key goes on behind Ctrl-S,
 * and too long a line rings. Elsewhere a terminal begins with it. What fails is left as it is.
 */
export function setModes(master: number): void {
  if (TCGETS === undefined || TCSETS === undefined) return;
  const termios = new Uint32Array(TERMIOS_WORDS);
  if (native.ioctl(master, TCGETS, termios) < 0) return;
  termios[0] = (termios[0] as number) | BRKINT | IMAXBEL | IXANY;
  native.ioctl(master, TCSETS, termios);
}

/** Whether anything is left to read; -1 is no descriptor. */
export function hasUnread(master: number): boolean {
  const fds = Int32Array.of(master, POLLIN, 0);
  return native.poll(fds, 1, 0) > 0 && ((fds[2] as number) & POLLIN) !== 0;
}

/** What the program in the foreground was told as its name; undefined where that is not known. */
export function foregroundName(master: number): string | undefined {
  const group = new Int32Array(1);
  if (master < 0 || native.ioctl(master, TIOCGPGRP, group) < 0) return undefined;
  try {
    const [name] = readFileSync(`/proc/${group[0]}/cmdline`, 'utf8').split('\0', 1);
    return name || undefined;
  } catch {
    return undefined;
  }
}
