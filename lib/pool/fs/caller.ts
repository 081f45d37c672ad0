// What every request on files goes through: the checks, whose errors reject, and the pool.
import type { FsOperations } from '../../binding/index.js';
import {
  type About,
  FileCall,
  type FileOperation,
  HandleCall,
  kindOf,
  type ValueOf,
} from './call.js';
import { REFUSED } from './inline/in-memory.js';
import { nothing } from './values.js';
import { type Attempt, type FileWork, UNTRIED } from './work.js';

/** Where a request is done, and how long. */
interface Where {
  readonly signal: AbortSignal | undefined;
  /** Whether to try without a thread; undefined: what the loop says. */
  readonly inline: boolean | undefined;
}

/** `make`, which checks its arguments first: what they throw rejects. */
export function checked<T>(make: () => Promise<T>): Promise<T> {
  try {
    return make();
  } catch (error) {
    return Promise.reject(error);
  }
}

function isUntaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ERR_POOL_QUEUE_FULL' || code === 'ERR_POOL_NO_THREAD';
}

/** Makes requests. The requests themselves are the classes below it: see fs.ts. */
export abstract class FileCaller {
  /** @internal */ protected readonly work: FileWork;

  /** @internal */
  constructor(work: FileWork) {
    this.work = work;
  }

  /** @internal */
  protected ask<T, Name extends FileOperation>(
    name: Name,
    args: FsOperations[Name],
    about: About,
    value: ValueOf<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.work.submit(new FileCall(resolve, reject, name, args, about, value), signal);
    });
  }

  /** The same for a handle: it does not hold the loop. @internal */
  protected askForHandle<T, Name extends FileOperation>(
    name: Name,
    args: FsOperations[Name],
    about: About,
    value: ValueOf<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      this.work.submit(new HandleCall(resolve, reject, name, args, about, value), undefined);
    });
  }

  /**
   * The same as `ask`, by `attempt` where the kernel has it in memory. What came of that when it was aborted
   * before anybody heard of it is given to `discard`.
   *
   * @internal
   */
  protected tryOrAsk<T, Name extends FileOperation>(
    name: Name,
    args: FsOperations[Name],
    about: About,
    value: ValueOf<T>,
    { signal, inline }: Where,
    attempt: Attempt<T>,
    discard: (value: T) => void = nothing,
  ): Promise<T> {
    const done = this.work.tryNow(kindOf(name, about), signal, inline, attempt);
    if (done === REFUSED) return this.ask(name, args, about, value, signal);
    if (done !== UNTRIED) return Promise.resolve(done);
    return new Promise((resolve, reject) => {
      const call = new FileCall(resolve, reject, name, args, about, value);
      this.work.start(call, signal, inline, attempt, discard);
    });
  }

  /**
   * Closes a descriptor on a thread, or at once where the queue is full or there is no thread: the
   * job that was not taken closes it as it goes.
   *
   * @internal
   */
  protected closing(fd: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const call = new FileCall(resolve, reject, 'close', [fd], { syscall: 'close' }, nothing);
      try {
        this.work.submit(call, undefined);
      } catch (error) {
        if (!isUntaken(error)) throw error;
        resolve();
      }
    });
  }

  /** The same of what has no result. @internal */
  protected do<Name extends FileOperation>(
    name: Name,
    args: FsOperations[Name],
    about: About,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    return this.ask(name, args, about, nothing, signal);
  }
}
