// What native/calls/process.cc and native/os/fork_mark.cc export, of this process and
// this environment.

export interface ProcessCalls {
  /** What hangs on it lives on, also when nothing leads to this copy of the package. */
  readonly kept: Record<symbol, unknown>;
  /** Of now, where `process.pid` is that of the start. */
  getpid(): number;
  /** Whether this thread owns `fd`, and it is still what was opened or adopted. */
  isOwned(fd: number): boolean;
  /** Memory that a child by fork(2) finds wiped; or -errno where there is no such. */
  forkMark(): ArrayBuffer | number;
}
