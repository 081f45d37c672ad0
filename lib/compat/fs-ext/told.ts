// How fs-ext checks its arguments, and tells errors: those of the host, whose `errno` is positive.
import { constants } from '../../raw/constants.js';
import { SystemError } from '../../raw/errors.js';

/** @throws TypeError */
export function checkNumber(value: unknown): number {
  if (typeof value === 'number' && (value | 0) === value) return value;
  throw new TypeError('Bad argument');
}

/** The error of a call that gave `result`, -errno. */
export function errorOf(result: number, syscall: string, path?: string): Error {
  return asThere(new SystemError(result, syscall, path === undefined ? undefined : { path }));
}

function asThere(error: SystemError): Error {
  return Object.defineProperty(error, 'errno', {
    value: -error.errno,
    enumerable: true,
    writable: true,
    configurable: true,
  });
}

/** Calls `done` with what a request amounts to. What it throws is nobody's rejection. */
export function tell<T>(request: Promise<T>, done: (error: Error | null, value?: T) => void): void {
  const call = (error: Error | null, value?: T) =>
    setImmediate(() => (error === null ? done(null, value) : done(error)));
  request.then(
    (value) => call(null, value),
    (error) => call(error instanceof SystemError ? asThere(error) : error),
  );
}

/** The same of a call that was made: `result` is what it gave, or -errno. */
export function later(
  result: number,
  syscall: string,
  done: (error: Error | null, value?: number) => void,
): void {
  setImmediate(() => (result < 0 ? done(errorOf(result, syscall)) : done(null, result)));
}

export const EBADF = -(constants['EBADF'] as number);
