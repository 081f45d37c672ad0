// What a pool did, by kind of request and by lane: how often, how long requests waited
// for a thread, and how long one worked on them. The threads stamp the times; they are
// counted here when completions are read, in histograms that take a few nanoseconds and no
// memory until a time is seen. (A histogram of node:perf_hooks takes 80 ns a time, and
// 190 KB; there are four a request.)
import { Histogram } from '../loop/histogram.js';
import { summary, type TimeSummary } from '../loop/time-summary.js';
import type { LaneNames } from './lanes.js';
import type { PoolRequest } from './request.js';

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

class Work {
  pending = 0;
  inline = 0;
  readonly #wait = new Histogram();
  readonly #run = new Histogram();

  ran(queuedMs: number, runMs: number): void {
    this.#wait.record(queuedMs * NS);
    this.#run.record(runMs * NS);
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

class Kind extends Work {
  readonly lane: number;

  constructor(lane: number) {
    super();
    this.lane = lane;
  }
}

export class Usage {
  readonly #kinds = new Map<string, Kind>();
  readonly #lanes: Work[];

  /** @param lanes how many the pool has */
  constructor(lanes: number) {
    this.#lanes = Array.from({ length: lanes }, () => new Work());
  }

  /** A request is in flight. */
  began({ kind, lane }: PoolRequest<unknown>): void {
    this.#kind(kind, lane).pending++;
  }

  /** It is not any more: it is done, was aborted, or its loop was closed. */
  ended({ kind, lane }: PoolRequest<unknown>): void {
    this.#kind(kind, lane).pending--;
  }

  /** A thread did it. */
  ran({ kind, lane }: PoolRequest<unknown>, queuedMs: number, runMs: number): void {
    this.#kind(kind, lane).ran(queuedMs, runMs);
    this.#lanes[lane]?.ran(queuedMs, runMs);
  }

  /** It was answered at once, without a thread. */
  inline(kind: string, lane: number): void {
    this.#kind(kind, lane).inline++;
    const work = this.#lanes[lane];
    if (work !== undefined) work.inline++;
  }

  /** What was done in a lane. */
  lane(lane: number): WorkStats {
    return (this.#lanes[lane] ?? new Work()).read();
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

  #kind(name: string, lane: number): Kind {
    let kind = this.#kinds.get(name);
    if (kind === undefined) {
      kind = new Kind(lane);
      this.#kinds.set(name, kind);
    }
    return kind;
  }
}
