// What native/calls/socket_filter.cc exports, or its absent half.
import type { Bytes } from './descriptors.js';

export interface SocketFilterCalls {
  /**
   * A program of classic BPF for a socket: `name` is SO_ATTACH_FILTER or
   * SO_ATTACH_REUSEPORT_CBPF, `instructions` are 1 to 4096 struct sock_filter of 8 bytes.
   * 0 or -errno: -ENOSYS but on Linux.
   */
  attachFilter(fd: number, name: number, instructions: Bytes): number;
}
