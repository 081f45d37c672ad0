// What native/process/children.cc exports: the children of one loop.

export interface Children {
  /**
   * Starts one, by what lib/spawn/layout.ts says: its pid, or -errno. The first of `words` are
   * filled: a pidfd that this thread owns, or -1; what failed.
   */
  spawn(words: Int32Array, strings: string): number;
  /**
   * 1: it has ended, and `status`, 12 numbers, says how; 0: it has not; -errno: it has, and
   * nobody knows how. Once; it does not wait.
   */
  take(pid: number, pidfd: number, status: Float64Array): number;
  /** A thread waits for it from here on; without a pid, for all that live. */
  leave(pid?: number): void;
}

export interface ChildCalls {
  Children: new () => Children;
}
