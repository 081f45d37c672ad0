// Why there is no child.
import { SystemError, type SystemErrorDetails } from '../raw/errors.js';

/**
 * A process that could not be started: `syscall` is the call that failed, in this process or in
 * the child before its program ran, `path` the program, or the folder, terminal or file that it
 * was about.
 */
export interface SpawnError extends SystemError {
  /** The arguments that it was to be given, without the first, which is its name. */
  readonly spawnargs: readonly string[];
}

/** Says of `error` which arguments the child was to be given. */
export function withArguments(error: SystemError, args: readonly string[]): SpawnError {
  // Not by an assignment: a setter of a prototype would run.
  return Object.defineProperty(error, 'spawnargs', { value: args, enumerable: true }) as SpawnError;
}

/** @param errno negative */
export function spawnError(
  errno: number,
  syscall: string,
  args: readonly string[],
  details?: SystemErrorDetails,
): SpawnError {
  return withArguments(new SystemError(errno, syscall, details), args);
}
