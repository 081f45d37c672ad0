// loop.workers: JavaScript jobs on threads of their own, from either mode of the loop. A
// thread tells of results by a waker of this handle, so nothing of it needs the host's loop.
// Which thread does what is crew.ts's; what runs in the threads is in thread/.
import { throwIfAborted } from '../base/abort.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed, loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { Histogram } from '../loop/histogram.js';
import { summary } from '../loop/time-summary.js';
import { Interest, wake } from '../poller/index.js';
import { createHandleWaker } from '../poller/waker.js';
import { Crew, type CrewEvents } from './crew.js';
import { errorOf, queueFull, startTimedOut } from './errors.js';
import { Job, type JobHolder, JobList } from './job.js';
import { TOLD } from './layout.js';
import { DONE, type Report } from './messages.js';
import {
  type RunOptions,
  readRunOptions,
  readWorkersOptions,
  type Settings,
  type WorkersOptions,
} from './options.js';
import { Held, Starts } from './starts.js';
import type { WorkersStats } from './stats.js';
import type { JobThread } from './thread.js';

/** Reports taken in a turn; what is left wakes the loop again, so that others get a turn. */
const SHARE = 256;
const NS = 1e6;

/**
 * What `loop.workers` returns. It does not hold the loop; a job that is not settled does.
 *
 * `Input` is what jobs are given, `Result` what they give.
 */
export class Workers<Input = unknown, Result = unknown> extends Handle {
  readonly #settings: Settings;
  readonly #held: Held;
  readonly #told = new Int32Array(new SharedArrayBuffer(4));
  readonly #queue = new JobList();
  readonly #crew: Crew;
  readonly #wait = new Histogram();
  readonly #run = new Histogram();
  readonly #starts: Starts;
  #unsettled = 0;
  #completed = 0;
  #isEnding = false;

