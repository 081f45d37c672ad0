// Checks of what users pass, before any side effect.
import { invalidType, outOfRange } from './errors.js';

export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidType(name, 'a function');
}

/** @throws TypeError for no number, RangeError for NaN, a fraction or out of range */
export function checkInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value !== 'number') throw invalidType(name, 'a number');
  if (!Number.isInteger(value) || value < min || value > max) {
    throw outOfRange(name, `an integer from ${min} to ${max}`, value);
  }
  return value;
}

export function checkDescriptor(name: string, value: unknown): number {
  return checkInteger(name, value, 0, 2 ** 31 - 1);
}

/**
 * A copy of an options object without a prototype, each option read once: a
 * polluted prototype adds nothing and a getter cannot answer twice.
 *
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is not an object
 */
export function readOptions<T extends object>(name: string, options: T): T {
  if (typeof options !== 'object' || options === null) throw invalidType(name, 'an object');
  return Object.assign(Object.create(null) as T, options);
}

export function checkSignal(signal: unknown): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  if (signal instanceof AbortSignal) return signal;
  throw invalidType('options.signal', 'an AbortSignal');
}
