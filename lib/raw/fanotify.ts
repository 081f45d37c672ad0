// What happens in a whole mount or file system, and who may open what. Linux's; elsewhere they
// return -ENOSYS.
import { native, type RawCalls } from '../binding/index.js';

/**
 * A fanotify group, whose events read(2) gives as records of fanotify(7). FAN_CLOEXEC is always
 * added to `flags`, O_CLOEXEC to `event_f_flags`. A descriptor in an event is the caller's to close:
 * `adopt` takes it.
 *
 * @param flags FAN_CLASS_NOTIF and its like, FAN_REPORT_*, FAN_NONBLOCK: 0 to 2^32-1
 * @param event_f_flags how the descriptors in events are opened, O_RDONLY and its like: 0 to 2^32-1
 * @returns a descriptor that the caller owns, or -errno (-EPERM: without CAP_SYS_ADMIN there has to
 *   be FAN_REPORT_FID). See fanotify_init(2).
 */
export const fanotify_init: RawCalls['fanotify_init'] = native.fanotify_init;

/**
 * Adds to what a group is told, or takes from it.
 *
 * @param flags FAN_MARK_ADD, FAN_MARK_REMOVE or FAN_MARK_FLUSH, with what is marked: 0 to 2^32-1
 * @param mask FAN_CREATE and its like: 0 to 2^53-1
 * @param dirfd a folder, or AT_FDCWD
 * @param pathname from there, as text or bytes; left out or null: `dirfd` itself
 * @returns 0 or -errno. EINTR is retried. See fanotify_mark(2).
 */
export const fanotify_mark: RawCalls['fanotify_mark'] = native.fanotify_mark;
