// What a pool did, by kind of request and by lane: how often, how long requests waited
// for a thread, and how long one worked on them. The threads stamp the times; they are
// counted here when completions are read, in histograms that take a few nanoseconds and no
// memory until a time is seen. (A histogram of node:perf_hooks takes 80 ns a time, and
// 190 KB; there are four a request.)
import { Histogram } from '../loop/histogram.js';
import { summary, type TimeSummary } from '../loop/time-summary.js';
import type { LaneNames } from './lanes.js';

/** What was done so far for loops of this thread. */
export interface WorkStats {
  /** Requests answered at once, without a thread. */
  inline: number;
  /** Requests that a thread did. */
  pooled: number;
  /** How long requests waited for a thread. */
  wait: TimeSummary;
  /** How long a thread worked on them. */
  run: TimeSummary;
}

/** What was done of one kind of request. */
export interface KindStats extends WorkStats {
  /** Where it waits for a thread. */
  lane: string;
  /** Requests in flight: they wait, run, or have a result that the loop did not take yet. */
  pending: number;
  /** `inline` and `pooled` together. */
  completed: number;
}

const NS = 1e6;

/** What was done of something. */
export class Work {
  pending = 0;
  inline = 0;
  readonly lane: number;
  readonly #wait = new Histogram();
  readonly #run = new Histogram();

  constructor(lane: number) {
    this.lane = lane;
  }

  /** A thread did one. */
  ran(queuedMs: number, runMs: number): void {
    this.#wait.record(queuedMs * NS);
    this.#run.record(runMs * NS);
  }

  /** What was done of `other` as well. */
  add(other: Work): void {
    this.inline += other.inline;
    this.#wait.add(other.#wait);
    this.#run.add(other.#run);
  }

  read(): WorkStats {
    return {
      inline: this.inline,
      pooled: this.#run.count,
      wait: summary(this.#wait),
      run: summary(this.#run),
    };
  }
}

/** By kind; what a lane did is that of its kinds. */
export class Usage {
  readonly #kinds = new Map<string, Work>();

  /** Where requests of a kind are counted. A kind has one lane. */
  of(kind: string, lane: number): Work {
    let work = this.#kinds.get(kind);
    if (work === undefined) {
      work = new Work(lane);
      this.#kinds.set(kind, work);
    }
    return work;
  }

  /** What was done in a lane. */
  lane(lane: number): WorkStats {
    const all = new Work(lane);
    for (const work of this.#kinds.values()) if (work.lane === lane) all.add(work);
    return all.read();
  }

  /** What was done of each kind that there was a request of. */
  kinds(lanes: LaneNames): Record<string, KindStats> {
    const kinds: Record<string, KindStats> = Object.create(null);
    for (const [name, kind] of this.#kinds) {
      const work = kind.read();
      const completed = work.inline + work.pooled;
      kinds[name] = { lane: lanes.nameOf(kind.lane), pending: kind.pending, completed, ...work };
    }
    return kinds;
  }
}
