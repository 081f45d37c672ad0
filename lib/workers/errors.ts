// Why a job was not done, or its result did not come.
import { codedError } from '../base/errors.js';
import { EXIT_CODE, EXITED } from './layout.js';
import { NOT_CLONED, type Report } from './messages.js';

export const queueFull = (maxQueued: number) =>
  codedError(
    Error,
    'ERR_WORKERS_QUEUE_FULL',
    `${maxQueued} jobs wait for a worker already: see maxQueued`,
  );

export const notLoaded = (cause: unknown) =>
  withCause(
    codedError(
      Error,
      'ERR_WORKER_NOT_LOADED',
      `the worker's code could not be loaded: ${textOf(cause)}`,
    ),
    cause,
  );

export const notStarted = (cause: unknown) =>
  withCause(
    codedError(Error, 'ERR_WORKER_NOT_STARTED', `a worker could not be started: ${textOf(cause)}`),
    cause,
  );

export const startTimedOut = (limitMs: number) =>
  codedError(Error, 'ETIMEDOUT', `it was not there after ${limitMs} ms`);

function withCause<E extends Error>(error: E, cause: unknown): E {
  error.cause = cause;
  return error;
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/**
 * Why a thread has ended, by what it left: an error that nobody caught, a code; neither is there
 * when its memory was over, as then none of its code runs any more.
 */
export function threadEnded(words: Int32Array, uncaught: { error: unknown } | undefined): Error {
  if (uncaught !== undefined) {
    const message = `the worker ended by an error: ${textOf(uncaught.error)}`;
    return withCause(codedError(Error, 'ERR_WORKER_EXITED', message), uncaught.error);
  }
  if (Atomics.load(words, EXITED) === 1) {
    const exitCode = Atomics.load(words, EXIT_CODE);
    const message = `the worker ended with code ${exitCode} before the job was done`;
    return Object.assign(codedError(Error, 'ERR_WORKER_EXITED', message), { exitCode });
  }
  return codedError(
    Error,
    'ERR_WORKER_OUT_OF_MEMORY',
    'the worker was ended as it had no memory left: see resourceLimits',
  );
}

/** Properties of an error that are seldom to be listed. */
const HIDDEN = new Set(['name', 'cause']);

/** What a job's promise rejects with, by the thread's report. */
export function errorOf([, outcome, value, , , details]: Report): unknown {
  if (outcome === NOT_CLONED) {
    return new DOMException(`the result of the job: ${String(value)}`, 'DataCloneError');
  }
  if (details === undefined || typeof value !== 'object' || value === null) return value;
  for (const key of Object.keys(details)) {
    const property = { value: details[key], writable: true, enumerable: !HIDDEN.has(key) };
    Object.defineProperty(value, key, { ...property, configurable: true });
  }
  return value;
}
