// Terminals: modes, size, whose job they listen to, and what waits in them. What they have beside that
// is `ioctl`'s.
import { native, type RawCalls } from '../binding/index.js';

/**
 * The mode of a terminal, into 38 words:
 *
 * - `termios[0]` to `[3]`: flags of input, output, control and the local ones (ICRNL, OPOST, CS8,
 *   ICANON, ...);
 * - `termios[4]` and `[5]`: the speeds in and out, as the system has them: B9600 and its like, which
 *   are other numbers than the speed on Linux; they win over what the control flags say of it there;
 * - `termios[6 + VMIN]`: the special character, or number, of that place; 32 at most.
 *
 * @param termios a Uint32Array of 38
 * @returns 0 or -errno (-ENOTTY: no terminal; -EIO: it was hung up). See termios(3).
 * @throws RangeError when it is shorter
 * @example
 * const termios = new Uint32Array(38);
 * check(tcgetattr(fd, termios), 'tcgetattr');
 * const isCanonical = (termios[3] & constants.ICANON) !== 0;
 */
export const tcgetattr: RawCalls['tcgetattr'] = native.tcgetattr;

/**
 * Sets the mode of a terminal. It outlives the process: `loop.tty` and `loop.stdin` have `setRawMode`,
 * which sees to it that the mode comes back. A process in the background is stopped by SIGTTOU.
 *
 * @param optional_actions TCSANOW; TCSADRAIN: once what was written is read, for which the thread
 *   stands still; TCSAFLUSH: as that, and what was typed is dropped
 * @param termios 38 words, as `tcgetattr` fills them: change those, as a system may have more to it
 * @returns 0, also when a part of it was done, or -errno (-ENOTTY, -EINVAL, -EIO). EINTR is retried.
 *   See termios(3).
 * @throws RangeError when it is shorter
 */
export const tcsetattr: RawCalls['tcsetattr'] = native.tcsetattr;

/**
 * The size of a terminal, into four words of 16 bits: rows, columns, and width and height in pixels,
 * 0 where they are not known.
 *
 * @param winsize a Uint16Array of 4
 * @returns 0 or -errno (-ENOTTY). See tcgetwinsize(3), TIOCGWINSZ in ioctl_tty(2).
 * @throws RangeError when it is shorter
 */
export const tcgetwinsize: RawCalls['tcgetwinsize'] = native.tcgetwinsize;

/**
 * Sets it, by which SIGWINCH goes to the job in the foreground, if it is another.
 *
 * @param winsize four words, as of `tcgetwinsize`
 * @returns 0 or -errno. See tcsetwinsize(3).
 * @throws RangeError when it is shorter
 */
export const tcsetwinsize: RawCalls['tcsetwinsize'] = native.tcsetwinsize;

/**
 * The process group in the foreground: a number that no group has where there is none; or -errno
 * (-ENOTTY: not the terminal that controls this process). See tcgetpgrp(3).
 */
export const tcgetpgrp: RawCalls['tcgetpgrp'] = native.tcgetpgrp;

/**
 * Puts a process group of this session into the foreground. From the background the caller is stopped
 * by SIGTTOU, unless it blocks or ignores that.
 *
 * @returns 0 or -errno (-ENOTTY, -EINVAL, -EPERM: of another session). See tcsetpgrp(3).
 */
export const tcsetpgrp: RawCalls['tcsetpgrp'] = native.tcsetpgrp;

/** The session that the terminal controls: its leader, or -errno (-ENOTTY). See tcgetsid(3). */
export const tcgetsid: RawCalls['tcgetsid'] = native.tcgetsid;

/**
 * Waits until what was written was sent: the thread stands still, for a terminal that was stopped
 * (Ctrl-S) for ever.
 *
 * @returns 0 or -errno (-EINTR; -ENOTTY). See tcdrain(3).
 */
export const tcdrain: RawCalls['tcdrain'] = native.tcdrain;

/**
 * Drops what was typed and not read (TCIFLUSH), was written and not sent (TCOFLUSH), or both
 * (TCIOFLUSH).
 *
 * @returns 0 or -errno (-ENOTTY, -EINVAL). See tcflush(3).
 */
export const tcflush: RawCalls['tcflush'] = native.tcflush;

/**
 * Stops output (TCOOFF) and lets it go on (TCOON); sends the character that asks the other side to
 * stop (TCIOFF) or to go on (TCION).
 *
 * @returns 0 or -errno (-ENOTTY, -EINVAL). See tcflow(3).
 */
export const tcflow: RawCalls['tcflow'] = native.tcflow;
