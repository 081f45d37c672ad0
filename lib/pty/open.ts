// How a pseudoterminal is opened: both of its sides, close-on-exec. On Linux the kernel is asked by
// the master alone, which blocks on nothing and needs no path, as /dev/pts may be another one here
// than the master's (a mount namespace), and as the C library may look for the group `tty` among
// names that come by the network. Elsewhere as POSIX has it. See pty(7), ioctl_tty(2), grantpt(3).
import { closeSync, openSync } from 'node:fs';
import { native } from '../binding/index.js';
import { constant, constants } from '../raw/constants.js';
import { byHost, check, SystemError } from '../raw/errors.js';

const O_RDWR_NOCTTY = constant('O_RDWR') | constant('O_NOCTTY');
const F_SETFL = constant('F_SETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
const { TIOCSPTLCK, TIOCGPTN, TIOCGPTPEER } = constants;

/** A pseudoterminal, both sides this thread's. */
export interface BothSides {
  /** It does not block. */
  readonly master: number;
  /** It does, as programs expect of a terminal. */
  readonly slave: number;
  /** The slave's path. */
  readonly path: string;
}

/** @throws SystemError EAGAIN, ENOSPC (too many), EMFILE, ENFILE, ENOENT (no /dev/ptmx) */
export function openBothSides(): BothSides {
  const master = check(native.posix_openpt(O_RDWR_NOCTTY), 'posix_openpt');
  try {
    check(native.fcntl(master, F_SETFL, O_NONBLOCK), 'fcntl');
    const path = unlock(master);
    return { master, slave: openSlave(master, path), path };
  } catch (error) {
    native.close(master);
    throw error;
  }
}

/** Lets the slave be opened. Returns its path. */
function unlock(master: number): string {
  if (TIOCSPTLCK !== undefined && TIOCGPTN !== undefined) {
    check(native.ioctl(master, TIOCSPTLCK, 0), 'ioctl');
    const number = new Uint32Array(1);
    check(native.ioctl(master, TIOCGPTN, number), 'ioctl');
    return `/dev/pts/${number[0]}`;
  }
  check(native.grantpt(master), 'grantpt');
  check(native.unlockpt(master), 'unlockpt');
  const path = native.ptsname_r(master);
  if (typeof path === 'number') throw new SystemError(path, 'ptsname_r');
  return path;
}

/**
 * Opens the slave, as a terminal that controls nobody by that. The caller's.
 *
 * @throws SystemError EMFILE, ENFILE, EIO (the master has closed), ENOENT, EACCES
 */
export function openSlave(master: number, path: string): number {
  if (TIOCGPTPEER !== undefined) {
    const slave = native.ioctl(master, TIOCGPTPEER, O_RDWR_NOCTTY);
    if (!isUnknown(slave)) return check(slave, 'ioctl');
  }
  const slave = byHost('open', () => openSync(path, O_RDWR_NOCTTY), { path });
  const adopted = native.adopt(slave);
  if (adopted >= 0) return slave;
  closeSync(slave);
  throw new SystemError(adopted, 'adopt');
}

/** What a kernel before Linux 4.13 says, or a filter of system calls. */
function isUnknown(result: number): boolean {
  return [constant('ENOTTY'), constant('EINVAL'), constant('EPERM')].includes(-result);
}
