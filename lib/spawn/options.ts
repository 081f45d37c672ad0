// What `loop.spawn` is given, checked before anything is opened.
import { checkSignal } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor, checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import type { Pty } from '../pty/pty.js';
import { type Slave, slaveOf } from '../pty/slave.js';
import type { StreamSettings } from '../stream/group.js';
import type { StreamOptions } from '../stream/handlers.js';
import { boolean, streamSettings, timeLimit } from '../stream/options.js';
import { Part, type Plan } from './layout.js';
import { limitsOf, type ResourceLimits } from './limits.js';
import { candidatesOf, checkArguments, checkName, checkText, environmentOf } from './program.js';
import { signalNumber } from './signals.js';
import { type StdioEntry, type Wanted, wantedStdio } from './stdio.js';

/** What `loop.spawn` takes beside the program and its arguments. All are optional. */
export interface SpawnOptions
  extends Pick<StreamOptions, 'highWaterMark' | 'maxBufferedBytes' | 'chunks'> {
  /**
   * What the child finds under its descriptors, any number of them; a word stands for the first
   * three. Default 'pipe', and of the first three the terminal where `controllingTerminal` is a
   * `Pty`. It gets no other.
   */
  stdio?: StdioEntry | readonly StdioEntry[];
  /** The folder that it is in. Default: that of this process. */
  cwd?: string;
  /** All of its environment, own members alone. Default: that of this process. */
  env?: Readonly<Record<string, string | undefined>>;
  /** What it is told that its name is. Default: `file`. */
  argv0?: string;
  /** The user that it becomes, 0 to 2^32-1. Its supplementary groups are `groups`, or none. */
  uid?: number;
  /** The group that it becomes, 0 to 2^32-1. */
  gid?: number;
  /** Its supplementary groups. */
  groups?: readonly number[];
  /** The same as `newSession`. */
  detached?: boolean;
  /** It leads a session, and a process group, of its own, without a terminal. Default false. */
  newSession?: boolean;
  /** The process group that it joins; 0: one of its own. */
  processGroup?: number;
  /**
   * The terminal that controls it, in a session of its own: one of `loop.pty`, a path, or a
   * descriptor.
   */
  controllingTerminal?: Pty | string | number;
  /** Its mask for permissions, 0 to 0o777. */
  umask?: number;
  /** Its nice value, -20 to 19. */
  priority?: number;
  /** What it may take. */
  resourceLimits?: ResourceLimits;
  /** What ends it for `timeoutMs`, `signal` and `using`. Default 'SIGTERM'. */
  killSignal?: string | number;
  /** After so long it is sent `killSignal`: 1 to 2^53-1 ms. */
  timeoutMs?: number;
  /** When it aborts, the child is sent `killSignal`. */
  signal?: AbortSignal;
}

const NAMES: OptionNames<SpawnOptions> = {
  stdio: true,
  cwd: true,
  env: true,
  argv0: true,
  uid: true,
  gid: true,
  groups: true,
  detached: true,
  newSession: true,
  processGroup: true,
  controllingTerminal: true,
  umask: true,
  priority: true,
  resourceLimits: true,
  killSignal: true,
  timeoutMs: true,
  signal: true,
  highWaterMark: true,
  maxBufferedBytes: true,
  chunks: true,
};

const MAX_ID = 2 ** 32 - 1;
const NO_STRINGS: readonly string[] = [];
const NO_NUMBERS: readonly number[] = [];
const SIGTERM = 15;

/** The same, as they count. */
export interface SpawnSettings {
  readonly file: string;
  readonly args: readonly string[];
  readonly plan: Plan;
  readonly stdio: readonly Wanted[];
  /** Its terminal, where that is a pty of ours: what `plan.terminalFd` is to be. */
  readonly slave: Slave | undefined;
  readonly killSignal: number;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly streams: StreamSettings;
}

/** A number that may be left out, and the part that it is for. */
function integer(
  name: keyof SpawnOptions,
  value: number | undefined,
  min: number,
  max: number,
): number | undefined {
  return value === undefined ? undefined : checkInteger(`options.${name}`, value, min, max);
}

