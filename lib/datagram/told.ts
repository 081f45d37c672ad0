// What a datagram socket tells of each datagram, and by which functions of the program's. Which
// class of socket they are given is handlers.ts's to say.
import type { Returned } from '../stream/handlers.js';
import type { ReceivedDescriptors } from '../stream/received.js';
import type { DatagramAddress } from './address.js';

/** Where a datagram came to. */
export interface DatagramLocal {
  /** Our address, from which an answer may go: `send(bytes, from, { local })`. */
  readonly address: string;
  /** The group that it was sent to, or another address that is not ours alone. */
  readonly group?: string;
  /** The number of the interface that it came by; 0: not known. */
  readonly interface: number;
}

/** Who sent a Unix datagram, as the kernel says. See SCM_CREDENTIALS in unix(7). */
export interface DatagramCredentials {
  /** His process; 0: of another namespace. */
  readonly pid: number;
  /** His user. */
  readonly uid: number;
  /** His group. */
  readonly gid: number;
}

/** What is known of a datagram beside its bytes: what `info` of `loop.dgram` asked for. */
export interface DatagramInfo {
  /** It was longer than `maxDatagramBytes`: what is missing is lost. */
  readonly truncated: boolean;
  /** Where it came to; asked for by `pktinfo`. */
  readonly local?: DatagramLocal;
  /** Hops that were left: 0 to 255. */
  readonly ttl?: number;
  /** The byte of type of service, or traffic class: 0 to 255. */
  readonly tos?: number;
  /** The last two bits of it: 0 to 3; 3: congestion experienced. See RFC 3168. */
  readonly ecn?: number;
  /** When the kernel received it: nanoseconds since 1970. */
  readonly timestampNs?: bigint;
  /** With `gro`: the chunk is several datagrams of this length, the last perhaps shorter. */
  readonly segmentBytes?: number;
  /**
   * Descriptors that came with a Unix datagram: `fds.take()` while `message` is called; what
   * is not taken is closed when it returns.
   */
  readonly fds?: ReceivedDescriptors;
  /** Of a Unix datagram; asked for by `credentials`. */
  readonly credentials?: DatagramCredentials;
}

/** Called by the loop; see `DatagramHandlers`. */
export interface HandlersOf<Socket> {
  /**
   * A datagram came, which may be empty. `chunk` is a view of the loop's slab, valid during
   * the call: `chunk.slice()` keeps it; an async function gets memory of its own. `from` is
   * the same object for each datagram of a known peer: `socket.send(answer, from)`.
   */
  message?(socket: Socket, chunk: Uint8Array, from: DatagramAddress, info: DatagramInfo): Returned;
  /** All queued datagrams went out, after `send` returned false. */
  drain?(socket: Socket): Returned;
  /**
   * A datagram could not be sent, or the network told that one did not arrive: `to` is whom
   * it was for, where that is known. The socket goes on.
   */
  error?(socket: Socket, error: Error, to?: DatagramAddress): Returned;
  /** Closed, once, always last; `error` says why, when it was not as it should be. */
  close?(socket: Socket, error?: Error): Returned;
}
