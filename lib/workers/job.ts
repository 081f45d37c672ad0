// One job: its promise, its input, its signal; and a list of jobs, out of which any may be
// taken: one whose signal aborts while it waits leaves no trace.
import { abortError, onAbort } from '../base/abort.js';

/** The promise rejects at once; what becomes of the work is the option `abortGraceMs`. */
const HAD_BEGUN = 'The operation was aborted while its job was running in a worker';

/** The thread that was given a job, as the job knows it. */
export interface JobHolder {
  /** Takes it back. False when it has begun. */
  withdraw(job: Job): boolean;
  /** Nobody waits for it any more, though it has begun. */
  abandon(job: Job): void;
  /** Whether it goes on although nobody waits for it. */
  goesOn(job: Job): boolean;
}

export class Job {
  readonly input: unknown;
  readonly transfer: readonly object[] | undefined;
  /** When it was asked for, in ms of the loop's clock. */
  readonly askedMs: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** In a list: its neighbours. */
  before: Job | undefined;
  behind: Job | undefined;
  /** The thread that was given it, and where there. */
  holder: JobHolder | undefined;
  place = -1;
  /** Its promise is settled. */
  isOver = false;
  #unwatch: (() => void) | undefined;

  constructor(
    input: unknown,
    transfer: readonly object[] | undefined,
    askedMs: number,
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) {
    this.input = input;
    this.transfer = transfer;
    this.askedMs = askedMs;
    this.resolve = resolve;
    this.reject = reject;
  }

  /** Calls `cancel` when `signal` aborts before the job is over. */
  watch(signal: AbortSignal, cancel: (job: Job, error: Error) => void): void {
    this.#unwatch = onAbort(signal, () => {
      const hasBegun = this.holder?.withdraw(this) === false;
      cancel(this, abortError(signal, hasBegun ? HAD_BEGUN : undefined));
    });
  }

  /** It is over, once: a signal that lives on must not keep it. False: it was before. */
  end(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    this.#unwatch?.();
    this.#unwatch = undefined;
    return true;
  }

  /** What it is called in records. */
  describe(): string {
    return 'workers.run';
  }
}

/** Jobs in the order in which they came. */
export class JobList {
  #first: Job | undefined;
  #last: Job | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The oldest, which stays. */
  get first(): Job | undefined {
    return this.#first;
  }

  push(job: Job): void {
    job.before = this.#last;
    if (this.#last === undefined) this.#first = job;
    else this.#last.behind = job;
    this.#last = job;
    this.#size++;
  }

  /** Puts it before all others. */
  unshift(job: Job): void {
    job.behind = this.#first;
    if (this.#first === undefined) this.#last = job;
    else this.#first.before = job;
    this.#first = job;
    this.#size++;
  }

  /** Takes `job` out, which is in here. */
  remove(job: Job): void {
    const { before, behind } = job;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
    job.before = job.behind = undefined;
    this.#size--;
  }

  /** The oldest, taken out. */
  shift(): Job | undefined {
    const job = this.#first;
    if (job !== undefined) this.remove(job);
    return job;
  }
}
