// What native/calls/inotify.cc, timerfd.cc, signalfd.cc and fanotify.cc export: what Linux alone
// has descriptors of. -ENOSYS elsewhere.
import type { Bytes } from './descriptors.js';

/** `lib/raw` documents each. */
export interface LinuxEventCalls {
  inotify_init1(flags?: number): number;
  inotify_add_watch(fd: number, pathname: string | Bytes, mask: number): number;
  inotify_rm_watch(fd: number, wd: number): number;
  timerfd_create(clockid: number, flags?: number): number;
  timerfd_settime(fd: number, flags: number, new_value: Bytes, old_value?: Bytes | null): number;
  timerfd_gettime(fd: number, curr_value: Bytes): number;
  signalfd(fd: number, mask: Bytes, flags?: number): number;
  fanotify_init(flags: number, event_f_flags?: number): number;
  fanotify_mark(
    fd: number,
    flags: number,
    mask: number,
    dirfd: number,
    pathname?: string | Bytes | null,
  ): number;
}
