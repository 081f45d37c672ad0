// What a slave is before a program has it: its size, whose it is, and how it counts characters. It is
// set at the slave, as the master of some systems (macOS) knows nothing of it yet. See termios(3),
// ioctl_tty(2), fchown(2).
import { fchmodSync, fchownSync } from 'node:fs';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import type { PtySettings, PtySize } from './options.js';

const TIOCGWINSZ = constant('TIOCGWINSZ');
const TIOCSWINSZ = constant('TIOCSWINSZ');
const { IUTF8, TCGETS, TCSETS, TIOCGETA, TIOCSETA } = constants;
/** Larger than a `struct termios` of any system. */
const TERMIOS_WORDS = 32;
/** As chown(2) takes for what is to stay. */
const AS_IT_IS = 2 ** 32 - 1;

/** @throws SystemError EPERM (it is not to be another's) */
export function prepareSlave(fd: number, settings: PtySettings): void {
  const { size, utf8, uid, gid, mode } = settings;
  check(setSize(fd, size), 'ioctl');
  setUtf8(fd, utf8);
  if (uid !== undefined || gid !== undefined) {
    asked('fchown', () => fchownSync(fd, uid ?? AS_IT_IS, gid ?? AS_IT_IS));
  }
  if (mode !== undefined) asked('fchmod', () => fchmodSync(fd, mode));
}

/** 0 or -errno. */
export function setSize(fd: number, size: PtySize): number {
  const { rows, columns, pixelWidth, pixelHeight } = size;
  return native.ioctl(fd, TIOCSWINSZ, Uint16Array.of(rows, columns, pixelWidth, pixelHeight));
}

/** Rows, columns and both in pixels; zeros where they are not known. */
export function readSize(fd: number): Uint16Array {
  const size = new Uint16Array(4);
  if (fd >= 0) native.ioctl(fd, TIOCGWINSZ, size);
  return size;
}

/** The first word of the struct, or its lower half, has the flags of input. */
function setUtf8(fd: number, on: boolean): void {
  const read = TCGETS ?? TIOCGETA;
  const set = TCSETS ?? TIOCSETA;
  if (IUTF8 === undefined || read === undefined || set === undefined) return;
  const termios = new Uint32Array(TERMIOS_WORDS);
  check(native.ioctl(fd, read, termios), 'tcgetattr');
  const [input = 0] = termios;
  termios[0] = on ? input | IUTF8 : input & ~IUTF8;
  check(native.ioctl(fd, set, termios), 'tcsetattr');
}

function asked(syscall: string, ask: () => void): void {
  try {
    ask();
  } catch (error) {
    const { errno } = error as { errno?: number };
    throw errno === undefined ? error : new SystemError(errno, syscall);
  }
}
