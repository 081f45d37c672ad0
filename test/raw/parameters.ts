// What a raw call takes: the kinds of parameters of which signatures.ts makes its table.
import type * as raw from '../../lib/raw/index.js';

export interface Parameter {
  name: string;
  /** A value with which the call does something harmless and does not block. */
  good: unknown;
  /** Whether `value` may be taken. */
  takes(value: unknown): boolean;
}

export type Call = (...args: unknown[]) => unknown;

export function isInteger(min: number, max: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

export const INT32 = isInteger(-(2 ** 31), 2 ** 31 - 1);
export const SAFE = isInteger(0, 2 ** 53 - 1);
/** Also an empty one: ENOENT. */
export const isPath = (value: unknown): boolean =>
  typeof value === 'string' && !value.includes('\0');
export const isAbsent = (value: unknown): boolean => value === undefined || value === null;

export const fd = (good: number, name = 'fd'): Parameter => ({
  name,
  good,
  takes: isInteger(0, 2 ** 31 - 1),
});
export const int = (name: string, good: number): Parameter => ({ name, good, takes: INT32 });
export const memory = (good: raw.Bytes): Parameter => ({
  name: 'buffer',
  good,
  takes: () => false,
});
export const optional = (parameter: Parameter): Parameter => ({
  ...parameter,
  takes: (value) => isAbsent(value) || parameter.takes(value),
});
