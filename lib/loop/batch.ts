// The bytes of all streams of a loop, a batch at a time, and the one native call an
// iteration that moves them: it sends what callbacks have gathered, waits, and reads
// every ready stream into one slab. A chunk's view is kept and used again as long as
// chunks of that length come to that place. See native/stream/crossing.cc.
import { type CrossingCalls, native } from '../binding/index.js';
import { MAX_TIMEOUT_MS } from '../poller/common.js';
import type { Crossing } from '../poller/contract.js';
import { ReadyList } from '../poller/ready-list.js';
import type { DatagramPart } from './contract.js';
import { Gather, type SendSink } from './gather.js';
import {
  BACKEND,
  CONTROL_WORDS,
  COUNT,
  DATAGRAMS,
  FILLED,
  KEEP_SLAB,
  KEEP_SLOTS,
  NOT_READ,
  OWN,
  PASSED_WORDS,
  POLLER,
  READ_OFFSET,
  READ_RESULT,
  READS,
  READY_WORDS,
  REFUSED,
  REGISTERED,
  RESULT_WORDS,
  SENDS,
  SPIN_US,
  sharedWords,
  TIMED,
  TIMEOUT_NS,
  UNSENT,
  WAITED_NS,
} from './layout.js';
import { Passed } from './passed.js';
import type { HandleTable } from './table.js';

const ALIGN_BITS = 6;
const NO_WAIT = 0;
const NS_PER_MS = 1e6;

/** What is allocated when the loop first waits. */
interface Memory {
  readonly calls: CrossingCalls;
  readonly ready: ReadyList;
}

