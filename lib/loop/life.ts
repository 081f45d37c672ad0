// What a loop consists of and what keeps it alive: its poller and tables, references,
// work that waits, the time. In which order that work is done is iteration.ts's. Handles and
// requests stand on this and are not known here.

import { nameOf } from '../base/names.js';
import { Queue } from '../base/queue.js';
import { hostNowMs } from '../binding/clock.js';
import { createPoller, type Poller } from '../poller/index.js';
import { StreamBatch } from './batch.js';
import { HandleCounters, type HandleListing } from './counters.js';
import type { Handle } from './handle.js';
import { type LoopMetrics, Meter, type Subject } from './meter.js';
import type { readLoopOptions } from './options.js';
import { LoopOutput } from './output-limits.js';
import { PollSet } from './poll-set.js';
import { Scheduler } from './scheduler.js';
import type { SharedPool } from './shared-pool.js';
import { HandleTable } from './table.js';
import type { Clock } from './time/timers.js';

/** A callback that was put off to the pending phase. */
interface Deferred {
  run(): void;
  subject: Subject;
}

/** What a test may put in the place of the kernel. @internal */
export interface LoopParts {
  /** Instead of the backend that the options name; the loop closes it. */
  poller?: Poller;
  /** When timers are due, and `now()`. */
  clock?: Clock;
}

/** What keeps a loop alive. Use `EventLoop`. */
export abstract class Life extends Scheduler {
  /** What it waits with. Its `fd` can be waited for in another loop, which turns this one. */
  readonly poller: Poller;
  /** @internal */ readonly table = new HandleTable();
  /** @internal */ readonly counters = new HandleCounters();
  /** @internal */ readonly streams: StreamBatch;
  /** @internal */ readonly output: LoopOutput;
  /** @internal */ readonly meter: Meter;
  /** @internal */ readonly pollSet: PollSet;
  /** @internal Whether a turn is under way, so that writes are gathered. */ inTurn = false;
  /** @internal Whether the host is to go on behind this iteration. */ hostWaits = false;
  /** @internal */ protected readonly closing = new Queue<Handle>();
  /** @internal */ protected readonly pending = new Queue<Deferred>();
  /** @internal */ protected readonly clock: Clock;
  /** @internal The loop's time. */ protected nowMs: number;
  /** @internal What the options say of the pool, which is made on first use. */
  protected readonly poolSize: number | undefined;
  /** @internal Whether files in memory are read without it. */
  protected readonly inlineFiles: boolean;
  /** @internal The pool that it was given, which others may use too. */
  protected readonly sharedPool: SharedPool | undefined;
  /** @internal How many records the batch under way has. */ protected count = 0;
  /** @internal The first of them that is not dispatched. */ protected cursor = 0;
  /** Referenced things that keep the loop alive: handles, timers, requests. */
  #refs = 0;

  /** @internal `parts` is for tests. */
  constructor(
    options: ReturnType<typeof readLoopOptions>,
    { poller, clock = hostNowMs }: LoopParts = {},
  ) {
    const { backend, maxEvents, slabBytes, timing, blockedMs } = options;
    super(clock, options.asyncContext);
    this.clock = clock;
    this.poolSize = options.poolSize;
    this.inlineFiles = options.inlineFiles;
    this.sharedPool = options.pool;
    this.nowMs = clock();
    this.streams = new StreamBatch(this.table, slabBytes, maxEvents);
    this.output = new LoopOutput(options.maxBufferedBytes);
    this.meter = new Meter(timing, blockedMs, clock);
    this.poller = poller ?? createPoller(backend);
    this.pollSet = new PollSet(this.poller, this.table, {
      refused: (handle, error) => handle.refuse(error),
      later: (retry, ms) => this.setTimeout(retry, ms).unref(),
    });
  }

  /** Whether the next turn has something to do at once. @internal */
  protected get busy(): boolean {
    return (
      this.immediates.size > 0 ||
      this.idleHooks.size > 0 ||
      this.closing.size > 0 ||
      this.pending.size > 0 ||
      this.ticks.size > 0 ||
      this.cursor < this.count
    );
  }

  // ---- time and life -------------------------------------------------------

  /** True while something referenced keeps the loop going. */
  get alive(): boolean {
    if (this.isClosed) return false;
    return (
      this.#refs > 0 ||
      this.immediates.referenced > 0 ||
      this.closing.size > 0 ||
      this.pending.size > 0 ||
      this.ticks.size > 0 ||
      this.cursor < this.count
    );
  }

  /** The loop's time in ms, monotonic, as of the start of this phase. */
  now(): number {
    return this.nowMs;
  }

  /** Brings `now()` up to the clock, say after a long callback. */
  updateTime(): void {
    this.nowMs = this.clock();
  }

  /** Memory that output takes which peers did not read yet; see `maxBufferedBytes`. */
  get bufferedBytes(): number {
    return this.output.heldBytes;
  }

  /** What the loop did so far; cheap enough to ask at any time. */
  metrics(): LoopMetrics {
    return this.meter.read(() => this.#listHandles());
  }

  #listHandles(): HandleListing[] {
    return this.table.handles.flatMap((handle) =>
      handle === undefined
        ? []
        : {
            kind: handle.kind,
            label: handle.label,
            fd: handle.handleFd,
            ...this.counters.read(handle.slot),
          },
    );
  }

  // ---- for handles and requests --------------------------------------------

  /** Something referenced more keeps the loop alive. @internal */
  retain(): void {
    this.#refs++;
    if (this.#refs === 1) this.lifeChanged();
  }

  /** @internal */
  release(): void {
    this.#refs--;
    if (this.#refs === 0) this.lifeChanged();
  }

  /** Runs `callback` in the next pending phase, between timers and poll. @internal */
  defer(run: () => void, subject: Subject = { describe: () => nameOf(run) }): void {
    this.pending.push({ run, subject });
    this.wakeHost();
  }

  /** @internal */
  enqueueClosing(handle: Handle): void {
    this.closing.push(handle);
    this.wakeHost();
  }

  /** @internal */
  interestChanged(handle: Handle): void {
    this.pollSet.changed(handle);
    if (!this.inTurn) this.pollSet.reconcile();
  }

  /**
   * Sends what callbacks have written so far, instead of at the end of the batch: to be
   * called before something that blocks the thread. What the kernel does not take at
   * once stays queued.
   */
  flush(): void {
    this.streams.flush(this);
  }

  /** @internal */
  onUnsent(slot: number, generation: number, sent: number, rest: Uint8Array[]): void {
    this.table.find(slot, generation)?.onUnsent?.(sent, rest);
  }
}
