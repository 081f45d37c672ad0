// A file for a child's descriptor, by its path: opened here, in the folder and with the rights of
// this process, and closed here once the child has it. Opening never waits: a FIFO, whose opening
// waits for its other end, is refused, as the loop would stand still meanwhile. See open(2), fifo(7).
import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { OPEN_FLAGS } from '../base/open-flags.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { byHost, check } from '../raw/errors.js';
import { checkName } from './program.js';

/**
 * A file for a child's descriptor, opened here and closed again. No FIFO: `loop.fs.open` waits for
 * its other end without holding the loop, and its descriptor can be given to the child.
 */
export interface StdioFile {
  /** Its path, relative to the folder of this process. */
  path: string;
  /** As of `fs.open`; default 'r' for descriptor 0, else 'w'. */
  flags?: string | number;
  /** Permissions of a file that it makes, 0 to 0o7777; default 0o666. */
  mode?: number;
}

/** The same, checked. */
export interface WantedFile extends Required<StdioFile> {
  /** The option, as errors name it. */
  readonly name: string;
  readonly flags: number;
}

const FILE_NAMES: OptionNames<StdioFile> = { path: true, flags: true, mode: true };
const NO_FIFO = 'no FIFO, whose opening waits for its other end: give a descriptor of loop.fs.open';

const F_GETFL = constant('F_GETFL');
const F_SETFL = constant('F_SETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
const O_NOCTTY = constant('O_NOCTTY');

function flagsOf(name: string, flags: unknown): number {
  if (typeof flags === 'number') return checkInteger(name, flags, 0, 2 ** 31 - 1) | O_NOCTTY;
  if (typeof flags !== 'string') throw invalidType(name, 'a string or a number');
  const known = OPEN_FLAGS[flags];
  if (known === undefined) throw invalidValue(name, "letters such as 'r' or 'w+', or a number");
  return known | O_NOCTTY;
}

/** @throws TypeError, also for a FIFO, before anything is opened; RangeError */
export function wantedFile(name: string, given: StdioFile, index: number): WantedFile {
  const {
    path,
    flags = index === 0 ? 'r' : 'w',
    mode = 0o666,
  } = readOptions(name, given, FILE_NAMES);
  const file = {
    name,
    path: checkName(`${name}.path`, path),
    flags: flagsOf(`${name}.flags`, flags),
    mode: checkInteger(`${name}.mode`, mode, 0, 0o7777),
  };
  // Not opened to find out: a peer that waits for this end would go on, and find it gone again.
  if (isFifo(() => statSync(file.path, { throwIfNoEntry: false }))) refuse(file);
  return file;
}

/** What keeps it from being asked keeps it from being opened, which tells. */
function isFifo(stat: () => { isFIFO(): boolean } | undefined): boolean {
  try {
    return stat()?.isFIFO() === true;
  } catch {
    return false;
  }
}

function refuse({ name, flags }: WantedFile): void {
  if ((flags & O_NONBLOCK) === 0) throw invalidValue(`${name}.path`, NO_FIFO);
}

/** @throws SystemError ENOENT, EACCES, EAGAIN (another process has a lease of it), ... */
export function openFile(file: WantedFile): number {
  const fd = openNow(file);
  try {
    // One may stand there since it was checked.
    if (isFifo(() => fstatSync(fd))) refuse(file);
    if ((file.flags & O_NONBLOCK) === 0) letBlock(fd);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** O_PATH has no such flag, and refuses to be asked to drop it. */
function letBlock(fd: number): void {
  const flags = check(native.fcntl(fd, F_GETFL), 'fcntl');
  if ((flags & O_NONBLOCK) === 0) return;
  check(native.fcntl(fd, F_SETFL, flags & ~O_NONBLOCK), 'fcntl');
}

function openNow({ path, flags, mode }: WantedFile): number {
  return byHost('open', () => openSync(path, flags | O_NONBLOCK, mode), { path });
}
