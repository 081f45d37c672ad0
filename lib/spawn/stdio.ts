// What a child finds under its descriptors: checked first, then opened. What is opened for it
// is close-on-exec here and blocks there; our own ends do not block. See pipe(7), open(2).
import { closeSync } from 'node:fs';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import { openFile, type StdioFile, type WantedFile, wantedFile } from './file.js';
import { NOTHING, NULL_DEVICE } from './layout.js';

/**
 * What a child finds under a descriptor: `'pipe'`, one end of a pipe, that it reads as 0 and
 * writes as any other; `'socketpair'`, an end of two connected Unix sockets, both ways;
 * `'inherit'`, what this process has under the same number; a descriptor of this process;
 * a file; `'null'`, /dev/null; `'ignore'`, /dev/null as 0, 1 and 2, and else nothing.
 */
export type StdioEntry = 'pipe' | 'socketpair' | 'inherit' | 'null' | 'ignore' | number | StdioFile;

const WORDS = ['pipe', 'socketpair', 'inherit', 'null', 'ignore'];
const EXPECTED = `one of '${WORDS.join("', '")}', a descriptor or { path, flags }`;
/** More than a child has by any limit that is in use. */
const MAX_ENTRIES = 65_536;

const F_GETFD = constant('F_GETFD');
const F_SETFL = constant('F_SETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
const SOCK_STREAM = constant('SOCK_STREAM');
const AF_UNIX = constant('AF_UNIX');

/** An entry that was checked. */
export type Wanted = 'pipe' | 'socketpair' | 'nothing' | 'null' | 'terminal' | number | WantedFile;

function wanted(entry: StdioEntry, index: number): Wanted {
  const name = `options.stdio[${index}]`;
  if (typeof entry === 'number') return checkDescriptor(name, entry);
  if (typeof entry === 'object' && entry !== null) {
    // One of the host's, or of a loop.
    if ('write' in entry || 'read' in entry) {
      throw invalidType(name, `${EXPECTED}: of a stream its descriptor`);
    }
    return wantedFile(name, entry, index);
  }
  if (entry === 'inherit') return index;
  if (entry === 'ignore') return index <= 2 ? 'null' : 'nothing';
  if (entry === 'pipe' || entry === 'socketpair' || entry === 'null') return entry;
  throw typeof entry === 'string' ? invalidValue(name, EXPECTED) : invalidType(name, EXPECTED);
}

/**
 * The entries of `options.stdio`, checked: a word for the first three, or an array.
 *
 * @param leftOut what those of the first three are that are left out
 * @throws TypeError, RangeError; SystemError EBADF for a descriptor that is not open
 */
export function wantedStdio(
  given: StdioEntry | readonly StdioEntry[] = [],
  leftOut: 'pipe' | 'terminal' = 'pipe',
): Wanted[] {
  const list = Array.isArray(given) ? given : undefined;
  if (list === undefined && typeof given !== 'string') {
    throw invalidType('options.stdio', 'a string or an array');
  }
  checkInteger('options.stdio.length', list?.length ?? 0, 0, MAX_ENTRIES);
  const found: Wanted[] = [];
  for (let i = 0; i < Math.max(3, list?.length ?? 0); i++) {
    const entry = (list === undefined ? given : list[i]) as StdioEntry | undefined;
    found.push(entry == null ? (i <= 2 ? leftOut : 'pipe') : wanted(entry, i));
  }
  for (const [index, entry] of found.entries()) {
    const result = typeof entry === 'number' ? native.fcntl(entry, F_GETFD) : 0;
    if (result >= 0) continue;
    const hint = `It is descriptor ${entry}, of options.stdio[${index}]`;
    throw new SystemError(result, 'fcntl', undefined, hint);
  }
  return found;
}

/** The descriptors of a child, as they were opened for it: by number in the child. */
export class OpenedStdio {
  readonly wanted: readonly Wanted[];
  /** What it finds there: a descriptor of ours, NOTHING or NULL_DEVICE. */
  readonly theirs: number[] = [];
  /** Our end of it, -1: none. */
  readonly ours: number[] = [];

  /**
   * @param terminal what 'terminal' is: a descriptor that stays open
   * @throws SystemError EMFILE, ENFILE, ENOENT, EACCES, ...; nothing is left open then
   */
  constructor(wanted: readonly Wanted[], terminal: number) {
    this.wanted = wanted;
    try {
      for (let i = 0; i < wanted.length; i++) this.#open(wanted[i] as Wanted, i, terminal);
    } catch (error) {
      this.closeAll();
      throw error;
    }
  }

  #open(wanted: Wanted, index: number, terminal: number): void {
    if (wanted === 'pipe') {
      const [readEnd, writeEnd] = check(native.pipe2(0), 'pipe2');
      if (index === 0) this.#add(readEnd, writeEnd);
      else this.#add(writeEnd, readEnd);
    } else if (wanted === 'socketpair') {
      const [theirs, ours] = check(native.socketpair(AF_UNIX, SOCK_STREAM, 0), 'socketpair');
      this.#add(theirs, ours);
    } else {
      this.theirs.push(standingFor(wanted, terminal));
      this.ours.push(-1);
    }
  }

  /** Each end has an open file of its own: that ours does not block is nothing to the child. */
  #add(theirs: number, ours: number): void {
    this.theirs.push(theirs);
    this.ours.push(ours);
    check(native.fcntl(ours, F_SETFL, O_NONBLOCK), 'fcntl');
  }

  /** Closes what only the child was to have. */
  closeTheirs(): void {
    for (let i = 0; i < this.theirs.length; i++) {
      if ((this.ours[i] as number) >= 0) native.close(this.theirs[i] as number);
      else if (typeof this.wanted[i] === 'object') closeSync(this.theirs[i] as number);
    }
  }

  closeAll(): void {
    this.closeTheirs();
    this.closeOurs(0);
  }

  /** Closes our ends from `index` on. */
  closeOurs(index: number): void {
    for (const fd of this.ours.slice(index)) if (fd >= 0) native.close(fd);
  }
}

/** What we have no end of. */
function standingFor(wanted: Exclude<Wanted, 'pipe' | 'socketpair'>, terminal: number): number {
  if (wanted === 'terminal') return terminal;
  if (wanted === 'nothing') return NOTHING;
  if (wanted === 'null') return NULL_DEVICE;
  return typeof wanted === 'number' ? wanted : openFile(wanted);
}
