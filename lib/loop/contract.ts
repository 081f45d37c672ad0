// What a handle needs of its loop: all of it, on one page. The loop (drive.ts) fills it;
// handles, streams, requests and families are written against it and never see the class.
// The other direction, what the loop calls on a handle, is the head of handle.ts.
//
// Below the public part each group is the half of a class that handles may use: what else
// that class does is the loop's own business.
import type { Poller, SharedWaker } from '../poller/index.js';
import type { Resource } from './abandoned.js';
import type { HandleMetrics } from './counters.js';
import type { LoopMetrics, Meter, Subject } from './meter.js';
import type { RunMode } from './options.js';
import type { LoopOutput } from './output-limits.js';
import type { Owner } from './owners.js';
import type { Scheduler } from './scheduler.js';

/** A handle, as the rest of the loop names it. */
export interface LoopHandle extends Subject {
  /** What kind of handle, such as 'Socket'. */
  readonly kind: string;
  /** What tells it from the others of its kind, such as 'Server 127.0.0.1:7000'. */
  readonly label: string;
  close(): void;
}

/** The places of handles: see table.ts. */
export interface Slots {
  /** By slot. */
  readonly handles: readonly (LoopHandle | undefined)[];
  /** Words by slot; see layout.ts. Another array once it has grown. */
  readonly words: Int32Array;
  /** How often the slot was given back. */
  generation(slot: number): number;
  /** The handle that a record is for, unless the record is stale. */
  find(slot: number, generation: number): LoopHandle | undefined;
  /** Gives `handle` a slot. */
  allocate(handle: LoopHandle): number;
  /** Takes it back: records of the poller for it are stale from now on. */
  release(slot: number): void;
  /** What the crossing reads for this slot: a descriptor; a flow, see layout.ts; -1: nothing. */
  setReadFd(slot: number, fd: number): void;
  /** By which calls this slot's bytes move: a Transfer of layout.ts, a socket's unless said. */
  setTransfer(slot: number, transfer: number): void;
}

/** What the poller knows of handles: see poll-set.ts. */
export interface Interests {
  /** Handles that have stopped, and leave the poller as they close. */
  leaving: number;
  /** Tells the poller this handle's interest now. @throws SystemError */
  register(handle: LoopHandle): void;
  unregister(handle: LoopHandle): void;
  /**
   * Closes the descriptor of a handle that has stopped and owned it. False where the number
   * is another handle's by now, whose it stays.
   */
  close(handle: LoopHandle, isOwned: boolean): boolean;
}

/** The datagrams of a loop, as the crossing knows them: see lib/datagram/exchange.ts. */
export interface DatagramPart {
  /** How many are to be sent. */
  readonly gathered: number;
  /** They have gone through a crossing: `refused` were not sent, or told of an error. */
  sent(refused: number): void;
}

/** As what text is gathered. Not the host's type, which a project without its types lacks. */
export type TextEncoding = 'utf8' | 'latin1';

/** Descriptors that came with record `index` of a batch: see passed.ts. */
export interface PassedNumbers {
  has(index: number): boolean;
  isTruncated(index: number): boolean;
  /** The caller's to close. */
  take(index: number): number[];
  /** The first `count` of them, as `take`. */
  takeSome(index: number, count: number): number[];
  /** Closes them. */
  drop(index: number): void;
}

/** The bytes of all streams, a batch at a time: see batch.ts. */
export interface StreamBytes {
  /** What datagrams add to a crossing. */
  datagrams: DatagramPart | undefined;
  /** From now on native code knows this memory, of a kind KEEP_* of layout.ts. */
  keep(kind: number, memory: Int32Array | Uint8Array): void;
  /** The next slab has room for `bytes` at least. */
  needSlab(bytes: number): void;
  /** How many datagrams of record `index` are yet to be told; 0 or less: none. */
  arrivals(index: number): number;
  /** The next of them, which is taken: its place among the arrivals. */
  takeArrival(index: number): number;
  /** Bytes of the slab: a view of it, valid until the next batch. */
  chunkAt(offset: number, length: number): Uint8Array;
  /** Descriptors that came with what was read. */
  readonly passed: PassedNumbers;
  /** How many active streams read, and relays move. */
  readers: number;
  /** The handler that was called last. */
  handler: string;
  /** Bytes that record `index` read, 0: the end, -errno, or one of ReadResult. */
  result(index: number): number;
  /** The bytes of record `index`: a view of the slab, valid until the next batch. */
  chunk(index: number): Uint8Array;
  /** Record `index` has read nothing: what it read was told. */
  forget(index: number): void;
  /** The chunks of this batch keep their memory. */
  leaveSlab(): void;
  /** Record `index` is larger than the slab: the next fill has room. Its bytes. */
  makeRoom(index: number): number;
  hasRoom(bytes: number): boolean;
  /** Whether this slot has gathered something that is not sent yet. */
  isPending(slot: number): boolean;
  gather(slot: number, fd: number, bytes: Uint8Array, length: number): void;
  gatherText(
    slot: number,
    fd: number,
    text: string,
    maxBytes: number,
    encoding: TextEncoding,
  ): number;
}

