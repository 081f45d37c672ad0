// What native/calls/unix_path.cc exports.

/** For lib/unix/path.ts. */
export interface UnixPathCalls {
  /** A descriptor that holds the folder's lock until it is closed; -EAGAIN: another has it. */
  lockFolder(path: string): number;
  /** Before bind: which permissions its file has at most, where the kernel goes by that. */
  limitMode(fd: number, mode: number): number;
}
