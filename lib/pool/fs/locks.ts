// Locks on files. A lock that another has is asked for again, at first after a millisecond, then up
// to 25 apart: no thread waits for it, so that whoever never gives one back holds nobody else up,
// and an abort ends the wait. See flock(2), fcntl(2).
import { abortError, checkSignal, onAbort, throwIfAborted } from '../../base/abort.js';
import { invalidValue } from '../../base/errors.js';
import { type OptionNames, readOptions } from '../../base/options.js';
import { loopClosed } from '../../loop/errors.js';
import type { Batch } from '../batch.js';
import { checked } from './caller.js';
import { ContentRequests } from './contents.js';
import { type FileDescriptor, numberOfFile } from './descriptors.js';
import { checkFlag, checkLength, type FileOptions } from './options.js';

/** How a file is locked: by many who read, or by one. */
export type LockType = 'shared' | 'exclusive';

/** Options of `loop.fs.flock`. */
export interface FlockOptions extends FileOptions {
  /** Whether to wait while another has it; else EAGAIN. Default: true. */
  wait?: boolean | undefined;
}

/** Options of `loop.fs.lock`, `unlock` and `testLock`: the part of the file, and whose it is. */
export interface RecordLockOptions extends FlockOptions {
  /** Where it begins: bytes, default 0. */
  start?: number | undefined;
  /** How many bytes; 0, the default: to the end, however the file grows. */
  length?: number | undefined;
  /**
   * 'file': of the open file, and who shares it, until all have closed it (Linux, ENOTSUP elsewhere).
   * 'process', the default: of the process, until it closes any descriptor of that file.
   */
  owner?: 'file' | 'process' | undefined;
}

/** A lock in the way of one that was asked for. */
export interface LockInTheWay {
  /** How it is locked. */
  type: LockType;
  /** Where it begins: bytes. */
  start: number;
  /** How many bytes; 0: to the end. */
  length: number;
  /** The process that has it; -1: it is an open file's. */
  pid: number;
}

const FLOCK_NAMES: OptionNames<FlockOptions> = { wait: true, signal: true };
const RECORD_NAMES: OptionNames<RecordLockOptions> = {
  start: true,
  length: true,
  owner: true,
  wait: true,
  signal: true,
};

// LOCK_* of <sys/file.h>.
const LOCK = { shared: 1, exclusive: 2 } as const;
const LOCK_UN = 8;
// The arguments of the operation `lock`: see native/jobs/fs_locks.cc.
const RECORD = { shared: 0, exclusive: 1 } as const;
const UNLOCK = 2;
const TEST = 3;

const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 25;

function checkType(type: unknown): LockType {
  if (type === 'shared' || type === 'exclusive') return type;
  throw invalidValue('type', "'shared' or 'exclusive'");
}

const isTaken = (error: unknown) => {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EAGAIN' || code === 'EACCES' || code === 'EWOULDBLOCK';
};

/** Requests for locks. Use `loop.fs`. */
export abstract class LockRequests extends ContentRequests {
  /**
   * Locks a whole file, for whoever shares its open file, until that is closed or unlocked. Only
   * who asks for a lock is kept out. See flock(2).
   *
   * Rejects with a SystemError EAGAIN where another has it and `wait` is false; EBADF; else
   * as `stat` does.
   *
   * @example
   * await using file = await loop.fs.open('/tmp/lock', 'a');
   * await loop.fs.flock(file, 'exclusive', { signal: AbortSignal.timeout(1000) });
   */
  flock(file: FileDescriptor, type: LockType, options?: FlockOptions): Promise<void> {
    return checked(() => {
      const read = options === undefined ? {} : readOptions('options', options, FLOCK_NAMES);
      const [wait, signal] = [checkFlag('wait', read.wait, true), checkSignal(read.signal)];
      const operation = LOCK[checkType(type)];
      const ask = () => this.#flock(file, operation, signal);
      return wait ? this.#again(ask, signal) : ask();
    });
  }