  /** @internal Use `loop.workers`. */
  constructor(loop: HandleLoop, options: WorkersOptions, isGentle = false) {
    const settings = readWorkersOptions(options, isGentle);
    super(loop);
    if (loop.closed) throw loopClosed();
    this.#settings = settings;
    this.unref();
    const waker = createHandleWaker();
    try {
      this.start(waker.readFd, Interest.READ | (waker.edge ? Interest.EDGE : 0));
    } catch (error) {
      waker.close();
      throw error;
    }
    this.#held = new Held(waker);
    loop.holdings.add(this.#held);
    this.#starts = new Starts(loop, this.#held, settings.startTimeoutMs);
    this.#crew = new Crew(settings, this.#queue, this.#events(), this.#told, waker.shared);
  }

  override get kind(): string {
    return 'Workers';
  }

  /** @internal */
  override get label(): string {
    return `Workers ${this.#settings.name}`;
  }

  /**
   * Has a thread call the function of the file with `input`, a copy of it as
   * `structuredClone` makes it, and gives its result the same way. The copy is made when a
   * thread takes the job: do not change `input` before the promise is settled. Memory of a
   * SharedArrayBuffer is shared.
   *
   * An abort rejects at once with an AbortError. A job that waits is never begun. One that is
   * running is told of it, by its `context`; where it has not ended after `abortGraceMs` its
   * thread is ended and replaced.
   *
   * Rejects with what the job throws, a copy with `code` and other properties of its own; a
   * DataCloneError when input or result cannot be copied; an Error ERR_WORKERS_QUEUE_FULL,
   * ERR_WORKER_NOT_LOADED, ERR_WORKER_NOT_STARTED, ERR_WORKER_EXITED,
   * ERR_WORKER_OUT_OF_MEMORY, ERR_HANDLE_CLOSED, ERR_LOOP_CLOSED; an AbortError ABORT_ERR;
   * a TypeError for a bad option.
   *
   * @example
   * const sum = await workers.run([1, 2, 3], { signal: AbortSignal.timeout(1000) });
   */
  run(input: Input, options?: RunOptions): Promise<Result> {
    // What the executor throws rejects the promise.
    return new Promise((resolve, reject) => {
      const { signal, transfer } = readRunOptions(options);
      throwIfAborted(signal);
      if (this.error !== undefined) throw this.error;
      if (this.isClosed || this.#isEnding) throw this.#closedError();
      if (this.#isFull()) throw queueFull(this.#settings.maxQueued);
      const settle = resolve as (value: unknown) => void;
      const job = new Job(input, transfer, this.loop.meter.nowMs(), settle, reject);
      if (signal !== undefined) job.watch(signal, (aborted, error) => this.#abort(aborted, error));
      this.#unsettled++;
      this.setWorking(true);
      this.#queue.push(job);
      this.#crew.dispatch();
    });
  }

  /** What they are doing now, and what they did. */
  stats(): WorkersStats {
    const threads = [...this.#crew.threads];
    const places = threads.map((thread) => thread.places);
    const running = places.filter(({ isRunning }) => isRunning);
    const given = places.reduce((sum, { size }) => sum + size, 0);
    return {
      size: this.#settings.size,
      threads: threads.length,
      idle: threads.filter(({ isIdle }) => isIdle).length,
      queued: this.#queue.size + given - running.filter(({ isHeld }) => !isHeld).length,
      running: running.length,
      completed: this.#completed,
      crashed: this.#crew.crashed,
      terminated: this.#crew.terminated,
      wait: summary(this.#wait),
      run: summary(this.#run),
    };
  }

  /**
   * Takes no more jobs, and closes once those are done that it has: `closed` resolves then.
   * Where the loop closes, they reject. Idempotent.
   */
  override close(): void {
    if (this.isClosed) return;
    this.#isEnding = true;
    if (this.#unsettled === 0 || this.loop.closed || this.error !== undefined) this.destroy();
  }

  /** Closes at once: threads are ended whatever they do, and jobs reject. Idempotent. */
  destroy(): void {
    if (!this.beginClose()) return;
    const { waker } = this.#held;
    this.loop.holdings.drop(this.#held);
    const jobs = this.#crew.endAll();
    this.#starts.clear();
    waker.close();
    const reason = this.error ?? this.#closedError();
    for (const job of jobs) this.#settle(job, () => job.reject(reason));
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      const { reject } = job;
      this.#settle(job, () => reject(reason));
    }
  }

  /** @internal */
  override onReady(): void {
    const { waker } = this.#held;
    waker.acknowledge();
    // Before the ports are looked at: what comes later wakes again.
    Atomics.store(this.#told, TOLD, 0);
    if (this.#crew.receive(SHARE) >= SHARE) wake(waker.shared);
    if (!this.isClosed) this.#crew.dispatch();
  }

  /** @internal */
  override onClosed(): void {}

  /** @internal */
  override describe(): string {
    return 'Workers results';
  }

  /** @internal */
  override facts(): string[] {
    return [this.#settings.name, `threads: ${this.#crew.threads.size}`];
  }

  #closedError(): Error {
    return this.loop.closed ? loopClosed() : handleClosed(this.kind);
  }

  /** What a thread is, or can be, started for waits for no other job. */
  #isFull(): boolean {
    const { size, maxQueued } = this.#settings;
    let toStart = size;
    for (const { isIdle, isReady } of this.#crew.threads) {
      if (isIdle) return false;
      if (isReady) toStart--;
    }
    return this.#queue.size >= maxQueued + toStart;
  }

  #events(): CrewEvents {
    return {
      answered: (thread: JobThread, report: Report, job: Job) =>
        this.#answered(thread, report, job),
      failed: (job: Job, error: unknown) => this.#settle(job, () => job.reject(error)),
      started: (thread: JobThread) =>
        this.#starts.began(thread, () => {
          this.#crew.startFailed(thread, startTimedOut(this.#settings.startTimeoutMs));
        }),
      up: (thread: JobThread) => this.#starts.up(thread),
      over: (thread: JobThread) => this.#starts.over(thread),
    };
  }

  #answered(thread: JobThread, report: Report, job: Job): void {
    const [, outcome, value, beginMs, runMs] = report;
    const { meter } = this.loop;
    const waitMs = Math.max(0, beginMs - job.askedMs);
    this.#completed++;
    this.#wait.record(waitMs * NS);
    this.#run.record(runMs * NS);
    if (meter.observed) {
      const takenMs = meter.nowMs();
      const doneMs = Math.max(0, takenMs - job.askedMs - waitMs - runMs);
      const lane = `${this.label} ${thread.number}`;
      meter.requested(job, takenMs, waitMs, runMs, doneMs, lane);
    }
    this.#settle(job, () => {
      if (outcome === DONE) job.resolve(value);
      else job.reject(errorOf(report));
    });
  }

  /** The last one of a handle that ends closes it. */
  #settle(job: Job, settle: () => void): void {
    if (!job.end()) return;
    settle();
    this.#unsettled--;
    if (this.#unsettled > 0) return;
    this.setWorking(false);
    if (this.#isEnding) this.destroy();
  }

  /** Its signal has aborted. */
  #abort(job: Job, error: Error): void {
    const { holder } = job;
    if (holder === undefined) {
      // Not in the queue any more where it was taken back from a thread just now.
      if (this.#isQueued(job)) this.#queue.remove(job);
    } else {
      holder.abandon(job);
      this.#endLater(holder, job);
    }
    this.#settle(job, () => job.reject(error));
  }

  #isQueued(job: Job): boolean {
    return job.before !== undefined || job.behind !== undefined || this.#queue.first === job;
  }

  #endLater(holder: JobHolder, job: Job): void {
    const { abortGraceMs } = this.#settings;
    if (abortGraceMs === Number.POSITIVE_INFINITY) return;
    const end = () => {
      if (!this.isClosed && holder.goesOn(job)) this.#crew.terminate(holder);
    };
    if (abortGraceMs === 0) end();
    else this.loop.setTimeout(end, abortGraceMs).unref();
  }
}
