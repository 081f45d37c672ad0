// What native/calls/file_transfers.cc exports: bytes that move inside the kernel, and files
// of memory.

/** `lib/raw` documents each. */
export interface FileTransferCalls {
  sendfile(out_fd: number, in_fd: number, offset: number | null, count: number): number;
  splice(
    fd_in: number,
    off_in: number | null,
    fd_out: number,
    off_out: number | null,
    len: number,
    flags?: number,
  ): number;
  memfd_create(name: string, flags?: number): number;
}
