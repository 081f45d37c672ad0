// Where notices come from on Linux: one inotify instance, of which a user has few, and a watch for
// each inode, whoever watches it. The kernel's queue may overflow, which is told to all. See
// inotify(7).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { SystemError, systemError } from '../raw/errors.js';
import { inotifyEvents } from '../raw/inotify.js';
import { PathHub } from './hub.js';
import { type Found, Notice, Watch, type Watching } from './source.js';

/** Bytes of one read: two thousand notices or so. */
const READ_BYTES = 65536;
const IN_Q_OVERFLOW = constants['IN_Q_OVERFLOW'] ?? 0;
const FIONREAD = constant('FIONREAD');
const NOTHING: ReadonlySet<number> = new Set([-constant('EAGAIN'), -constant('EINTR')]);
const EMFILE = -constant('EMFILE');
const ENOSPC = -constant('ENOSPC');

const flag = (name: string): number => constants[name] ?? 0;
const NAMES = Notice.CREATE | Notice.DELETE | Notice.MOVED_FROM | Notice.MOVED_TO;
const SELF = Notice.DELETE_SELF | Notice.MOVE_SELF;
const CONTENTS = Notice.MODIFY | Notice.ATTRIB;
const ONLY_FOLDERS = flag('IN_ONLYDIR');
/** A link to it is followed. */
const FOLDER = NAMES | SELF | CONTENTS | ONLY_FOLDERS | flag('IN_EXCL_UNLINK');
/** What is asked of the kernel. */
const MASKS: Readonly<Record<Watch, number>> = {
  [Watch.ABOVE]: NAMES | SELF | ONLY_FOLDERS,
  [Watch.ROOT]: FOLDER,
  [Watch.FOLDER]: FOLDER | flag('IN_DONT_FOLLOW'),
  [Watch.FILE]: SELF | CONTENTS,
  [Watch.HIGHER]: SELF | ONLY_FOLDERS,
};

/** Lists the folder at a path, without waiting for it. */
export type ReadFolder = (path: Uint8Array) => Promise<Found>;

export class InotifyHub extends PathHub {
  position = 0;
  readonly #read: ReadFolder;
  readonly #bytes = new Uint8Array(READ_BYTES);
  /** How many bytes of notices were read so far. */
  #readBytes = 0;
  /** By watch. Most have one who watches, and a set of its own for each would be as large as he is. */
  readonly #watching = new Map<number, Watching | Set<Watching>>();
  readonly #waiting = new Int32Array(1);

  /** @throws SystemError; Error ERR_LOOP_CLOSED */
  constructor(loop: HandleLoop, read: ReadFolder) {
    super(loop);
    this.#read = read;
    const fd = native.inotify_init1(constant('IN_NONBLOCK'));
    if (fd < 0) throw notOpened(fd);
    this.startOwning(fd, Interest.READ);
  }

  override get kind(): string {
    return 'InotifyHub';
  }

  // ---- what is watched -------------------------------------------------------

  add(path: string, what: Watch, watching: Watching): number {
    const bytes = Buffer.from(path, 'latin1');
    const mask = MASKS[what] | flag('IN_MASK_ADD');
    const watch = native.inotify_add_watch(this.handleFd, bytes, mask);
    if (watch < 0) return watch;
    const all = this.#watching.get(watch);
    if (all === undefined) this.#watching.set(watch, watching);
    else if (all instanceof Set) all.add(watching);
    else if (all !== watching) this.#watching.set(watch, new Set([all, watching]));
    return watch;
  }

  remove(watch: number, watching: Watching): void {
    const all = this.#watching.get(watch);
    if (all instanceof Set ? !all.delete(watching) || all.size > 0 : all !== watching) return;
    this.#watching.delete(watch);
    if (this.active) native.inotify_rm_watch(this.handleFd, watch);
  }

  sharing(watch: number): Iterable<Watching> {
    const all = this.#watching.get(watch);
    if (all instanceof Set) return all;
    return all === undefined ? [] : [all];
  }

  list(_watch: number, path: string): Promise<Found> {
    return this.#read(Buffer.from(path, 'latin1'));
  }

  ahead(): number {
    this.#waiting[0] = 0;
    native.ioctl(this.handleFd, FIONREAD, this.#waiting);
    return this.#readBytes + this.#waiting[0];
  }

  refusal(errno: number, path: string): Error {
    const hint =
      errno === ENOSPC
        ? 'More watches than this user may have: each folder takes one. See ' +
          'fs.inotify.max_user_watches in inotify(7)'
        : undefined;
    return new SystemError(errno, 'inotify_add_watch', { path }, hint);
  }

  // ---- what happens ----------------------------------------------------------

  onReady(): void {
    if (!this.hasNews) this.#readNotices();
    this.tell();
  }

  #readNotices(): void {
    const length = native.read(this.handleFd, this.#bytes);
    if (length < 0) {
      if (!NOTHING.has(length)) this.failWith(systemError(length, 'read'));
      return;
    }
    this.#readBytes += length;
    for (const { wd, mask, cookie, name } of inotifyEvents(this.#bytes, length)) {
      if ((mask & IN_Q_OVERFLOW) !== 0) for (const member of this.members) member.overflowed();
      else this.#handOn(wd, mask, cookie, Buffer.from(name).toString('latin1'));
    }
    this.position = this.#readBytes;
    this.settle();
  }

  #handOn(watch: number, mask: number, cookie: number, name: string): void {
    const all = this.#watching.get(watch);
    if (all === undefined) return;
    if ((mask & Notice.IGNORED) !== 0) this.#watching.delete(watch);
    // Those of now: who hears of it may begin to watch the same, or end.
    if (!(all instanceof Set)) all.noticed(mask, cookie, name);
    else for (const each of [...all]) each.noticed(mask, cookie, name);
  }

  // ---- its end ---------------------------------------------------------------

  /** At once, and not in the closing phase: a user has few instances, and the next one may be asked for. */
  close(): void {
    if (!this.isClosed) native.close(this.releaseDescriptor());
  }

  onClosed(): void {}

  override describe(): string {
    return 'Paths read';
  }
}

function notOpened(errno: number): Error {
  if (errno !== EMFILE) return systemError(errno, 'inotify_init1');
  const hint =
    'Descriptors, or inotify instances of this user: each loop that watches a path has one. See ' +
    'fs.inotify.max_user_instances in inotify(7)';
  return new SystemError(errno, 'inotify_init1', undefined, hint);
}
