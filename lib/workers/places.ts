// The jobs that a thread was given and has not answered, each at a place whose word says what
// is going on there. The thread and the loop both change the words: whoever changes OFFERED
// first has the job, to begin it or to take it back.
import type { Job, JobHolder } from './job.js';
import { ANSWERED, FREE, OFFERED, PLACES, RUNNING, STATES, WITHDRAWN } from './layout.js';

export class Places implements JobHolder {
  readonly #words: Int32Array;
  /** Says to the thread that the job at a place is aborted. */
  readonly #tellAborted: (place: number) => void;
  readonly #places: (Job | undefined)[] = new Array(PLACES).fill(undefined);
  /** In the order in which they were given. */
  readonly #jobs = new Set<Job>();
  /** Places that nothing is at. */
  readonly #free = Array.from({ length: PLACES }, (_, place) => PLACES - 1 - place);
  /** Places of jobs that were taken back, until the thread has passed them over. */
  #withdrawn: number[] = [];
  /** Jobs that were aborted and had begun, by place: one holds the thread. */
  readonly #abandoned = new Map<number, Job>();

  constructor(words: Int32Array, tellAborted: (place: number) => void) {
    this.#words = words;
    this.#tellAborted = tellAborted;
  }

  /** How many jobs it has. */
  get size(): number {
    return this.#jobs.size;
  }

  /** The jobs, in the order in which they were given. */
  get jobs(): Job[] {
    return [...this.#jobs];
  }

  /** Whether an aborted job may still be at work. */
  get isHeld(): boolean {
    return this.#abandoned.size > 0;
  }

  /** Whether one of its jobs has begun, or one that nobody waits for. */
  get isRunning(): boolean {
    const began = ({ place }: Job) => this.#stateOf(place) === RUNNING;
    return this.isHeld || this.jobs.some(began);
  }

  /** How many places there are for more. */
  get room(): number {
    if (this.#withdrawn.length > 0) this.#reclaim();
    return this.#free.length;
  }

  /** Offers `job` at a place, of which there is one. */
  take(job: Job): number {
    const place = this.#free.pop() as number;
    this.#places[place] = job;
    this.#jobs.add(job);
    job.holder = this;
    job.place = place;
    Atomics.store(this.#words, STATES + place, OFFERED);
    return place;
  }

  /** The thread was not told of what is at `place`. What was taken back is reclaimed. */
  leave(place: number): void {
    Atomics.store(this.#words, STATES + place, FREE);
    const job = this.#places[place];
    if (job === undefined) return;
    this.#free.push(place);
    this.#forget(job);
  }

  /**
   * The place of a job that was answered without a message, with its state; undefined: there
   * is none. Jobs are done in their order.
   */
  nextAnswered(): { place: number; state: number } | undefined {
    for (const place of this.#abandoned.keys()) {
      const state = this.#stateOf(place);
      if (state >= ANSWERED) return { place, state };
    }
    for (const { place } of this.#jobs) {
      const state = this.#stateOf(place);
      return state >= ANSWERED ? { place, state } : undefined;
    }
    return undefined;
  }

  /** The thread has answered: the job, unless nobody waits for it. */
  answered(place: number): Job | undefined {
    const job = this.#places[place];
    if (job === undefined) this.#abandoned.delete(place);
    else this.#forget(job);
    Atomics.store(this.#words, STATES + place, FREE);
    this.#free.push(place);
    return job;
  }

  withdraw(job: Job): boolean {
    const word = STATES + job.place;
    if (Atomics.compareExchange(this.#words, word, OFFERED, WITHDRAWN) !== OFFERED) return false;
    this.#withdrawn.push(job.place);
    this.#forget(job);
    return true;
  }

  /** Takes back up to half of what has not begun, the latest of it. */
  withdrawSome(): Job[] {
    const jobs = this.jobs.filter(({ transfer }) => transfer === undefined);
    return jobs.slice(Math.ceil(jobs.length / 2)).filter((job) => this.withdraw(job));
  }

  /** Takes back all that has not begun, of a thread that ends. What has begun stays. */
  withdrawAll(): Job[] {
    return this.jobs.filter((job) => this.withdraw(job));
  }

  abandon(job: Job): void {
    const { place } = job;
    this.#abandoned.set(place, job);
    this.#forget(job);
    this.#tellAborted(place);
  }

  goesOn(job: Job): boolean {
    for (const [place, abandoned] of this.#abandoned) {
      if (abandoned === job) return this.#stateOf(place) === RUNNING;
    }
    return false;
  }

  #stateOf(place: number): number {
    return Atomics.load(this.#words, STATES + place);
  }

  #forget(job: Job): void {
    this.#places[job.place] = undefined;
    this.#jobs.delete(job);
    job.holder = undefined;
    job.place = -1;
  }

  #reclaim(): void {
    const waiting: number[] = [];
    // Each word is read once: the thread may free a place meanwhile.
    for (const place of this.#withdrawn) {
      (this.#stateOf(place) === FREE ? this.#free : waiting).push(place);
    }
    this.#withdrawn = waiting;
  }
}
