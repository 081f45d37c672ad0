// What native/poll/file_watch.cc exports; see file_watcher.h.

/** Files that tell of a change once. */
export interface FileCalls {
  /** Whether to ask for priority takes the event of this file. */
  isToldOnce(fd: number): boolean;
  FileWatch: new () => FileWatch;
}

export interface FileWatch {
  /** 0, or -errno when it could not be opened. */
  readonly error: number;
  /** Readable while `take` has something. */
  readonly doorbell: number;
  /** As epoll_ctl(2): 0 or -errno. */
  control(op: number, fd: number, events: number, token: number): number;
  /** Fills the records from `from` on, as far as `capacity`; how many. */
  take(ready: Int32Array, from: number, capacity: number): number;
  close(): void;
}
