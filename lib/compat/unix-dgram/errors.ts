// The errors of npm unix-dgram: `code` is the negative number, not the name.
import { constant } from '../../raw/constants.js';

export const EBADF = -constant('EBADF');
export const ENOENT = -constant('ENOENT');

/** As unix-dgram tells of a call that failed: `code` and `errno` are `-errno`. */
export interface ErrnoException extends Error {
  errno: number;
  code: number;
  syscall: string;
}

/** @param errno negative */
export function errnoException(errno: number, syscall: string): ErrnoException {
  const error = new Error(`${syscall} ${errno}`);
  return Object.assign(error, { errno, code: errno, syscall });
}
