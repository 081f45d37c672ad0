// Options objects, and objects of handlers: read once, from own members only, and
// refused when they have a name that is not known. An option that is spelt wrong
// would be an option that is not there: a server with `hostname` would listen on
// every address.
import { codedError, invalidType } from './errors.js';
import { nearestName } from './nearest.js';

/**
 * The names that an options interface has, each once: the compiler refuses a list that
 * lacks one, and one that has more.
 *
 * @example
 * const NAMES: OptionNames<RecorderOptions> = { capacity: true };
 */
export type OptionNames<T> = Readonly<Record<keyof T, true>>;

/** The error of a name that is not known, with the one that was meant. */
export function unknownName(object: string, name: string, known: readonly string[]): Error {
  const nearest = nearestName(name, known);
  const meant =
    nearest === undefined ? `known are ${known.join(', ')}` : `did you mean '${nearest}'?`;
  // It may be anything that JSON.parse gives.
  const shown = name.length <= 80 ? name : `${name.slice(0, 80)}...`;
  return codedError(
    TypeError,
    'ERR_INVALID_ARG_VALUE',
    `The "${object}.${shown}" argument is not known: ${meant}`,
  );
}

function checkObject(name: string, given: unknown): asserts given is object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalidType(name, 'an object');
  }
}

/**
 * A copy of an options object without a prototype, each option read once: a
 * polluted prototype adds nothing and a getter cannot answer twice. What is
 * undefined is not given, symbols are not options.
 *
 * @param known the names of the options, in the order in which they are told
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is not an object,
 *   ERR_INVALID_ARG_VALUE for an option that is not known
 */
export function readOptions<T extends object>(name: string, given: T, known: OptionNames<T>): T {
  checkObject(name, given);
  const options: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(given)) {
    const value = (given as Record<string, unknown>)[key];
    if (value === undefined) continue;
    if (!Object.hasOwn(known, key)) throw unknownName(name, key, Object.keys(known));
    options[key] = value;
  }
  return options as T;
}

/** Whether an object is one of braces or of `Object.create(null)`, in whichever realm. */
function isPlain(object: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/**
 * Checks an object of handlers, which stays the user's: what is known must be a
 * function, and a plain object has no other functions. An instance of a class may have
 * what it likes, and every object data of its own.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is no object, or a handler is no
 *   function; ERR_INVALID_ARG_VALUE for a function that is no handler
 */
export function checkHandlerNames<T extends object>(
  name: string,
  given: T,
  known: OptionNames<T>,
): void {
  checkObject(name, given);
  const names = Object.keys(known);
  for (const key of names) {
    const value: unknown = given[key as keyof T];
    if (value === undefined || typeof value === 'function') continue;
    throw invalidType(`${name}.${key}`, 'a function');
  }
  if (!isPlain(given)) return;
  for (const key of Object.keys(given)) {
    // A getter is not asked: it is no function, and what it does is its own business.
    const value: unknown = Object.getOwnPropertyDescriptor(given, key)?.value;
    if (typeof value !== 'function' || Object.hasOwn(known, key)) continue;
    throw unknownName(name, key, names);
  }
}
