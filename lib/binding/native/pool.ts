// What native/pool/ and native/jobs/ export; see binding.h, rows.h and family.h there.
import type { Bytes } from './descriptors.js';

/** Threads and their lanes, which the pools of several loops may use. */
export interface NativeThreads {
  /**
   * The number of a new lane, from 0 on, or -errno. `limit`: threads at once; `halves`: and
   * at most half of all.
   */
  addLane(
    name: string,
    limit: number,
    halves: boolean,
    priority: number,
    maxQueued: number,
  ): number;
  /** A number by which another thread of the process makes its own object of these. */
  share(): number;
  resize(size: number): void;
  stats(): NativeThreadsStats;
  /** What is queued comes back dropped, what runs as it is done. */
  close(): void;
}

/** A loop's side of them: its requests and their completions. */
export interface NativePool {
  /** Opens the wake-up; true asks for a pipe. The descriptor to watch by edges, or -errno. */
  open(pipe: boolean): number;
  /** True: it was queued, and its id is free. False: its completion comes. */
  cancel(id: number): boolean;
  /** Fills rows and results, see native/pool/rows.h; ids are free from the next call on. */
  takeCompletions(memory: ArrayBuffer, rows: number): number;
  /** Copies the bytes of a row of the batch into `target`, once. How many. */
  takeBytes(row: number, target: Bytes, offset: number): number;
  /** The descriptor becomes ready, once, when a queue came down to half of what may wait. */
  awaitHalf(): void;
  /** `finished`: done and not taken; `wakeups`: times that the descriptor was rung. */
  stats(): { finished: number; wakeups: number };
  close(): void;
}

/** What one kind of work is doing on a pool. */
export interface NativeLaneStats {
  name: string;
  /** Threads that it may have at once. */
  limit: number;
  /** Jobs of a turn. */
  priority: number;
  /** Requests that may wait. */
  maxQueued: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done since the start. */
  completed: number;
}

