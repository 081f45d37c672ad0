// rawloop/compat/node-pty: the API of npm node-pty as it is on Unix, for programs that move to
// rawloop by an override. What differs is in docs/moving.md. See pty(7).

import type { OpenedPair } from './pair.js';
import { UnixTerminal } from './terminal.js';
import type { IPtyForkOptions, IPtyOpenOptions, IWindowsPtyForkOptions } from './types.js';

export type { OpenedPair } from './pair.js';
export type {
  IBasePtyForkOptions,
  IDisposable,
  IEvent,
  IExitEvent,
  IPty,
  IPtyForkOptions,
  IPtyOpenOptions,
  IWindowsPtyForkOptions,
  PixelSize,
} from './types.js';
export { UnixTerminal };

/**
 * Starts a program on a terminal of its own. One that cannot run is shown on the terminal, and has
 * ended with 1 then.
 *
 * @param file a path, or what is looked for in the PATH of `options.env`; default 'sh'
 * @param args its arguments, without its name; a string is for Windows, and refused
 * @throws Error for an option of another type; TypeError, RangeError; SystemError EMFILE, ENFILE, EAGAIN,
 *   ENOSPC: there are no more terminals or processes
 * @example
 * const pty = spawn('bash', [], { cols: 80, rows: 30 });
 * pty.onData((data) => process.stdout.write(data));
 * pty.write('exit\r');
 */
export function spawn(
  file?: string,
  args?: string[] | string,
  options?: IPtyForkOptions | IWindowsPtyForkOptions,
): UnixTerminal {
  return new UnixTerminal(file, args, options);
}

/**
 * The same as `spawn`.
 *
 * @deprecated
 */
export const fork: typeof spawn = spawn;

/**
 * The same as `spawn`.
 *
 * @deprecated
 */
export const createTerminal: typeof spawn = spawn;

/**
 * A terminal without a program, both of whose sides are streams here.
 *
 * @throws Error, TypeError, RangeError; SystemError EMFILE, ENFILE, EAGAIN, ENOSPC
 */
export function open(options?: IPtyOpenOptions): OpenedPair {
  return UnixTerminal.open(options);
}

/** What the original has of its addon, which is not its public API: nothing. */
export const native = null;
