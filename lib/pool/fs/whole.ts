// Options of requests for whole files, as Node takes them: an object, or an encoding alone.

import { checkSignal } from '../../base/abort.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { checkEncoding, checkFlag, checkFlags, checkMode, type FileOptions } from './options.js';
import type { FileEncoding } from './path.js';

/** Options of `loop.fs.readFile`. */
export interface ReadFileOptions extends FileOptions {
  /** What the bytes are decoded by. Default, and for null: a Buffer. */
  encoding?: FileEncoding | 'buffer' | null | undefined;
  /** How to open it: Node's letters or O_* numbers. Default: 'r'. */
  flag?: string | number | undefined;
  /** Whether to try without a thread first. Default: what the loop's `inlineFiles` says. */
  inline?: boolean | undefined;
}

/** Options of `loop.fs.writeFile` and `appendFile`. */
export interface WriteFileOptions extends FileOptions {
  /** What text is encoded by. Default, and for null: 'utf8'. */
  encoding?: FileEncoding | null | undefined;
  /** How to open it: Node's letters or O_* numbers. Default: 'w', or 'a'. */
  flag?: string | number | undefined;
  /** Permissions, where it is made. Default: 0o666. */
  mode?: number | string | undefined;
  /** Waits until the device has it, before it is closed. Default: false. */
  flush?: boolean | undefined;
}

const READ_NAMES: OptionNames<ReadFileOptions> = {
  encoding: true,
  flag: true,
  inline: true,
  signal: true,
};
const WRITE_NAMES: OptionNames<WriteFileOptions> = {
  encoding: true,
  flag: true,
  mode: true,
  flush: true,
  signal: true,
};

interface ReadSettings {
  readonly signal: AbortSignal | undefined;
  readonly encoding: FileEncoding | undefined;
  readonly flags: number;
  readonly inline: boolean | undefined;
}

const NO_OPTIONS: ReadSettings = {
  signal: undefined,
  encoding: undefined,
  flags: checkFlags(undefined, 'r'),
  inline: undefined,
};

export function readReadOptions(options: FileEncoding | ReadFileOptions | undefined): ReadSettings {
  if (options === undefined) return NO_OPTIONS;
  const given = typeof options === 'string' ? { encoding: options } : options;
  const read = readOptions('options', given, READ_NAMES);
  const { inline } = read;
  if (inline !== undefined) checkFlag('inline', inline);
  return {
    signal: checkSignal(read.signal),
    encoding: checkEncoding(read.encoding ?? undefined),
    flags: checkFlags(read.flag, 'r'),
    inline,
  };
}

export function readWriteOptions(
  options: FileEncoding | WriteFileOptions | undefined,
  flag: string,
) {
  const given = typeof options === 'string' ? { encoding: options } : options;
  const read = given === undefined ? undefined : readOptions('options', given, WRITE_NAMES);
  return {
    signal: checkSignal(read?.signal),
    encoding: checkEncoding(read?.encoding ?? undefined),
    flags: checkFlags(read?.flag, flag),
    mode: checkMode(read?.mode, 0o666),
    flush: checkFlag('flush', read?.flush),
  };
}