  /** Gives it back. */
  funlock(file: FileDescriptor, options?: FileOptions): Promise<void> {
    return checked(() => {
      const read = options === undefined ? {} : readOptions('options', options, { signal: true });
      return this.#flock(file, LOCK_UN, checkSignal(read.signal));
    });
  }

  /**
   * Locks a part of a file: a record lock. A shared one asks for a file that is open for reading, an
   * exclusive one for one that is open for writing (EBADF). See fcntl(2).
   *
   * Rejects with a SystemError EAGAIN or EACCES where another has it and `wait` is false; ENOTSUP
   * for an owner that the system does not know; else as `flock` does.
   */
  lock(file: FileDescriptor, type: LockType, options?: RecordLockOptions): Promise<void> {
    return checked(() => {
      const { wait, signal, ...part } = readRecord(options);
      const action = RECORD[checkType(type)];
      const ask = () => this.#record(file, action, part, signal);
      return wait ? this.#again(ask, signal) : ask();
    });
  }

  /** Gives a part of a file back, which may be less than was locked. */
  unlock(file: FileDescriptor, options?: RecordLockOptions): Promise<void> {
    return checked(() => {
      const { signal, ...part } = readRecord(options);
      return this.#record(file, UNLOCK, part, signal);
    });
  }

  /** The first lock that is in the way of one; undefined: it could be had now. */
  testLock(
    file: FileDescriptor,
    type: LockType,
    options?: RecordLockOptions,
  ): Promise<LockInTheWay | undefined> {
    return checked(() => {
      const { signal, owner, start, length } = readRecord(options);
      const action = TEST + RECORD[checkType(type)];
      const fd = numberOfFile(file, 'fcntl');
      return this.ask('lock', [fd, owner, action, start, length], FCNTL, inTheWay, signal);
    });
  }

  #flock(file: FileDescriptor, operation: number, signal: AbortSignal | undefined) {
    const fd = numberOfFile(file, 'flock');
    return this.do('flock', [fd, operation], { syscall: 'flock' }, signal);
  }

  #record(
    file: FileDescriptor,
    action: number,
    { owner, start, length }: { owner: number; start: number; length: number },
    signal: AbortSignal | undefined,
  ) {
    const fd = numberOfFile(file, 'fcntl');
    return this.do('lock', [fd, owner, action, start, length], FCNTL, signal);
  }

  /** Until nobody else has it. Its timers hold the loop, as a request does. */
  async #again(ask: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        return await ask();
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
      await this.#wait(waitMs, signal);
    }
  }

  #wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { loop } = this.work;
    return new Promise((resolve, reject) => {
      throwIfAborted(signal);
      if (loop.closed) throw loopClosed();
      let unwatch = () => {};
      const closed = this.work.whileWaiting(reject);
      const timer = loop.setTimeout(() => {
        unwatch();
        closed();
        resolve();
      }, ms);
      if (signal === undefined) return;
      unwatch = onAbort(signal, () => {
        timer.close();
        closed();
        reject(abortError(signal));
      });
    });
  }
}

const FCNTL = { syscall: 'fcntl' };

function inTheWay(batch: Batch, row: number): LockInTheWay | undefined {
  const at = batch.place(row);
  const [type = 0, start = 0, length = 0, pid = 0] = batch.numbers.subarray(at, at + 4);
  if (type === 0) return undefined;
  return { type: type === 1 ? 'shared' : 'exclusive', start, length, pid };
}

function readRecord(options: RecordLockOptions | undefined) {
  const read = options === undefined ? {} : readOptions('options', options, RECORD_NAMES);
  const { owner = 'process' } = read;
  if (owner !== 'process' && owner !== 'file') {
    throw invalidValue('options.owner', "'process' or 'file'");
  }
  return {
    wait: checkFlag('wait', read.wait, true),
    signal: checkSignal(read.signal),
    owner: owner === 'file' ? 1 : 0,
    start: checkLength('options.start', read.start),
    length: checkLength('options.length', read.length),
  };
}
