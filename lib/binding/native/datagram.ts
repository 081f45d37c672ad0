// What native/datagram/datagrams.cc and native/datagram/receive_now.cc export.
import type { Address } from './address.js';

/** Datagrams, beside the crossing; see lib/datagram/layout.ts for the words. */
export interface DatagramCalls {
  /** Puts an address among the peers: 0, or -EINVAL, -ENAMETOOLONG for what is none. */
  writePeer(peers: Int32Array, index: number, address: Address): number;
  /** The address there; undefined for index -1. */
  readPeer(peers: Int32Array, index: number): Address | undefined;
  /**
   * Sends one datagram to a peer (-1: where it is connected to), with what the words of
   * `ancillary` say, behind which its descriptors stand. Bytes sent or -errno.
   */
  sendDatagram(
    fd: number,
    peers: Int32Array,
    index: number,
    ancillary: Int32Array,
    bytes: Uint8Array,
  ): number;
  /**
   * Receives what waits at `fd` into `bytes`, up to 32 datagrams, each with its words in
   * `arrivals`: how many came, errors counted in. `pace` is a word of that socket's, 0 at first.
   */
  receiveDatagrams(fd: number, pace: Int32Array, bytes: Uint8Array, arrivals: Int32Array): number;
  /** Where each word stands by its name; for the test that compares. */
  datagramLayout(): Record<string, number>;
}
