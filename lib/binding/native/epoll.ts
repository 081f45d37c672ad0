// What native/poll/epoll.cc exports; each call returns -ENOSYS where there is no epoll.
import type { Bytes } from './descriptors.js';

/** An event and its data for `epoll_ctl`. */
export interface EpollEvent {
  /** EPOLL* bits. */
  events: number;
  /** Comes back from `epoll_wait` as two words: 0 to 2^53-1, or a 64-bit BigInt. */
  data?: number | bigint;
}

/** `lib/raw` documents each. */
export interface EpollRawCalls {
  epoll_create1(flags?: number): number;
  epoll_ctl(
    epfd: number,
    op: number,
    fd: number,
    event?: EpollEvent | number,
    data?: number | bigint,
  ): number;
  epoll_wait(epfd: number, events: Bytes, maxevents: number, timeout: number): number;
  epoll_pwait2(epfd: number, events: Bytes, maxevents: number, timeout: number): number;
}

/** What epoll does beyond its raw calls. */
export interface EpollCalls {
  /** Takes `fd` out of the set and closes it, as `close` does. 0 or -errno. */
  epollClose(epfd: number, fd: number): number;
}