export class StreamBatch extends Gather implements Crossing {
  #slabBytes: number;
  readonly #capacity: number;
  #memory: Memory | undefined;
  #control: Int32Array = new Int32Array(0);
  #times: Float64Array = new Float64Array(0);
  #results: Int32Array = new Int32Array(0);
  /** What native code keeps the address of. */
  #slots: Int32Array | undefined;
  /** Whether the last crossing read anything at all. */
  #filled = false;
  #slab: ArrayBuffer | undefined;
  /** How much room a record asked for that is larger than the slab. */
  #wantedBytes = 0;
  /** Whether a wait has had that room: its stream may be gone, so no other has. */
  #hasRoomMade = false;
  #leavesSlab = false;
  #views: (Uint8Array | undefined)[] = [];
  /** How many active streams read, and relays move; with none there is nothing to fill. */
  readers = 0;
  /** Descriptors that came with what was read; none before the first wait. */
  passed = new Passed(this.#results, this.#results);
  /** The handler that was called last: what the callback is called in metrics. */
  handler = 'open';
  /** What the loop's datagrams add to a crossing; undefined before the first such socket. */
  datagrams: DatagramPart | undefined;

  /** @param slabBytes at least 65,536; how much one batch may read */
  constructor(table: HandleTable, slabBytes: number, capacity: number) {
    super(table);
    this.#slabBytes = slabBytes;
    this.#capacity = capacity;
  }

  /** What the last wait found. */
  get ready(): ReadyList {
    return (this.#memory ?? this.#open()).ready;
  }

  #open(): Memory {
    const capacity = this.#capacity;
    const readyEnd = CONTROL_WORDS + capacity * READY_WORDS;
    const resultsEnd = readyEnd + capacity * RESULT_WORDS;
    const words = sharedWords(resultsEnd + PASSED_WORDS);
    const { buffer } = words;
    this.#control = new Int32Array(buffer, 0, CONTROL_WORDS);
    this.#times = new Float64Array(buffer, 0, CONTROL_WORDS / 2);
    this.#results = new Int32Array(buffer, readyEnd * 4, capacity * RESULT_WORDS);
    this.passed = new Passed(this.#results, words.subarray(resultsEnd));
    const ready = new ReadyList(capacity, words.subarray(CONTROL_WORDS, readyEnd));
    this.#memory = { calls: native.createCrossing(words, capacity), ready };
    return this.#memory;
  }

  override keep(kind: number, memory: Int32Array | Uint8Array | ArrayBuffer): void {
    (this.#memory ?? this.#open()).calls.keep(kind, memory);
  }

  // ---- a wait, and what goes with it -----------------------------------------

  /**
   * The next wait takes with it what is gathered, and reads.
   *
   * @param timed whether `waitedMs` is asked for
   * @param spinMs for how long to ask without waiting first
   */
  beginWait(timed: boolean, spinMs = 0): void {
    if (this.#hasRoomMade) this.#wantedBytes = 0;
    this.#hasRoomMade = this.#wantedBytes > 0;
    this.#prepareSends();
    this.#prepareReads();
    const control = this.#control;
    control[TIMED] = timed ? 1 : 0;
    control[SPIN_US] = spinMs * 1000;
    control[BACKEND] = NO_WAIT;
    control[FILLED] = 0;
    this.#times[WAITED_NS] = 0;
  }

  /** For the poller: waits as it says. The count or -errno; 0 when not all could be sent. */
  wait(backend: number, poller: number, timeoutMs: number, registered: number): number {
    const control = this.#control;
    const ms = Math.min(timeoutMs, MAX_TIMEOUT_MS);
    this.#times[TIMEOUT_NS] = ms < 0 ? -1 : Math.ceil(ms * NS_PER_MS);
    control[BACKEND] = backend;
    control[POLLER] = poller;
    control[REGISTERED] = registered;
    return (this.#memory as Memory).calls.cross();
  }

  /** For the poller, after EINTR: waits for what is left of the time. */
  waitOn(): number {
    return (this.#memory as Memory).calls.cross();
  }

  /** For the poller: what the wait found that is its own, bits of Own. */
  get own(): number {
    return this.#control[OWN] as number;
  }

  /**
   * A crossing is over: what was gathered is sent. True when not all of it was, and the
   * crossing did nothing else: `sink` has been told.
   */
  crossed(sink: SendSink): boolean {
    const control = this.#control;
    const { datagrams } = this;
    let unsent = 0;
    if (this.gathered > 0 && control[SENDS] === 0) {
      unsent = control[UNSENT] as number;
      this.sent(unsent, sink);
    }
    if (datagrams === undefined || datagrams.gathered === 0) return unsent !== 0;
    if (control[DATAGRAMS] !== 0) return unsent !== 0;
    const refused = control[REFUSED] as number;
    datagrams.sent(refused);
    return unsent !== 0 || refused !== 0;
  }

  /** How long the last wait lasted in the kernel, if it was timed; -1: no crossing was made. */
  get waitedMs(): number {
    if (this.#control[BACKEND] === NO_WAIT) return -1;
    return (this.#times[WAITED_NS] as number) / NS_PER_MS;
  }

  /** The records before this one are read. */
  get filled(): number {
    return this.#control[FILLED] as number;
  }

  /** Sends what is gathered and reads the records [from, count); returns where it stopped. */
  fill(sink: SendSink, from: number, count: number): number {
    do {
      this.#prepareSends();
      this.#prepareReads();
      const control = this.#control;
      control[BACKEND] = NO_WAIT;
      control[COUNT] = count;
      control[FILLED] = from;
      (this.#memory as Memory).calls.cross();
    } while (this.crossed(sink));
    return this.filled;
  }

  /** Sends everything gathered. */
  flush(sink: SendSink): void {
    if (this.gathered === 0 && (this.datagrams?.gathered ?? 0) === 0) return;
    this.#prepareSends();
    // The batch under way may have chunks that are yet to be dispatched.
    const control = this.#control;
    control[READS] = 0;
    control[BACKEND] = NO_WAIT;
    (this.#memory as Memory).calls.cross();
    this.crossed(sink);
  }

  #prepareSends(): void {
    const { calls } = this.#memory ?? this.#open();
    const { words } = this.table;
    if (this.#slots !== words) {
      this.#slots = words;
      calls.keep(KEEP_SLOTS, words);
    }
    this.#control[SENDS] = this.gathered;
    if (this.datagrams !== undefined) this.#control[DATAGRAMS] = this.datagrams.gathered;
  }

  #prepareReads(): void {
    const reads = this.readers > 0;
    this.#filled = reads;
    this.#control[READS] = reads ? 1 : 0;
    if (!reads) return;
    const slab = this.#slab;
    const bytes = Math.max(this.#slabBytes, this.#wantedBytes);
    // A handler may have detached the memory of its chunk; then there is new.
    if (slab !== undefined && slab.byteLength === bytes && !this.#leavesSlab) return;
    this.#leavesSlab = false;
    this.#slab = new ArrayBuffer(bytes);
    this.#views = new Array<undefined>(bytes >> ALIGN_BITS).fill(undefined);
    (this.#memory as Memory).calls.keep(KEEP_SLAB, this.#slab);
  }

  /** The next slab has room for `bytes` at least. */
  needSlab(bytes: number): void {
    this.#slabBytes = Math.max(this.#slabBytes, bytes);
  }

  /** The chunks of this fill keep their memory: the next fill has new. */
  leaveSlab(): void {
    this.#leavesSlab = true;
  }

  // ---- what was read -----------------------------------------------------------

  /** Bytes that record `index` read, 0: the end, -errno, or one of ReadResult. */
  result(index: number): number {
    if (!this.#filled) return NOT_READ;
    return this.#results[index * RESULT_WORDS + READ_RESULT] as number;
  }

  /** How many datagrams of record `index` are yet to be told. */
  arrivals(index: number): number {
    return this.#filled ? (this.#results[index * RESULT_WORDS + READ_RESULT] as number) : 0;
  }

  /** The next of them, which is taken: its place among the arrivals. There must be one. */
  takeArrival(index: number): number {
    const at = index * RESULT_WORDS;
    const results = this.#results;
    results[at + READ_RESULT] = (results[at + READ_RESULT] as number) - 1;
    const arrival = results[at + READ_OFFSET] as number;
    results[at + READ_OFFSET] = arrival + 1;
    return arrival;
  }

  /** Record `index` has read nothing: what it read was told. */
  forget(index: number): void {
    this.#results[index * RESULT_WORDS + READ_RESULT] = NOT_READ;
  }

  /** The bytes of record `index`: a view of the slab, valid until the next crossing. */
  chunk(index: number): Uint8Array {
    const at = index * RESULT_WORDS;
    const length = this.#results[at + READ_RESULT] as number;
    return this.chunkAt(this.#results[at + READ_OFFSET] as number, length);
  }

  /** Bytes of the slab: a view of it, valid until the next crossing. */
  chunkAt(offset: number, length: number): Uint8Array {
    const place = offset >> ALIGN_BITS;
    const known = this.#views[place];
    if (known !== undefined && known.length === length) return known;
    const view = new Uint8Array(this.#slab as ArrayBuffer, offset, length);
    this.#views[place] = view;
    return view;
  }

  /** Record `index` was not read, being larger than the slab: the next fill has room for it. */
  makeRoom(index: number): number {
    const bytes = this.#results[index * RESULT_WORDS + READ_OFFSET] as number;
    this.#wantedBytes = Math.max(bytes, this.#wantedBytes);
    this.#hasRoomMade = false;
    return bytes;
  }
}