/** What outlives a loop that was forgotten: see abandoned.ts. */
export interface HeldThings {
  /** Which descriptors its handles own: closed when the loop is collected. */
  readonly owner: Owner;
  add(resource: Resource): void;
  drop(resource: Resource): void;
}

/** Counts by slot: see counters.ts. */
export interface SlotCounters {
  begin(slot: number): void;
  /** The kernel reported something. */
  reported(slot: number): void;
  read(slot: number): HandleMetrics;
}

/** The loop of a handle. Timers, immediates, ticks and hooks are the scheduler's. */
export interface HandleLoop extends Scheduler {
  /** True while something referenced keeps the loop going. */
  readonly alive: boolean;
  /** Whether the host's loop drives this one. */
  readonly attached: boolean;
  /** What another thread needs to call `wake(waker)`. */
  readonly waker: SharedWaker;
  /** Memory that output takes which peers did not read yet. */
  readonly bufferedBytes: number;
  /** The loop's time in ms, monotonic, as of the start of this phase. */
  now(): number;
  /** Brings `now()` up to the clock, say after a long callback. */
  updateTime(): void;
  /** Sends what callbacks have written so far. See `EventLoop.flush`. */
  flush(): void;
  /** What the loop did so far. */
  metrics(): LoopMetrics;
  /** See `EventLoop.run`. */
  run(mode?: RunMode): boolean;
  /** See `EventLoop.attach`. */
  attach(): this;
  /** See `EventLoop.detach`. */
  detach(): this;
  /** Makes `run` return after the iteration under way. */
  stop(): void;
  /** Ends the wait under way early. */
  wake(): void;
  /** Closes every handle, then the loop. See `EventLoop.close`. */
  close(): void;

  /** @internal A turn is under way: what is written waits for the end of its batch. */
  readonly inTurn: boolean;
  /** @internal Set in a turn: what it led to waits for the host's own phases, and is better not kept. */
  hostWaits: boolean;
  /** @internal */ readonly table: Slots;
  /** @internal */ readonly pollSet: Interests;
  /** @internal */ readonly streams: StreamBytes;
  /** @internal */ readonly output: LoopOutput;
  /** @internal */ readonly holdings: HeldThings;
  /** @internal */ readonly counters: SlotCounters;
  /** @internal */ readonly meter: Meter;
  /** @internal */ readonly poller: Poller;
  /** @internal Called before the loop ends: defers what came and is yet to be told. */
  lastLook: (() => void) | undefined;

  /**
   * @internal The record of the batch under way that was read for `handle` and not handed to
   * it yet, -1: none.
   */
  undispatched(handle: LoopHandle): number;
  /** @internal Runs `run` in the next pending phase, between timers and poll. */
  defer(run: () => void, subject?: Subject): void;
  /** @internal Runs `hook` when the loop is closed. */
  onClose(hook: () => void): void;
  /** @internal Runs `hook` before it is closed, when all still works. */
  onClosing(hook: () => void): void;
  /** @internal Its `onClosed` is due in the closing phase. */
  enqueueClosing(handle: LoopHandle): void;
  /** @internal It wants something else than the poller knows. */
  interestChanged(handle: LoopHandle): void;
  /**
   * @internal The record that is dispatched comes once more, behind this callback: it has
   * more to tell. A callback that throws, or runs another turn, loses none of it.
   */
  tellAgain(): void;
  /** @internal A callback of a handle is over, and another follows at once. */
  betweenCallbacks(handle: LoopHandle): void;
}
