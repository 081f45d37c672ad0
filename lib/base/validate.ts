// Checks of single values that users pass, before any side effect. Options objects are
// read by base/options.ts, signals by base/abort.ts.
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
