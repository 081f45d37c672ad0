// Which program a child runs, with which arguments and environment: checked, and its places
// found as execvp(3) finds them, by the PATH that the child gets.
import { env as hostEnvironment } from 'node:process';
import { builtin } from '../binding/builtin.js';
import { invalidType, invalidValue } from '../loop/errors.js';

/** What a process is told by names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs are, for who has no PATH. */
const DEFAULT_PATH = '/usr/local/bin:/bin:/usr/bin';
const PATH = 'PATH=';

/** A string for the kernel, which ends with a NUL. @throws TypeError */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(name, 'a string');
  if (value.includes('\0')) throw invalidValue(name, 'a string without NUL characters');
  return value;
}

/** The same, and not empty. */
export function checkName(name: string, value: unknown): string {
  if (checkText(name, value) === '') throw invalidValue(name, 'no empty string');
  return value as string;
}

/** The program's arguments, without its name. @throws TypeError */
export function checkArguments(value: unknown): string[] {
  if (!Array.isArray(value)) throw invalidType('args', 'an array of strings');
  const list: string[] = [];
  for (let i = 0; i < value.length; i++) list.push(checkText(`args[${i}]`, value[i]));
  return list;
}

let isOurs: boolean | undefined;

/**
 * Whether `process.env` is the environment of this process, which native code can hand on as it
 * is: in Node, on its main thread, and where nobody has put another in its place.
 */
function isOwnEnvironment(): boolean {
  if (process.env !== hostEnvironment) return false;
  if (isOurs !== undefined) return isOurs;
  const { isMainThread } = builtin('node:worker_threads') as { isMainThread: boolean };
  const isNode = process.versions['bun'] === undefined && process.versions['deno'] === undefined;
  isOurs = isMainThread && isNode && process.platform === 'linux';
  return isOurs;
}

/**
 * `NAME=value` for each own member that has a value; undefined: what this process has.
 *
 * @throws TypeError
 */
export function environmentOf(given: Environment | undefined): string[] | undefined {
  if (given === undefined && isOwnEnvironment()) return undefined;
  const source: unknown = given === undefined ? process.env : given;
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw invalidType('options.env', 'an object');
  }
  const entries: string[] = [];
  for (const name of Object.keys(source)) {
    const value = (source as Environment)[name];
    if (value === undefined) continue;
    // The first '=' ends a name: this would be another variable.
    if (name.includes('=')) throw invalidValue('options.env', `names without '=', not '${name}'`);
    entries.push(`${checkText('options.env', name)}=${checkText(`options.env.${name}`, value)}`);
  }
  return entries;
}

/** Where `file` may be, in the order to try: by the PATH of what `environmentOf` gave. */
export function candidatesOf(file: string, environment: readonly string[] | undefined): string[] {
  if (file.includes('/')) return [file];
  const path = pathOf(environment) ?? DEFAULT_PATH;
  // An empty part is the folder that the child is in.
  return path.split(':').map((folder) => (folder === '' ? `./${file}` : `${folder}/${file}`));
}

/** A look at the environment of this process is a call of the C library. */
function pathOf(environment: readonly string[] | undefined): string | undefined {
  if (environment === undefined) return hostEnvironment['PATH'];
  return environment.find((entry) => entry.startsWith(PATH))?.slice(PATH.length);
}
