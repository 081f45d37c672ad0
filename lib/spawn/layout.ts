// How a child is described to native code: words, in the order of `Word` of
// native/process/spawn_arguments.cc, and strings one behind the other; and what it says that
// became of it. Both sides keep to it.

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

/** What a child is to be, but for its descriptors. Strings have no NUL in them. */
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
  /** What it is told that its name is. */
  readonly name: string;
  /** Its arguments behind that. */
  readonly args: readonly string[];
  /** `NAME=value`; of OWN_ENVIRONMENT none, and what the process has. */
  readonly environment: readonly string[];
  readonly groups: readonly number[];
  readonly limits: readonly Limit[];
}

/** Words that native code writes: a pidfd or -1, and the `Step` that failed. */
export const PIDFD = 0;
export const FAILED_STEP = 1;
/** The word for a terminal's descriptor. */
export const TERMINAL_FD = 8;

const FIXED_WORDS = 15;
const LIMIT_WORDS = 5;
/** Room for most. */
const USUAL_WORDS = 64;
const WORD = 0xffffffffn;

/** Used again for each child: what is made anew for one is memory that the processor has not. */
let words = new Int32Array(USUAL_WORDS);

/**
 * The words of `plan`, until the next call; a number of 32 bits without a sign is kept by its bits.
 *
 * @param parts beside those of the plan
 * @param descriptors by number in the child: ours, NOTHING or NULL_DEVICE
 */
export function wordsOf(plan: Plan, parts: number, descriptors: readonly number[]): Int32Array {
  const { candidates, args, environment, groups, limits } = plan;
  const lists = groups.length + descriptors.length + limits.length * LIMIT_WORDS;
  if (words.length < FIXED_WORDS + lists) words = new Int32Array(FIXED_WORDS + lists);
  words[PIDFD] = -1;
  words[FAILED_STEP] = 0;
  words[2] = plan.parts | parts;
  words[3] = plan.processGroup;
  words[4] = plan.uid;
  words[5] = plan.gid;
  words[6] = plan.umask;
  words[7] = plan.priority;
  words[TERMINAL_FD] = plan.terminalFd;
  words[9] = candidates.length;
  words[10] = 1 + args.length;
  words[11] = environment.length;
  words[12] = groups.length;
  words[13] = descriptors.length;
  words[14] = limits.length;
  let at = FIXED_WORDS;
  for (const group of groups) words[at++] = group;
  for (const descriptor of descriptors) words[at++] = descriptor;
  for (const { resource, soft, hard } of limits) {
    words[at++] = resource;
    for (const half of [soft & WORD, soft >> 32n, hard & WORD, hard >> 32n]) {
      words[at++] = Number(half);
    }
  }
  return words;
}

/** All strings of `plan`, a NUL behind each. */
export function stringsOf(plan: Plan): string {
  const { directory, terminalPath, name } = plan;
  let text = '';
  if (directory !== undefined) text += `${directory}\0`;
  if (terminalPath !== undefined) text += `${terminalPath}\0`;
  for (const candidate of plan.candidates) text += `${candidate}\0`;
  text += `${name}\0`;
  for (const argument of plan.args) text += `${argument}\0`;
  for (const entry of plan.environment) text += `${entry}\0`;
  return text;
}
