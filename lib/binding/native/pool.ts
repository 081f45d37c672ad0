// What native/pool/ exports; see pool.h.
import type { Bytes } from './memory.js';

/** The threads and their queues. */
export interface NativePool {
  /** Opens the wake-up; true asks for a pipe. The descriptor to watch, or -errno. */
  open(pipe: boolean): number;
  /** A request's id, or -errno when there is no thread. So does each submit method. */
  submitStat(path: string | Uint8Array, flags: number): number;
  submitPbkdf2(
    password: Bytes,
    salt: Bytes,
    iterations: number,
    keyBytes: number,
    digest: string,
  ): number;
  /** True: it was queued, and its id is free. False: its completion comes. */
  cancel(id: number): boolean;
  /** Fills rows; their ids are free from the next call on. */
  takeCompletions(rows: ArrayBuffer): number;
  /** Copies the bytes of a row of the batch into `target`, once. How many. */
  takeBytes(row: number, target: Bytes, offset: number): number;
  resize(size: number): void;
  stats(): PoolStats;
  close(): void;
}

/** What a pool is doing. */
export interface PoolStats {
  /** Threads wanted. */
  size: number;
  /** Threads alive: 0 before the first request. */
  threads: number;
  /** Of these, waiting for work. */
  idle: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done whose results the loop has not taken yet. */
  finished: number;
  /** Requests done since the start, taken or not. */
  completed: number;
  /** Times that the loop was woken for them: one a batch. */
  wakeups: number;
  /** Why the last thread could not be started: -errno, 0 when all could. */
  startErrno: number;
}

export interface PoolCalls {
  Pool: new (size: number, stackBytes: number) => NativePool;
}
