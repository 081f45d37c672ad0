// What native/calls/process.cc and native/os/fork_mark.cc export, of this process and
// this environment.

export interface ProcessCalls {
  /** What hangs on it lives on, also when nothing leads to this copy of the package. */
  readonly kept: Record<symbol, unknown>;
  /** Of now, where `process.pid` is that of the start. */
  getpid(): number;
  /** Whether a handle has `fd`, which this thread owns, or until it is closed; 0 or -errno. */
  hold(fd: number, on: boolean): number;
  /** 0: this thread does not own `fd`, or it is something else by now; 1: it does; 2: a handle. */
  ownership(fd: number): number;
  /** Memory that a child by fork(2) finds wiped; or -errno where there is no such. */
  forkMark(): ArrayBuffer | number;
}
