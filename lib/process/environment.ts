// The environment variables by which a service manager speaks to a process. They come from
// outside, so what they say is read strictly: half a number is an error and not a number.
import { codedError } from '../base/errors.js';

const DECIMAL = /^(0|[1-9]\d{0,15})$/;

/** A variable: what it is called, and what it says, if it is set. */
type Variable = readonly [name: string, text: string | undefined];

/** The error of a variable that says what none of its kind says. */
export function badVariable(name: string, text: string, expected: string): Error {
  const shown = text.length <= 80 ? text : `${text.slice(0, 80)}...`;
  return codedError(
    Error,
    'ERR_INVALID_ARG_VALUE',
    `The environment variable ${name} must be ${expected}, not '${shown}'`,
  );
}

/**
 * A variable that is a whole number in decimal digits; undefined when it is not set.
 *
 * @throws Error ERR_INVALID_ARG_VALUE for anything else, also for spaces and signs
 */
export function numberOf([name, text]: Variable, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw badVariable(name, text, `a number from ${min} to ${max}`);
}

/**
 * Whether what goes with this variable is for this process: a child has the environment of
 * its parent, and what that was told. Undefined when it is not set.
 *
 * @throws Error ERR_INVALID_ARG_VALUE for what is no process id
 */
export function isForUs(variable: Variable): boolean | undefined {
  const pid = numberOf(variable, 1, 2 ** 31 - 1);
  return pid === undefined ? undefined : pid === process.pid;
}

/** Takes variables away, so that children do not see them. */
export function unset(names: readonly string[]): void {
  for (const name of names) delete process.env[name];
}
