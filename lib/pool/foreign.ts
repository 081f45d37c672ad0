// Jobs and watchers of other addons (include/rawloop.h, native/pool/foreign.h): requests and
// watchers like those of JavaScript, so that lanes, limits, counters and what keeps the loop
// alive are the same for them.
import { type NativePool, native } from '../binding/index.js';
import { constants } from '../raw/constants.js';
import type { Batch } from './batch.js';
import type { LoopPool } from './loop-pool.js';
import { PoolRequest } from './request.js';

// As in rawloop.h.
const READ = 1;
const WRITE = 2;
const PRIORITY = 4;
const HANGUP = 8;
const ERROR = 16;
const EDGE = 32;
/** A bit of a later version is refused, not left out. */
const EVENTS = READ | WRITE | PRIORITY | HANGUP | ERROR | EDGE;

const errno = (name: string): number => -(constants[name] as number);

/** What a watcher is, as far as it matters here. */
interface ForeignWatcher {
  readonly closed: Promise<void>;
  modify(options: object): unknown;
  close(): void;
}

type Told = { [name in 'read' | 'write' | 'priority' | 'hangup' | 'error']: boolean };

/** What the interface is made on: a loop. */
interface ForeignLoop {
  watch(fd: number, options: object, callback: (ready: Told) => void): ForeignWatcher;
  /** Runs in the next turn: what it throws is told as of any callback. */
  defer(run: () => void): void;
}

/** Another addon's job. */
class ForeignRequest extends PoolRequest<number> {
  /** What the pool knows it by. */
  id = -1;
  readonly #open: object;
  readonly #job: number;
  readonly #lane: number;
  readonly #kind: string;

  constructor(
    open: object,
    job: number,
    lane: number,
    kind: string,
    resolve: (result: number) => void,
    reject: (reason: unknown) => void,
  ) {
    super(resolve, reject);
    this.#open = open;
    this.#job = job;
    this.#lane = lane;
    this.#kind = kind;
  }

  override get kind(): string {
    return this.#kind;
  }

  override get lane(): number {
    return this.#lane;
  }

  override submit(pool: NativePool): number {
    this.id = native.submitForeign(pool, this.#lane, this.#open, this.#job);
    return this.id;
  }

  override finish(batch: Batch, row: number): number {
    return batch.status(row);
  }

  override describe(): string {
    return this.#kind.replace(' ', '.');
  }
}

/** The -errno that another addon is told for what was thrown. */
function errnoOf(error: unknown): number {
  const { code, errno: own, cause } = error as { code?: string; errno?: number; cause?: unknown };
  if (typeof own === 'number') return own;
  if (code === 'ERR_POOL_QUEUE_FULL') return errno('ENOBUFS');
  if (code === 'ERR_POOL_NO_THREAD') return errnoOf(cause);
  if (code === 'ERR_POOL_CLOSED' || code === 'ERR_LOOP_CLOSED') return errno('EBADF');
  return errno('EINVAL');
}

/** The options of a watcher for bits of rawloop.h. */
function interestOf(events: number) {
  const has = (bit: number) => (events & bit) !== 0;
  const conditions = { read: has(READ), write: has(WRITE), priority: has(PRIORITY) };
  return has(EDGE) ? { ...conditions, edge: true } : conditions;
}

function eventsOf({ read, write, priority, hangup, error }: Told): number {
  const bit = (is: boolean, value: number) => (is ? value : 0);
  const conditions = bit(read, READ) | bit(write, WRITE) | bit(priority, PRIORITY);
  return conditions | bit(hangup, HANGUP) | bit(error, ERROR);
}

/** The jobs and watchers that other addons have on a loop. */
export class ForeignWork {
  /** What is handed to another addon. */
  readonly open: object;
  readonly #loop: ForeignLoop;
  readonly #pool: LoopPool;
  readonly #jobs = new Map<number, ForeignRequest>();
  readonly #watchers = new Map<number, ForeignWatcher>();

  constructor(loop: ForeignLoop, pool: LoopPool) {
    this.#loop = loop;
    this.#pool = pool;
    const guarded =
      (call: (...numbers: number[]) => number) =>
      (...numbers: number[]): number => {
        try {
          return call(...numbers);
        } catch (error) {
          return errnoOf(error);
        }
      };
    this.open = native.openInterface({
      lane: (name) => pool.pool.lanes.numberOf(name) ?? errno('ENOENT'),
      submit: guarded((id = 0, lane = 0) => this.#submit(id, lane)),
      cancel: guarded((id = 0) => this.#cancel(id)),
      watch: guarded((id = 0, fd = -1, events = 0) => this.#watch(id, fd, events)),
      modify: guarded((id = 0, events = 0) => this.#modify(id, events)),
      unwatch: guarded((id = 0) => this.#unwatch(id)),
    });
  }

  #submit(id: number, lane: number): number {
    const name = this.#pool.pool.lanes.nameOf(lane);
    if (name === '') return errno('EINVAL');
    // A kind has one lane.
    const kind = `native ${name}`;
    let request: ForeignRequest | undefined;
    const result = new Promise<number>((resolve, reject) => {
      request = new ForeignRequest(this.open, id, lane, kind, resolve, reject);
    });
    // What it throws is the caller's to know: nothing was taken.
    this.#pool.submit(request as ForeignRequest);
    this.#jobs.set(id, request as ForeignRequest);
    result.then(
      (status) => this.#done(id, status),
      () => this.#over(id),
    );
    return 0;
  }

  #done(id: number, result: number): void {
    this.#jobs.delete(id);
    try {
      native.foreignDone(this.open, id, result);
    } catch (error) {
      this.#loop.defer(() => {
        throw error;
      });
    }
  }

  #cancel(id: number): number {
    const request = this.#jobs.get(id);
    if (request === undefined) return errno('ENOENT');
    if (!this.#pool.takeBack(request.id)) return errno('EBUSY');
    this.#over(id);
    return 0;
  }

  #watch(id: number, fd: number, events: number): number {
    if ((events & ~EVENTS) !== 0) return errno('EINVAL');
    const watcher = this.#loop.watch(fd, interestOf(events), (ready) =>
      native.foreignReady(this.open, id, fd, eventsOf(ready)),
    );
    this.#watchers.set(id, watcher);
    const over = () => this.#over(id);
    watcher.closed.then(over, over);
    return 0;
  }

  #modify(id: number, events: number): number {
    const watcher = this.#watchers.get(id);
    if (watcher === undefined) return errno('ENOENT');
    if ((events & ~EVENTS) !== 0) return errno('EINVAL');
    watcher.modify(interestOf(events));
    return 0;
  }

  #unwatch(id: number): number {
    const watcher = this.#watchers.get(id);
    if (watcher === undefined) return errno('ENOENT');
    this.#watchers.delete(id);
    watcher.close();
    return 0;
  }

  /** It is not called any more. */
  #over(id: number): void {
    this.#jobs.delete(id);
    this.#watchers.delete(id);
    native.foreignOver(this.open, id);
  }
}
