// What a device can do beside read and write. A request is a number that each driver reads as
// it likes, so that what the kernel fills is known of none that is not on a list: those of
// native/calls/ioctl_requests_linux.cc and ioctl_requests_bsd.cc.
import { native, type RawCalls } from '../binding/index.js';

/**
 * A request to the driver behind `fd`. What `arg` has to be is the request's to say:
 * - nothing: TIOCEXCL, TIOCNOTTY, TIOCSBRK;
 * - a number: TCFLSH, TIOCSCTTY, EVIOCGRAB, TUNSETPERSIST, I2C_SLAVE. Left out it is 0;
 * - a number or four bytes, where the kernel reads an int: FIONBIO, TIOCMBIS, TIOCSPTLCK;
 * - bytes, which the kernel reads, fills or both: TIOCGWINSZ (8), FIONREAD (4), TCGETS (36
 *   on Linux: the kernel's struct, not the C library's), SIOCGIFINDEX and its like (struct
 *   ifreq, 40 on Linux). They may be longer, and are in the machine's byte order.
 *
 * Known are the requests of terminals, sockets and interfaces, and on Linux of TUN, evdev,
 * hidraw, GPIO, I2C, SPI, watchdogs and disks that hold no address: what is none of them, such
 * as SIOCGIFCONF, I2C_RDWR or SG_IO, is -ENOTTY, as it might write where the bytes say. A
 * descriptor that is a request's result (TIOCGPTPEER) is close-on-exec and the caller's; one
 * that stands in the bytes (GPIO_V2_GET_LINE_IOCTL) is for `adopt`.
 *
 * @returns the request's result, mostly 0, or -errno: -ENOTTY when the descriptor has no such
 *   request, or when it is not known; -EINTR is not retried. See ioctl(2), ioctl_tty(2).
 * @throws TypeError when the request takes the other kind of argument; RangeError for fewer
 *   bytes than it uses
 * @example
 * const size = new Uint16Array(4);
 * check(ioctl(1, constants.TIOCGWINSZ, size), 'ioctl');
 * const [rows, columns] = size;
 */
export const ioctl: RawCalls['ioctl'] = native.ioctl;