/** What the threads of a pool are doing. */
export interface NativeThreadsStats {
  /** Threads wanted. */
  size: number;
  /** Requests that may wait for a thread. */
  maxQueued: number;
  /** Threads alive: 0 before the first request. */
  threads: number;
  /** Of these, waiting for work. */
  idle: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done since the start, their results taken or not. */
  completed: number;
  /** Why the last thread could not be started: -errno, 0 when all could. */
  startErrno: number;
  /** By number. */
  lanes: NativeLaneStats[];
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
type FilePath = string | Uint8Array;
type Times = [atimeSec: number, atimeNs: number, mtimeSec: number, mtimeNs: number];
export type FsOperations = {
  stat: [path: FilePath, flags: number];
  fstat: [fd: number, flags: number];
  statfs: [path: FilePath, flags: number];
  statvfs: [path: string | Uint8Array];
  access: [path: FilePath, mode: number];
  rename: [from: FilePath, to: FilePath];
  link: [existing: FilePath, path: FilePath];
  symlink: [target: FilePath, path: FilePath];
  unlink: [path: FilePath];
  rmdir: [path: FilePath];
  mkdir: [path: FilePath, mode: number];
  chmod: [path: FilePath, mode: number];
  chown: [path: FilePath, uid: number, gid: number];
  lchown: [path: FilePath, uid: number, gid: number];
  utimes: [path: FilePath, ...times: Times];
  lutimes: [path: FilePath, ...times: Times];
  truncate: [path: FilePath, length: number];
  readlink: [path: FilePath];
  realpath: [path: FilePath];
  mkdtemp: [prefix: FilePath];
  mkdirs: [path: FilePath, mode: number];
  open: [path: FilePath, flags: number, mode: number];
  close: [fd: number];
  fsync: [fd: number];
  fdatasync: [fd: number];
  ftruncate: [fd: number, length: number];
  fchmod: [fd: number, mode: number];
  fchown: [fd: number, uid: number, gid: number];
  futimes: [fd: number, ...times: Times];
  lseek: [fd: number, offset: number, whence: number];
  read: [fd: number, length: number, position: number];
  write: [fd: number, position: number, bytes: Bytes];
  readFile: [path: FilePath, flags: number];
  readRest: [fd: number];
  writeFile: [path: FilePath, flags: number, mode: number, bytes: Bytes];
  writeRest: [fd: number, bytes: Bytes];
  readdir: [path: FilePath, types: number];
  entries: [fd: number];
  listing: [fd: number];
  rm: [path: FilePath, flags: number];
  copyFile: [from: FilePath, to: FilePath, flags: number];
  flock: [fd: number, operation: number];
  lock: [fd: number, owner: number, action: number, start: number, length: number];
  sendFile: [socket: number, file: number, offset: number, count: number];
};
type CryptoOperations = {
  pbkdf2: [password: Bytes, salt: Bytes, iterations: number, keyBytes: number, digest: string];
  scrypt: [
    password: Bytes,
    salt: Bytes,
    cost: number,
    blockSize: number,
    parallelization: number,
    maxmem: number,
    keyBytes: number,
  ];
  randomBytes: [size: number];
  hash: [digest: string, data: Bytes];
};
type DnsOperations = {
  lookup: [host: string, family: number, flags: number];
  lookupService: [address: string, port: number];
};

/**
 * What never waits: see native/jobs/fs_inline_linux.cc, transfers_now_linux.cc. Each returns -errno
 * where it would. `mounts` 0: -EXDEV where the path leads to another mount. `devices`: those of
 * which a file may be looked at or written; -EXDEV: its own is the first of the cells.
 */
export interface InlineCalls {
  /** The fields of a path's status, into `cells`. `flags` are those of the operation stat. */
  lookNow(
    path: FilePath,
    flags: number,
    mounts: number,
    cells: Float64Array | BigInt64Array,
    devices: Float64Array,
  ): number;
  /** The same of what is open. */
  statNow(
    fd: number,
    flags: number,
    cells: Float64Array | BigInt64Array,
    devices: Float64Array,
  ): number;
  /** A descriptor of a regular file. */
  openNow(path: FilePath, flags: number, mounts: number): number;
  /** As many bytes as `buffer` has, or all up to the end of the file. */
  readNow(fd: number, buffer: Uint8Array, position: number): number;
  /** How many bytes, of a regular file of one of `devices`. */
  pwriteNow(
    fd: number,
    buffer: Uint8Array,
    position: number,
    device: Float64Array,
    devices: Float64Array,
  ): number;
  /** The whole of a file; -EFBIG: it has more than `max` bytes. */
  readFileNow(path: FilePath, flags: number, mounts: number, max: number): Uint8Array | number;
}

/** What an interface calls; each returns 0 or more, or -errno. */
export interface ForeignFunctions {
  /** The number of a lane. */
  lane(name: string): number;
  submit(id: number, lane: number): number;
  cancel(id: number): number;
  watch(id: number, fd: number, events: number): number;
  modify(id: number, events: number): number;
  unwatch(id: number): number;
}

export interface PoolCalls extends InlineCalls {
  /** Closes at once what is owned here, or leaves it to the requests that have it: 0 or -errno. */
  closeFile(fd: number): number;
  /** What other addons get of a loop: see native/pool/foreign.h and include/rawloop.h. */
  openInterface: (functions: ForeignFunctions) => object;
  /** The id of the request, or -errno. */
  submitForeign: (pool: NativePool, lane: number, open: object, id: number) => number;
  /** It is done: tells so, and drops it. */
  foreignDone: (open: object, id: number, result: number) => void;
  foreignReady: (open: object, id: number, fd: number, events: number) => void;
  /** It is not called any more: drops it. */
  foreignOver: (open: object, id: number) => void;
  Threads: {
    new (
      size: number,
      stackBytes: number,
      idleMs: number,
      maxQueued: number,
      processors: Int32Array,
    ): NativeThreads;
    /** Those that another thread shares, whose they stay. */
    new (number: number): NativeThreads;
  };
  /** 0, or -errno: -ENOSYS where threads are not bound to processors. */
  checkProcessors: (processors: Int32Array) => number;
  Pool: new (threads: NativeThreads) => NativePool;
  submitFs: Submit<FsOperations>;
  readonly fsOperations: OperationNumbers<FsOperations>;
  /** Whether the host has an OpenSSL by symbols, and that knows the digest, if one is named. */
  hasOpenSsl: (digest: string | undefined) => boolean;
  submitCrypto: Submit<CryptoOperations>;
  readonly cryptoOperations: OperationNumbers<CryptoOperations>;
  submitDns: Submit<DnsOperations>;
  readonly dnsOperations: OperationNumbers<DnsOperations>;
}
