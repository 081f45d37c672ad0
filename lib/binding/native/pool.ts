// What native/pool/ and native/jobs/ export; see binding.h, rows.h and family.h there.
import type { Bytes } from './descriptors.js';

/** The threads and their queues. */
export interface NativePool {
  /** Opens the wake-up; true asks for a pipe. The descriptor to watch by edges, or -errno. */
  open(pipe: boolean): number;
  /** The number of a new lane, from 0 on, or -errno. `limit`: threads at once. */
  addLane(limit: number): number;
  /** True: it was queued, and its id is free. False: its completion comes. */
  cancel(id: number): boolean;
  /** Fills rows and results, see native/pool/rows.h; ids are free from the next call on. */
  takeCompletions(memory: ArrayBuffer, rows: number): number;
  /** Copies the bytes of a row of the batch into `target`, once. How many. */
  takeBytes(row: number, target: Bytes, offset: number): number;
  resize(size: number): void;
  stats(): NativePoolStats;
  close(): void;
}

/** What one kind of work is doing on a pool. */
export interface LaneStats {
  /** Threads that it may have at once. */
  limit: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done since the start. */
  completed: number;
}

/** What a pool is doing. */
export interface NativePoolStats {
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
  /** By number. */
  lanes: LaneStats[];
}

/** How a family of requests is submitted: an id, or -errno; see native/pool/family.h. */
type Submit<Operations extends Record<string, unknown[]>> = <Name extends keyof Operations>(
  pool: NativePool,
  lane: number,
  operation: OperationNumber<Name>,
  ...args: Operations[Name]
) => number;
declare const operationName: unique symbol;
type OperationNumber<Name> = number & { [operationName]: Name };
type OperationNumbers<Operations> = { readonly [Name in keyof Operations]: OperationNumber<Name> };

/** The arguments of each. */
type FsOperations = {
  stat: [path: string | Uint8Array, flags: number];
  readlink: [path: string | Uint8Array];
  access: [path: string | Uint8Array, mode: number];
};
type CryptoOperations = {
  pbkdf2: [password: Bytes, salt: Bytes, iterations: number, keyBytes: number, digest: string];
};
type DnsOperations = {
  lookup: [host: string, family: number, flags: number];
  lookupService: [address: string, port: number];
};

export interface PoolCalls {
  Pool: new (size: number, stackBytes: number) => NativePool;
  submitFs: Submit<FsOperations>;
  readonly fsOperations: OperationNumbers<FsOperations>;
  submitCrypto: Submit<CryptoOperations>;
  readonly cryptoOperations: OperationNumbers<CryptoOperations>;
  submitDns: Submit<DnsOperations>;
  readonly dnsOperations: OperationNumbers<DnsOperations>;
}
