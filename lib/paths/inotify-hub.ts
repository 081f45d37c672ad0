// All watched paths of one loop: one inotify instance, of which a user has few, and a watch for each
// inode, whoever watches it. What is read is handed to the watchers' trees, and what they have to
// tell then is told, before more is read: so what waits is bounded by the kernel's queue, whose
// overflow is told to all. See inotify(7).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { codedError, SystemError, systemError } from '../raw/errors.js';
import { inotifyEvents } from '../raw/inotify.js';
import type { NoticeSource, Watching } from './source.js';

/** Bytes of one read: two thousand notices or so. */
const READ_BYTES = 65536;
/** Callbacks of one turn; the rest comes in the next, so that others get theirs. */
const TURN_CALLBACKS = 256;
const IN_MASK_ADD = constants['IN_MASK_ADD'] ?? 0;
const IN_Q_OVERFLOW = constants['IN_Q_OVERFLOW'] ?? 0;
const IN_IGNORED = constants['IN_IGNORED'] ?? 0;
const FIONREAD = constant('FIONREAD');
const NOTHING: ReadonlySet<number> = new Set([-constant('EAGAIN'), -constant('EINTR')]);
const EMFILE = -constant('EMFILE');

/** A watched path, as the hub knows it. */
export interface PathMember extends Handle {
  /** Whether something is to be told. */
  readonly hasNews: boolean;
  /** Tells the next of it. */
  tellNext(): void;
  /** Notices were handed on. */
  settle(): void;
  /** The kernel had more than it could keep. */
  overflowed(): void;
  /** Nothing more is heard, by no doing of the program's. */
  fail(error: Error): void;
}

const hubs = new WeakMap<HandleLoop, InotifyHub>();

export class InotifyHub extends Handle implements NoticeSource {
  position = 0;
  readonly #bytes = new Uint8Array(READ_BYTES);
  /** How many bytes of notices were read so far. */
  #readBytes = 0;
  readonly #watching = new Map<number, Set<Watching>>();
  readonly #members = new Set<PathMember>();
  #deferred = false;

  /**
   * The one of `loop`, opened if need be.
   *
   * @throws SystemError; Error ERR_LOOP_CLOSED, ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
   */
  static of(loop: HandleLoop): InotifyHub {
    let hub = hubs.get(loop);
    if (hub?.active !== true) {
      hub = new InotifyHub(loop);
      hubs.set(loop, hub);
    }
    return hub;
  }

  private constructor(loop: HandleLoop) {
    super(loop);
    if (loop.closed) throw loopClosed();
    if (constants['IN_CREATE'] === undefined) throw unavailable();
    this.unref();
    const fd = native.inotify_init1(constant('IN_NONBLOCK'));
    if (fd < 0) throw notOpened(fd);
    this.startOwning(fd, Interest.READ);
  }

  override get kind(): string {
    return 'InotifyHub';
  }

  // ---- who watches -----------------------------------------------------------

  join(member: PathMember): void {
    this.#members.add(member);
  }

  /** With the last one it closes. */
  leave(member: PathMember): void {
    this.#members.delete(member);
    if (this.#members.size === 0) this.close();
  }

  add(path: string, mask: number, watching: Watching): number {
    const bytes = Buffer.from(path, 'latin1');
    const watch = native.inotify_add_watch(this.handleFd, bytes, mask | IN_MASK_ADD);
    if (watch < 0) return watch;
    const all = this.#watching.get(watch);
    if (all === undefined) this.#watching.set(watch, new Set([watching]));
    else all.add(watching);
    return watch;
  }

  remove(watch: number, watching: Watching): void {
    const all = this.#watching.get(watch);
    if (all === undefined || !all.delete(watching) || all.size > 0) return;
    this.#watching.delete(watch);
    if (this.active) native.inotify_rm_watch(this.handleFd, watch);
  }

  sharing(watch: number): Iterable<Watching> {
    return this.#watching.get(watch) ?? [];
  }

  ahead(): number {
    const waiting = new Int32Array(1);
    native.ioctl(this.handleFd, FIONREAD, waiting);
    return this.#readBytes + (waiting[0] as number);
  }

  // ---- what happens ----------------------------------------------------------

  onReady(): void {
    if (!this.#hasNews) this.#read();
    this.#tell();
  }

  #read(): void {
    const length = native.read(this.handleFd, this.#bytes);
    if (length < 0) {
      if (!NOTHING.has(length)) this.failWith(systemError(length, 'read'));
      return;
    }
    this.#readBytes += length;
    for (const { wd, mask, cookie, name } of inotifyEvents(this.#bytes, length)) {
      if ((mask & IN_Q_OVERFLOW) !== 0) for (const member of this.#members) member.overflowed();
      else this.#handOn(wd, mask, cookie, Buffer.from(name).toString('latin1'));
    }
    this.position = this.#readBytes;
    for (const member of [...this.#members]) member.settle();
  }

  #handOn(watch: number, mask: number, cookie: number, name: string): void {
    const all = this.#watching.get(watch);
    if (all === undefined) return;
    if ((mask & IN_IGNORED) !== 0) this.#watching.delete(watch);
    // Those of now: who hears of it may begin to watch the same, or end.
    for (const each of [...all]) each.noticed(mask, cookie, name);
  }

  get #hasNews(): boolean {
    for (const member of this.#members) if (member.hasNews) return true;
    return false;
  }

  #tell(): void {
    const { loop } = this;
    let left = TURN_CALLBACKS;
    try {
      for (const member of [...this.#members]) {
        while (member.active && member.hasNews) {
          if (left-- === 0) return;
          loop.counters.reported(member.slot);
          loop.meter.begins('poll', member);
          member.enter(() => member.tellNext());
          loop.betweenCallbacks(member);
        }
      }
    } finally {
      this.tellLater();
    }
  }

  /** What there is to tell is told in the next pending phase. */
  tellLater(): void {
    if (this.#deferred || !this.#hasNews) return;
    this.#deferred = true;
    this.loop.defer(() => {
      this.#deferred = false;
      this.#tell();
    }, this);
  }

  // ---- its end ---------------------------------------------------------------

  /** Nothing is heard any more: all are told so, each in a callback of its own. */
  override onFailed(error: Error): void {
    for (const member of this.#members) member.fail(error);
  }

  /** At once, and not in the closing phase: a user has few instances, and the next one may be asked for. */
  close(): void {
    if (!this.isClosed) native.close(this.releaseDescriptor());
  }

  onClosed(): void {}

  override describe(): string {
    return 'Paths read';
  }
}

function unavailable(): Error {
  const message = 'watchPath: only Linux has inotify; see docs/paths.md';
  return codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
}

function notOpened(errno: number): Error {
  if (errno !== EMFILE) return systemError(errno, 'inotify_init1');
  const hint =
    'Descriptors, or inotify instances of this user: each loop that watches a path has one. See ' +
    'fs.inotify.max_user_instances in inotify(7)';
  return new SystemError(errno, 'inotify_init1', undefined, hint);
}
