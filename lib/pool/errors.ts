// The coded errors of a pool, each named once.
import { codedError, SystemError } from '../raw/errors.js';

export const poolClosed = () =>
  codedError(Error, 'ERR_POOL_CLOSED', 'the pool is closed: it takes no requests any more');

export const queueFull = (lane: string) =>
  codedError(
    Error,
    'ERR_POOL_QUEUE_FULL',
    `as many requests wait in the pool, or in its lane ${lane}, as may: see maxQueued; ` +
      'await pool.drained() before the next',
  );

export const noProcessors = () =>
  codedError(
    Error,
    'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    'processors: this system does not bind threads to processors',
  );

/** @param errno of pthread_create(3), as -errno */
export function noThread(errno: number): Error {
  const cause = new SystemError(errno, 'pthread_create');
  const error = codedError(
    Error,
    'ERR_POOL_NO_THREAD',
    `the pool has no thread and could not start one: ${cause.message}`,
  );
  error.cause = cause;
  return error;
}
