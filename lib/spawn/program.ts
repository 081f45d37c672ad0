// Which program a child runs, with which arguments and environment: checked, and its places
// found as execvp(3) finds them, by the PATH that the child gets.
import { invalidType, invalidValue } from '../loop/errors.js';

/** What a process is told by names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs are, for who has no PATH. */
const DEFAULT_PATH = '/usr/local/bin:/bin:/usr/bin';

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
  return Array.from(value, (argument, index) => checkText(`args[${index}]`, argument));
}

/** `NAME=value` for each own member that has one. @throws TypeError */
export function environmentOf(given: Environment | undefined): string[] {
  const source: unknown = given ?? process.env;
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw invalidType('options.env', 'an object');
  }
  const found: string[] = [];
  for (const name of Object.keys(source)) {
    const value = (source as Environment)[name];
    if (value === undefined) continue;
    found.push(`${checkText('options.env', name)}=${checkText(`options.env.${name}`, value)}`);
  }
  return found;
}

/** Where `file` may be, in the order to try. */
export function candidatesOf(file: string, environment: readonly string[]): string[] {
  if (file.includes('/')) return [file];
  const path = environment.find((entry) => entry.startsWith('PATH='))?.slice(5) ?? DEFAULT_PATH;
  // An empty part is the folder that the child is in.
  return path.split(':').map((folder) => (folder === '' ? `./${file}` : `${folder}/${file}`));
}
