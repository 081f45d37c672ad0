// The numbers that the kernel's interfaces are spoken in.
import { native } from '../binding/index.js';

/**
 * Every EPOLL*, EVFILT_*, EV_*, NOTE_*, AF_*, SOCK_*, SOL_*, SO_*, TCP_*, IP*, MSG_*, SCM_*, O_*, F_*, SIG* and
 * E* that this platform defines, under the kernel's own names. A name that the
 * platform lacks is absent: `constants.SO_NOSIGPIPE` is undefined on Linux.
 * SOCK_NONBLOCK and SOCK_CLOEXEC, which macOS lacks, are there all the same: the
 * calls that take them do on macOS what they mean.
 */
export const constants: Readonly<Record<string, number>> = Object.freeze(native.constants);

/** A constant that every platform of this package has. */
export function constant(name: string): number {
  const value = constants[name];
  if (value === undefined)
    throw new Error(`rawloop: ${name} is not defined on ${process.platform}`);
  return value;
}
