// What a slave is before a program has it: its size, whose it is, and how it counts characters. It is
// set at the slave, as the master of some systems (macOS) knows nothing of it yet. See termios(3),
// ioctl_tty(2), fchown(2).
import { fchmodSync, fchownSync } from 'node:fs';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { byHost, check } from '../raw/errors.js';
import type { PtySettings, PtySize } from './options.js';

const TCSANOW = constant('TCSANOW');
const { IUTF8 = 0 } = constants;
/** Of a mode, as `tcgetattr` of rawloop/raw has it. */
const TERMIOS_WORDS = 38;
/** As chown(2) takes for what is to stay. */
const AS_IT_IS = 2 ** 32 - 1;

/** @throws SystemError EPERM (it is not to be another's) */
export function prepareSlave(fd: number, settings: PtySettings): void {
  const { size, utf8, uid, gid, mode } = settings;
  check(setSize(fd, size), 'tcsetwinsize');
  check(setUtf8(fd, utf8), 'tcsetattr');
  if (uid !== undefined || gid !== undefined) {
    byHost('fchown', () => fchownSync(fd, uid ?? AS_IT_IS, gid ?? AS_IT_IS));
  }
  if (mode !== undefined) byHost('fchmod', () => fchmodSync(fd, mode));
}

/** 0 or -errno. */
export function setSize(fd: number, size: PtySize): number {
  const { rows, columns, pixelWidth, pixelHeight } = size;
  return native.tcsetwinsize(fd, Uint16Array.of(rows, columns, pixelWidth, pixelHeight));
}

/** Rows, columns and both in pixels; zeros where they are not known. */
export function readSize(fd: number): Uint16Array {
  const size = new Uint16Array(4);
  if (fd >= 0) native.tcgetwinsize(fd, size);
  return size;
}

/** 0 or -errno. */
function setUtf8(fd: number, on: boolean): number {
  const termios = new Uint32Array(TERMIOS_WORDS);
  const result = native.tcgetattr(fd, termios);
  if (result < 0) return result;
  const [input = 0] = termios;
  termios[0] = on ? input | IUTF8 : input & ~IUTF8;
  return native.tcsetattr(fd, TCSANOW, termios);
}
