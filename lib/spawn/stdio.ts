// What a child finds under its descriptors: checked first, then opened. What is opened for it
// is close-on-exec here and blocks there; our own ends do not block. See pipe(7), open(2).
import { closeSync, openSync } from 'node:fs';
import { OPEN_FLAGS } from '../base/open-flags.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import { NOTHING, NULL_DEVICE } from './layout.js';
import { checkName } from './program.js';

/** A file for a child's descriptor, opened here and closed again. */
export interface StdioFile {
  /** Its path, relative to the folder of this process. */
  path: string;
  /** As of `fs.open`; default 'r' for descriptor 0, else 'w'. */
  flags?: string | number;
  /** Permissions of a file that it makes, 0 to 0o7777; default 0o666. */
  mode?: number;
}

/**
 * What a child finds under a descriptor: `'pipe'`, one end of a pipe, that it reads as 0 and
 * writes as any other; `'socketpair'`, an end of two connected Unix sockets, both ways;
 * `'inherit'`, what this process has under the same number; a descriptor of this process;
 * a file; `'null'`, /dev/null; `'ignore'`, /dev/null as 0, 1 and 2, and else nothing.
 */
export type StdioEntry = 'pipe' | 'socketpair' | 'inherit' | 'null' | 'ignore' | number | StdioFile;

const FILE_NAMES: OptionNames<StdioFile> = { path: true, flags: true, mode: true };
const WORDS = ['pipe', 'socketpair', 'inherit', 'null', 'ignore'];
const EXPECTED = `one of '${WORDS.join("', '")}', a descriptor or { path, flags }`;
/** More than a child has by any limit that is in use. */
const MAX_ENTRIES = 65_536;

const F_GETFD = constant('F_GETFD');
const F_SETFL = constant('F_SETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
const O_NOCTTY = constant('O_NOCTTY');

type File = Required<StdioFile> & { flags: number };
/** An entry that was checked. */
export type Wanted = 'pipe' | 'socketpair' | 'nothing' | 'null' | number | File;

function flagsOf(name: string, flags: unknown): number {
  if (typeof flags === 'number') return checkInteger(name, flags, 0, 2 ** 31 - 1) | O_NOCTTY;
  if (typeof flags !== 'string') throw invalidType(name, 'a string or a number');
  const known = OPEN_FLAGS[flags];
  if (known === undefined) throw invalidValue(name, "letters such as 'r' or 'w+', or a number");
  return known | O_NOCTTY;
}

function fileOf(name: string, given: StdioFile, index: number): File {
  const {
    path,
    flags = index === 0 ? 'r' : 'w',
    mode = 0o666,
  } = readOptions(name, given, FILE_NAMES);
  return {
    path: checkName(`${name}.path`, path),
    flags: flagsOf(`${name}.flags`, flags),
    mode: checkInteger(`${name}.mode`, mode, 0, 0o7777),
  };
}

function wanted(entry: StdioEntry, index: number): Wanted {
  const name = `options.stdio[${index}]`;
  if (typeof entry === 'number') return checkDescriptor(name, entry);
  if (typeof entry === 'object' && entry !== null) {
    // One of the host's, or of a loop.
    if ('write' in entry || 'read' in entry) {
      throw invalidType(name, `${EXPECTED}: of a stream its descriptor`);
    }
    return fileOf(name, entry, index);
  }
  if (entry === 'inherit') return index;
  if (entry === 'ignore') return index <= 2 ? 'null' : 'nothing';
  if (entry === 'pipe' || entry === 'socketpair' || entry === 'null') return entry;
  throw typeof entry === 'string' ? invalidValue(name, EXPECTED) : invalidType(name, EXPECTED);
}

/**
 * The entries of `options.stdio`, checked: a word for the first three, or an array. Those of
 * the first three that are left out are pipes.
 *
 * @throws TypeError, RangeError; SystemError EBADF for a descriptor that is not open
 */
export function wantedStdio(given: StdioEntry | readonly StdioEntry[] = 'pipe'): Wanted[] {
  const list = Array.isArray(given) ? given : undefined;
  if (list === undefined && typeof given !== 'string') {
    throw invalidType('options.stdio', 'a string or an array');
  }
  checkInteger('options.stdio.length', list?.length ?? 0, 0, MAX_ENTRIES);
  const found: Wanted[] = [];
  for (let i = 0; i < Math.max(3, list?.length ?? 0); i++) {
    found.push(wanted(list === undefined ? (given as StdioEntry) : (list[i] ?? 'pipe'), i));
  }
  for (const [index, entry] of found.entries()) {
    const result = typeof entry === 'number' ? native.fcntl(entry, F_GETFD) : 0;
    if (result >= 0) continue;
    const hint = `It is descriptor ${entry}, of options.stdio[${index}]`;
    throw new SystemError(result, 'fcntl', undefined, hint);
  }
  return found;
}

/** What stands behind a number of a child, and our end of it, -1: none. */
export interface Opened {
  readonly theirs: number;
  readonly ours: number;
  readonly wanted: Wanted;
}

/** The descriptors of a child, as they were opened for it. */
export class OpenedStdio {
  readonly entries: Opened[] = [];

  /** @throws SystemError EMFILE, ENFILE, ENOENT, EACCES, ...; nothing is left open then */
  constructor(wanted: readonly Wanted[]) {
    try {
      for (const [index, each] of wanted.entries()) this.entries.push(open(each, index));
    } catch (error) {
      this.closeAll();
      throw error;
    }
  }

  /** Closes what only the child was to have. */
  closeTheirs(): void {
    for (const { theirs, ours, wanted } of this.entries) {
      if (ours >= 0) native.close(theirs);
      else if (typeof wanted === 'object') closeSync(theirs);
    }
  }

  closeAll(): void {
    this.closeTheirs();
    this.closeOurs(0);
  }

  /** Closes our ends from `index` on. */
  closeOurs(index: number): void {
    for (const { ours } of this.entries.slice(index)) if (ours >= 0) native.close(ours);
  }
}

function open(wanted: Wanted, index: number): Opened {
  if (typeof wanted === 'number') return { theirs: wanted, ours: -1, wanted };
  if (typeof wanted === 'object') return { theirs: openFile(wanted), ours: -1, wanted };
  if (wanted === 'pipe') return { ...openPipe(index), wanted };
  if (wanted === 'socketpair') return { ...openPair(), wanted };
  return { theirs: wanted === 'null' ? NULL_DEVICE : NOTHING, ours: -1, wanted };
}

function openFile({ path, flags, mode }: File): number {
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    const { errno } = error as { errno?: number };
    throw errno === undefined ? error : new SystemError(errno, 'open', { path });
  }
}

function openPipe(index: number): { theirs: number; ours: number } {
  const [readEnd, writeEnd] = check(native.pipe2(0), 'pipe2');
  const [theirs, ours] = index === 0 ? [readEnd, writeEnd] : [writeEnd, readEnd];
  return unblocked(theirs, ours);
}

function openPair(): { theirs: number; ours: number } {
  const type = constant('SOCK_STREAM');
  const [theirs, ours] = check(native.socketpair(constant('AF_UNIX'), type, 0), 'socketpair');
  return unblocked(theirs, ours);
}

/** Each end has an open file of its own: that ours does not block is nothing to the child. */
function unblocked(theirs: number, ours: number): { theirs: number; ours: number } {
  const result = native.fcntl(ours, F_SETFL, O_NONBLOCK);
  if (result >= 0) return { theirs, ours };
  native.close(theirs);
  native.close(ours);
  throw new SystemError(result, 'fcntl');
}
