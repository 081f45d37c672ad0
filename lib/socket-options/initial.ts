// Options of a socket that is about to listen or to connect: `socketOptions` and `keepAlive`.
// They are checked before anything is opened, and set before the socket is bound.
import * as seldom from './seldom.js';
import type { InitialOptions } from './values.js';

const NOTHING = (): void => {};

/**
 * Reads both, for a socket of TCP or another.
 *
 * @param options as `readOptions` gave them
 * @returns what sets them on a descriptor: SystemError of setsockopt with the option's name
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (a name that is not known,
 *   `keepAlive` without TCP); RangeError ERR_OUT_OF_RANGE; Error
 *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
 */
export function readInitialOptions(options: InitialOptions, isTcp: boolean): (fd: number) => void {
  if (options.socketOptions === undefined && options.keepAlive === undefined) return NOTHING;
  return seldom.byName().initialChanges(options, isTcp);
}
