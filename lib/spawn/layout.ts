// How a child is described to native code: words, in the order of `Word` of
// native/process/spawn_arguments.cc, and strings one behind the other; and what it says that
// could not be done. Both sides keep to it.

/** Bits of the first word: SpawnPart of native/process/spawn_plan.h. */
export const Part = {
  NEW_SESSION: 1,
  PROCESS_GROUP: 2,
  DIRECTORY: 4,
  UID: 8,
  GID: 16,
  GROUPS: 32,
  UMASK: 64,
  PRIORITY: 128,
  TERMINAL_FD: 256,
  TERMINAL_PATH: 512,
  PIDFD: 1024,
  OWN_ENVIRONMENT: 2048,
} as const;

/** In place of a descriptor: the child has nothing under that number, or /dev/null. */
export const NOTHING = -1;
export const NULL_DEVICE = -2;

/** The calls of SpawnStep, as errors name them; the first has not failed. */
export const STEPS = [
  '',
  'clone',
  'setsid',
  'setpgid',
  'open',
  'ioctl',
  'fcntl',
  'dup2',
  'open',
  'close_range',
  'chdir',
  'setpriority',
  'setrlimit',
  'setgroups',
  'setgid',
  'setuid',
  'execve',
] as const;

export const Step = { OPEN_TERMINAL: 4, TERMINAL: 5, NULL_DEVICE: 8, DIRECTORY: 10, EXECUTE: 16 };

/** A limit of resources: all bits of a word set are none. */
export interface Limit {
  readonly resource: number;
  readonly soft: bigint;
  readonly hard: bigint;
}

/** What a child is to be. Strings have no NUL in them. */
export interface Plan {
  readonly parts: number;
  readonly processGroup: number;
  readonly uid: number;
  readonly gid: number;
  readonly umask: number;
  readonly priority: number;
  readonly terminalFd: number;
  readonly terminalPath: string | undefined;
  readonly directory: string | undefined;
  /** Where the program may be. */
  readonly candidates: readonly string[];
  readonly argv: readonly string[];
  /** `NAME=value`; of OWN_ENVIRONMENT none, and what the process has. */
  readonly environment: readonly string[];
  readonly groups: readonly number[];
  /** By its number in the child: ours, NOTHING or NULL_DEVICE. */
  readonly descriptors: readonly number[];
  readonly limits: readonly Limit[];
}

const WORD = 0xffffffffn;

const FIXED_WORDS = 13;
const LIMIT_WORDS = 5;

/** The words of `plan`; a number of 32 bits without a sign is kept by its bits. */
export function wordsOf(plan: Plan): Int32Array {
  const { candidates, argv, environment, groups, descriptors, limits } = plan;
  const lists = groups.length + descriptors.length + limits.length * LIMIT_WORDS;
  const words = new Int32Array(FIXED_WORDS + lists);
  words[0] = plan.parts;
  words[1] = plan.processGroup;
  words[2] = plan.uid;
  words[3] = plan.gid;
  words[4] = plan.umask;
  words[5] = plan.priority;
  words[6] = plan.terminalFd;
  words[7] = candidates.length;
  words[8] = argv.length;
  words[9] = environment.length;
  words[10] = groups.length;
  words[11] = descriptors.length;
  words[12] = limits.length;
  words.set(groups, FIXED_WORDS);
  words.set(descriptors, FIXED_WORDS + groups.length);
  let at = FIXED_WORDS + groups.length + descriptors.length;
  for (const limit of limits) {
    words.set([limit.resource, ...halves(limit.soft), ...halves(limit.hard)], at);
    at += LIMIT_WORDS;
  }
  return words;
}

function halves(value: bigint): number[] {
  return [Number(value & WORD), Number(value >> 32n)];
}

const encoder = new TextEncoder();

/** All strings of `plan`, a NUL behind each. */
export function stringsOf(plan: Plan): Uint8Array {
  const { directory, terminalPath, candidates, argv, environment } = plan;
  const places = [directory, terminalPath].filter((place) => place !== undefined);
  return encoder.encode([...places, ...candidates, ...argv, ...environment, ''].join('\0'));
}
