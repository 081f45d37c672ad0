// What native/calls/processes.cc, processes_linux.cc and sigqueue.cc export: processes by their ids
// and as descriptors.

/** `lib/raw` documents each. */
export interface ProcessRawCalls {
  kill(pid: number, sig: number): number;
  sigqueue(pid: number, sig: number, value: number): number;
  waitid(idtype: number, id: number, info: Int32Array, options: number): number;
  pidfd_open(pid: number, flags?: number): number;
  pidfd_send_signal(pidfd: number, sig: number, info?: null, flags?: number): number;
  prlimit(
    pid: number,
    resource: number,
    new_limit: BigUint64Array | null,
    old_limit?: BigUint64Array | null,
  ): number;
  close_range(first: number, last: number, flags: number): number;
}
