// What `loop.pty` is given, checked before anything is opened.
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { DescriptorOptions } from '../descriptor/stream.js';
import type { StreamSettings } from '../stream/group.js';
import { boolean, streamSettings } from '../stream/options.js';

/** A terminal's size, each from 0 to 65535. */
export interface PtySize {
  /** The width in characters; 0: not known. */
  columns: number;
  /** The height in lines; 0: not known. */
  rows: number;
  /** The width in pixels; 0: not known. */
  pixelWidth: number;
  /** The height in pixels; 0: not known. */
  pixelHeight: number;
}

/** What `loop.pty` takes: its size, and as `StreamOptions` for its master. All are optional. */
export interface PtyOptions extends Omit<DescriptorOptions, 'allowHalfOpen'> {
  /** The width in characters, 0 to 65535; default 80. */
  columns?: number;
  /** The height in lines, 0 to 65535; default 24. */
  rows?: number;
  /** The width in pixels, 0 to 65535; default 0: not known. */
  pixelWidth?: number;
  /** The height in pixels, 0 to 65535; default 0: not known. */
  pixelHeight?: number;
  /** The user whose the slave is, 0 to 2^32-1; default: as the system has it, that of the process. */
  uid?: number;
  /** Its group, 0 to 2^32-1; default: as the system has it, mostly `tty`. */
  gid?: number;
  /** Its permissions, 0 to 0o777; default: as the system has them, mostly 0o620. */
  mode?: number;
  /**
   * Whether a character of UTF-8 is one as it is erased; default true. See IUTF8 in termios(3);
   * FreeBSD before 14 has none.
   */
  utf8?: boolean;
}

const NAMES: OptionNames<PtyOptions> = {
  columns: true,
  rows: true,
  pixelWidth: true,
  pixelHeight: true,
  uid: true,
  gid: true,
  mode: true,
  utf8: true,
  highWaterMark: true,
  maxBufferedBytes: true,
  chunks: true,
  signal: true,
  idleTimeoutMs: true,
};

const MAX_ID = 2 ** 32 - 1;

/** The same, as they count. */
export interface PtySettings {
  readonly size: PtySize;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mode: number | undefined;
  readonly utf8: boolean;
  readonly streams: StreamSettings;
}

function optional(name: string, value: number | undefined, max: number): number | undefined {
  return value === undefined ? undefined : checkInteger(`options.${name}`, value, 0, max);
}

/** @param prefix of names in errors. @throws TypeError, RangeError */
export function checkSize(size: PtySize, prefix = ''): PtySize {
  const { columns, rows, pixelWidth, pixelHeight } = size;
  const lengths = { columns, rows, pixelWidth, pixelHeight };
  for (const [name, length] of Object.entries(lengths)) {
    checkInteger(`${prefix}${name}`, length, 0, 65535);
  }
  return lengths;
}

/** @throws TypeError, RangeError */
export function ptySettings(given: PtyOptions): PtySettings {
  const options = readOptions('options', given, NAMES);
  const { columns = 80, rows = 24, pixelWidth = 0, pixelHeight = 0 } = options;
  return {
    size: checkSize({ columns, rows, pixelWidth, pixelHeight }, 'options.'),
    uid: optional('uid', options.uid, MAX_ID),
    gid: optional('gid', options.gid, MAX_ID),
    mode: optional('mode', options.mode, 0o777),
    utf8: boolean('utf8', options.utf8, true),
    streams: streamSettings(options),
  };
}
