// What native/calls/descriptors.cc, vectored.cc, positioned.cc, locks.cc, statvfs.cc and ioctl.cc
// export: calls on any descriptor, and on the file system of a path.

/** Memory that native code may read or fill: any buffer, whole. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** `lib/raw` documents each. */
export interface DescriptorCalls {
  read(fd: number, buffer: Bytes, offset?: number, length?: number): number;
  write(fd: number, buffer: Bytes, offset?: number, length?: number): number;
  readv(fd: number, buffers: readonly Bytes[]): number;
  writev(fd: number, buffers: readonly Bytes[]): number;
  pread(
    fd: number,
    buffer: Bytes,
    offset: number | undefined,
    length: number | undefined,
    position: number,
  ): number;
  pwrite(
    fd: number,
    buffer: Bytes,
    offset: number | undefined,
    length: number | undefined,
    position: number,
  ): number;
  preadv(fd: number, buffers: readonly Bytes[], position: number): number;
  pwritev(fd: number, buffers: readonly Bytes[], position: number): number;
  close(fd: number): number;
  adopt(fd: number): number;
  release(fd: number): number;
  fcntl(fd: number, cmd: number, arg?: number | BigInt64Array): number;
  flock(fd: number, operation: number): number;
  lseek(fd: number, offset: number, whence: number): number;
  statvfs(path: string | Uint8Array, fields: Float64Array): number;
  ioctl(fd: number, request: number, arg?: number | Bytes): number;
  pipe2(flags?: number): [number, number] | number;
  dup(oldfd: number): number;
  dup3(oldfd: number, newfd: number, flags?: number): number;
}
