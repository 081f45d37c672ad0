// What happens in folders and to files. Linux's; elsewhere the calls return -ENOSYS. `loop.watchPath`
// stands on them, and does what they leave to the program.
import { native, type RawCalls } from '../binding/index.js';
import { recordsIn } from './records.js';

/**
 * An inotify instance, of which a user may have a number (fs.inotify.max_user_instances). Readable
 * while there are events. IN_CLOEXEC is always added to `flags`.
 *
 * @param flags IN_NONBLOCK
 * @returns a descriptor that the caller owns, or -errno (-EMFILE: one too many). See
 *   inotify_init1(2).
 */
export const inotify_init1: RawCalls['inotify_init1'] = native.inotify_init1;

/**
 * Watches what `pathname` leads to, or changes the mask that it is watched with: one inode has one
 * watch in an instance, by whatever path.
 *
 * @param pathname as text or bytes
 * @param mask IN_CREATE and its like, with IN_ONLYDIR, IN_DONT_FOLLOW, IN_MASK_ADD, IN_ONESHOT: also
 *   as `|` leaves it, negative
 * @returns a watch descriptor, which is a number in this instance alone, or -errno (-ENOSPC: more
 *   than fs.inotify.max_user_watches of this user). See inotify_add_watch(2).
 */
export const inotify_add_watch: RawCalls['inotify_add_watch'] = native.inotify_add_watch;

/**
 * Ends a watch; IN_IGNORED is its last event.
 *
 * @returns 0 or -errno (-EINVAL: no such watch). See inotify_rm_watch(2).
 */
export const inotify_rm_watch: RawCalls['inotify_rm_watch'] = native.inotify_rm_watch;

/** An event that was read, as struct inotify_event has it. */
export interface InotifyEvent {
  /** Of which watch; -1: of none, IN_Q_OVERFLOW. */
  readonly wd: number;
  /** IN_CREATE and its like, IN_ISDIR with it. */
  readonly mask: number;
  /** The same for IN_MOVED_FROM and IN_MOVED_TO of one rename; else 0. */
  readonly cookie: number;
  /** In the folder that is watched, as bytes, a view of what was given; empty: the watched itself. */
  readonly name: Uint8Array;
}

const HEADER_BYTES = 16;

/**
 * The events that a read of an inotify instance gave.
 *
 * @param bytes what was read, or the memory that it was read into
 * @param length how many bytes of it were read; default: all
 * @throws RangeError ERR_OUT_OF_RANGE where the last event is not all there
 * @example
 * const bytes = new Uint8Array(65536);
 * const length = check(read(fd, bytes), 'read');
 * for (const { mask, name } of inotifyEvents(bytes, length)) {
 *   if (mask & constants.IN_CREATE) console.log(Buffer.from(name).toString());
 * }
 */
export function inotifyEvents(bytes: Uint8Array, length?: number): InotifyEvent[] {
  const { view, end, little, cut } = recordsIn(bytes, length);
  const events: InotifyEvent[] = [];
  for (let at = 0; at < end; ) {
    const begin = at + HEADER_BYTES;
    const size = begin <= end ? view.getUint32(at + 12, little) : 0;
    if (begin + size > end) throw cut('a number of whole events');
    const wd = view.getInt32(at, little);
    const mask = view.getUint32(at + 4, little);
    const cookie = view.getUint32(at + 8, little);
    events.push({ wd, mask, cookie, name: nameIn(view, begin, size) });
    at = begin + size;
  }
  return events;
}

/** Without the zeros that fill it up. */
function nameIn(view: DataView, begin: number, size: number): Uint8Array {
  const room = new Uint8Array(view.buffer, view.byteOffset + begin, size);
  const zero = room.indexOf(0);
  return zero < 0 ? room : room.subarray(0, zero);
}
