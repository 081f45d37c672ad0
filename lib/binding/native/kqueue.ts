// What native/poll/kqueue.cc, kqueue_poller.cc, kqueue_wait.cc and vnode.cc export; each call
// returns -ENOSYS where there is no kqueue.
import type { Bytes } from './descriptors.js';

/** `lib/raw` documents each. */
export interface KqueueRawCalls {
  kqueue(): number;
  kevent(
    kq: number,
    changes?: Bytes | null,
    events?: Bytes | null,
    timeout?: number | null,
  ): number;
}

/** The kqueue half of a poller. */
export interface KqueueCalls {
  /** 0 or -errno. */
  kqueueAddWaker(kq: number): number;
  /** Whether the kernel still knows the registration: 1, 0 or -errno. */
  kqueueHas(kq: number, fd: number, interest: number, token: number): number;
  /** -1 as an interest: none. 0 or -errno. */
  kqueueUpdate(kq: number, fd: number, before: number, interest: number, token?: number): number;
  /** How many records were filled, or -errno. */
  kqueueWait(
    kq: number,
    ready: Int32Array,
    maxevents: number,
    timeoutNs: number,
    registered: number,
  ): number;
  /** False when `state` says that the waker is closed. */
  kqueueWake(kq: number, state: Int32Array): boolean;
}

/** Files and folders that are opened to be watched. `facts` are those of `VnodeFact`. */
export interface VnodeCalls {
  /** `at` a folder's descriptor, -1: none. The descriptor or -errno. */
  openVnode(at: number, path: Bytes, how: number, facts: BigUint64Array): number;
  /** 0 or -errno. */
  vnodeFacts(fd: number, facts: BigUint64Array): number;
  /** All that is in a folder, as the pool's `listing`, at once; or -errno. */
  listVnode(fd: number): Uint8Array | number;
  /** How many descriptors this process may have. */
  descriptorLimit(): number;
}
