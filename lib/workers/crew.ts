// The threads of a handle: started as jobs need them, given jobs, levelled out, and replaced
// where they end. What waits for them is the handle's queue.
import type { SharedWaker } from '../poller/index.js';
import { notLoaded, notStarted, threadEnded } from './errors.js';
import type { Job, JobHolder, JobList } from './job.js';
import { NOT_LOADED, READY, type Report, UNCAUGHT } from './messages.js';
import type { Settings } from './options.js';
import { JobThread } from './thread.js';

/** What the crew tells the handle. */
export interface CrewEvents {
  /** A job is over. */
  answered(thread: JobThread, report: Report, job: Job): void;
  /** A job cannot be done, or was lost. */
  failed(job: Job, error: unknown): void;
  /** A thread begins to start. */
  started(thread: JobThread): void;
  /** It is up. */
  up(thread: JobThread): void;
  /** It is ended. */
  over(thread: JobThread): void;
}

export class Crew {
  readonly #settings: Settings;
  readonly #queue: JobList;
  readonly #events: CrewEvents;
  readonly #told: Int32Array;
  readonly #waker: SharedWaker;
  readonly #threads = new Set<JobThread>();
  #count = 0;
  /** Threads that ended although nobody had asked for it. */
  crashed = 0;
  /** Threads that were ended since an aborted job did not end by itself. */
  terminated = 0;

  constructor(
    settings: Settings,
    queue: JobList,
    events: CrewEvents,
    told: Int32Array,
    waker: SharedWaker,
  ) {
    this.#settings = settings;
    this.#queue = queue;
    this.#events = events;
    this.#told = told;
    this.#waker = waker;
  }

  get threads(): ReadonlySet<JobThread> {
    return this.#threads;
  }

  /** Gives what waits to threads that have room, and starts threads for the rest. */
  dispatch(): void {
    while (this.#queue.size > 0) {
      const thread = this.#roomiest();
      const jobs = thread === undefined ? [] : this.#next(thread);
      if (jobs.length === 0) break;
      thread?.give(jobs, this.#events.failed);
    }
    if (this.#queue.size > 0) this.#startSome();
    else this.#level();
  }

  /** Takes up to `limit` reports; how many there were. */
  receive(limit: number): number {
    let count = 0;
    for (const thread of this.#threads) {
      // First whether it has ended: then what is found below is all there will be.
      const { hasEnded } = thread;
      while (count < limit && this.#threads.has(thread)) {
        const received = thread.receive();
        if (received === undefined) break;
        count++;
        this.#heard(thread, received.report, received.job);
      }
      if (hasEnded && count < limit && this.#threads.has(thread)) this.#lose(thread);
    }
    return count;
  }

  /** Ends the thread in which an aborted job goes on; its other jobs wait again. */
  terminate(holder: JobHolder): void {
    for (const thread of this.#threads) {
      if (thread.places !== holder) continue;
      this.terminated++;
      this.#remove(thread);
    }
    this.dispatch();
  }

  /** `thread` has not come up. */
  startFailed(thread: JobThread, reason: unknown): void {
    if (!this.#threads.has(thread)) return;
    this.crashed++;
    this.#remove(thread);
    this.#rejectWaiting(notStarted(reason));
  }

  /** Ends all; the jobs that they had. */
  endAll(): Job[] {
    const jobs: Job[] = [];
    for (const thread of this.#threads) {
      jobs.push(...thread.places.jobs);
      thread.ending.end();
    }
    this.#threads.clear();
    return jobs;
  }

  #heard(thread: JobThread, report: Report, job: Job | undefined): void {
    if (job !== undefined) this.#events.answered(thread, report, job);
    else if (report[0] === READY) this.#events.up(thread);
    else if (report[0] === UNCAUGHT) thread.uncaught = { error: report[2] };
    else if (report[0] === NOT_LOADED) {
      this.crashed++;
      this.#remove(thread);
      this.#rejectWaiting(notLoaded(report[2]));
    }
  }

  /** A thread has ended although nobody had asked for it: what it had begun is lost. */
  #lose(thread: JobThread): void {
    this.crashed++;
    const error = thread.isReady
      ? threadEnded(thread.words, thread.uncaught)
      : notStarted(
          thread.uncaught?.error ?? thread.hostError ?? threadEnded(thread.words, undefined),
        );
    const lost = this.#remove(thread);
    for (const job of lost) this.#events.failed(job, error);
    if (!thread.isReady) this.#rejectWaiting(error);
  }

  /** What it has not begun waits again, before all else; what it had begun. */
  #remove(thread: JobThread): Job[] {
    for (const job of thread.places.withdrawAll().reverse()) this.#queue.unshift(job);
    const { jobs } = thread.places;
    this.#threads.delete(thread);
    thread.ending.end();
    this.#events.over(thread);
    return jobs;
  }

  /**
   * No thread is there that could do what waits, and the next one would end as this one: a file
   * that fails is loaded once for what waits, not again and again.
   */
  #rejectWaiting(error: unknown): void {
    for (const thread of this.#threads) if (thread.isReady) return;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      this.#events.failed(job, error);
    }
  }

  /** An idle thread, else one that has room. */
  #roomiest(): JobThread | undefined {
    let found: JobThread | undefined;
    for (const thread of this.#threads) {
      if (thread.isIdle) return thread;
      if (thread.room > (found?.room ?? 0)) found = thread;
    }
    return found;
  }

  /** Jobs for `thread` out of the queue: its share, as long as it has room. */
  #next(thread: JobThread): Job[] {
    const share = Math.ceil(this.#queue.size / this.#threads.size);
    const jobs: Job[] = [];
    for (let left = Math.max(1, Math.min(thread.room, share)); left > 0; left--) {
      const job = this.#queue.first;
      if (job === undefined) break;
      // What was moved to a thread cannot be taken back from behind a long job: it goes alone.
      if (job.transfer !== undefined && (jobs.length > 0 || thread.places.size > 0)) break;
      this.#queue.remove(job);
      jobs.push(job);
      if (job.transfer !== undefined) break;
    }
    return jobs;
  }

  /** Threads that have nothing to do take from those that have more than they can do now. */
  #level(): void {
    for (const idle of this.#threads) {
      if (!idle.isIdle) continue;
      const busiest = this.#busiest();
      if (busiest === undefined) return;
      const jobs = busiest.places.withdrawSome();
      if (jobs.length === 0) return;
      idle.give(jobs, this.#events.failed);
    }
  }

  #busiest(): JobThread | undefined {
    let found: JobThread | undefined;
    for (const thread of this.#threads) {
      if (thread.places.size > Math.max(1, found?.places.size ?? 0)) found = thread;
    }
    return found;
  }

  #startSome(): void {
    let starting = 0;
    for (const { isReady } of this.#threads) if (!isReady) starting++;
    while (this.#threads.size < this.#settings.size && starting < this.#queue.size) {
      let thread: JobThread;
      try {
        thread = new JobThread(++this.#count, this.#settings, this.#told, this.#waker);
      } catch (error) {
        this.#rejectWaiting(notStarted(error));
        return;
      }
      this.#threads.add(thread);
      this.#events.started(thread);
      starting++;
    }
  }
}