function groupsOf(groups: readonly number[] | undefined): number[] | undefined {
  if (groups === undefined) return undefined;
  if (!Array.isArray(groups)) throw invalidType('options.groups', 'an array of numbers');
  return Array.from(groups, (group, i) => checkInteger(`options.groups[${i}]`, group, 0, MAX_ID));
}

/** The other side, of a pty. */
function checkTerminal(terminal: unknown): Slave | undefined {
  if (terminal === undefined) return undefined;
  const name = 'options.controllingTerminal';
  if (typeof terminal === 'number') checkDescriptor(name, terminal);
  else if (typeof terminal !== 'object' || terminal === null) checkName(name, terminal);
  else return slaveOf(terminal) ?? refuse(name);
  return undefined;
}

function refuse(name: string): never {
  throw invalidType(name, 'a Pty, a string or a number');
}

/** The session, group and terminal of a child, and their parts. */
function placeOf(options: SpawnOptions): [parts: number, processGroup: number] {
  const { controllingTerminal: terminal } = options;
  const detached = boolean('detached', options.detached, false);
  const asked = boolean('newSession', options.newSession, false);
  const group = integer('processGroup', options.processGroup, 0, 2 ** 31 - 1);
  const session = detached || asked || terminal !== undefined;
  if (session && group !== undefined) {
    throw invalidValue('options.processGroup', 'left out: who leads a session leads its group');
  }
  let parts = session ? Part.NEW_SESSION : 0;
  if (group !== undefined) parts |= Part.PROCESS_GROUP;
  if (terminal !== undefined) {
    parts |= typeof terminal === 'string' ? Part.TERMINAL_PATH : Part.TERMINAL_FD;
  }
  return [parts, group ?? 0];
}

function planOf(file: string, args: readonly string[], options: SpawnOptions): Plan {
  const { controllingTerminal: terminal } = options;
  let [parts, processGroup] = placeOf(options);
  const uid = integer('uid', options.uid, 0, MAX_ID);
  const gid = integer('gid', options.gid, 0, MAX_ID);
  const groups = groupsOf(options.groups);
  const umask = integer('umask', options.umask, 0, 0o777);
  const priority = integer('priority', options.priority, -20, 19);
  const directory = options.cwd === undefined ? undefined : checkName('options.cwd', options.cwd);
  const name = options.argv0 === undefined ? file : checkText('options.argv0', options.argv0);
  const environment = environmentOf(options.env);
  if (environment === undefined) parts |= Part.OWN_ENVIRONMENT;
  if (directory !== undefined) parts |= Part.DIRECTORY;
  if (uid !== undefined) parts |= Part.UID;
  if (gid !== undefined) parts |= Part.GID;
  if (groups !== undefined) parts |= Part.GROUPS;
  if (umask !== undefined) parts |= Part.UMASK;
  if (priority !== undefined) parts |= Part.PRIORITY;
  return {
    parts,
    processGroup,
    uid: uid ?? 0,
    gid: gid ?? 0,
    umask: umask ?? 0,
    priority: priority ?? 0,
    terminalFd: typeof terminal === 'number' ? terminal : -1,
    terminalPath: typeof terminal === 'string' ? terminal : undefined,
    directory,
    candidates: candidatesOf(file, environment),
    name,
    args,
    environment: environment ?? NO_STRINGS,
    groups: groups ?? NO_NUMBERS,
    limits: limitsOf(options.resourceLimits),
  };
}

/** @throws TypeError, RangeError; SystemError EBADF for a descriptor that is not open */
export function spawnSettings(
  file: string,
  args: readonly string[],
  given: SpawnOptions,
): SpawnSettings {
  checkName('file', file);
  const list = checkArguments(args);
  const options = readOptions('options', given, NAMES);
  const { highWaterMark, maxBufferedBytes, chunks } = options;
  const streams = { highWaterMark, maxBufferedBytes, chunks } as StreamOptions;
  const { killSignal = SIGTERM } = options;
  const slave = checkTerminal(options.controllingTerminal);
  return {
    file,
    args: list,
    plan: planOf(file, list, options),
    killSignal: signalNumber('options.killSignal', killSignal, 1),
    timeoutMs: timeLimit('timeoutMs', options.timeoutMs),
    signal: checkSignal(options.signal),
    streams: streamSettings(streams),
    stdio: wantedStdio(options.stdio, slave === undefined ? 'pipe' : 'terminal'),
    slave,
  };
}
