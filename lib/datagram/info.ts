// What comes beside a datagram: words of an arrival to the object that `message` is given.
// Where nothing was asked for there is one object for all.
import { native } from '../binding/index.js';
import { sharedWords } from '../loop/layout.js';
import type { ReceivedDescriptors } from '../stream/received.js';
import {
  ARRIVAL_ANCILLARY,
  ARRIVAL_FLAGS,
  DESTINATION,
  Flag,
  GID,
  INTERFACE,
  KNOWN,
  Known,
  LOCAL,
  LOCAL_FAMILY,
  PEER_NAME,
  PEER_SIZE,
  PEER_WORDS,
  PID,
  SEGMENT_BYTES,
  TIMESTAMP_NS,
  TOS,
  TTL,
  UID,
} from './layout.js';
import type { DatagramInfo, DatagramLocal } from './told.js';

/** Of datagrams that came whole and with nothing beside them. */
const PLAIN: DatagramInfo = Object.freeze({ truncated: false });
const CUT: DatagramInfo = Object.freeze({ truncated: true });

/** The words of a sockaddr in which its IP address begins. */
const V4_WORD = PEER_NAME + 1;
const V6_WORD = PEER_NAME + 2;
const V6_WORDS = 4;
const V4_WORDS = 1;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A sockaddr to put addresses in, and to read them from. */
let scratch: Int32Array<SharedArrayBuffer> | undefined;

function sockaddrOf(family: number, address = family === 6 ? '::' : '0.0.0.0'): Int32Array {
  scratch ??= sharedWords(PEER_WORDS);
  scratch[PEER_SIZE] = 0;
  native.writePeer(scratch, 0, { family: family === 6 ? 'ipv6' : 'ipv4', address, port: 0 });
  return scratch;
}

/** Where a datagram came to; the same object while it is the same place. */
let last: DatagramLocal = { address: '', interface: -1 };
/** What it was made of: interface, family and both addresses. */
const lastWords = new Int32Array(PID - INTERFACE);

function localOf(words: Int32Array, at: number): DatagramLocal {
  const family = words[at + LOCAL_FAMILY] as number;
  let same = true;
  for (let i = 0; i < lastWords.length && same; i++)
    same = lastWords[i] === words[at + INTERFACE + i];
  if (same) return last;
  lastWords.set(words.subarray(at + INTERFACE, at + PID));
  const address = addressText(words, at + LOCAL, family);
  const to = addressText(words, at + DESTINATION, family);
  const local = { address, interface: words[at + INTERFACE] as number };
  last = Object.freeze(to === address ? local : { ...local, group: to });
  return last;
}

function addressText(words: Int32Array, at: number, family: number): string {
  const sockaddr = sockaddrOf(family);
  const start = family === 6 ? V6_WORD : V4_WORD;
  const count = family === 6 ? V6_WORDS : V4_WORDS;
  sockaddr.set(words.subarray(at, at + count), start);
  return (native.readPeer(sockaddr, 0) as { address: string }).address;
}

/** Puts an address among the words of what is to be sent with a datagram; false: it is none. */
export function writeLocal(words: Int32Array, address: string, family: number): boolean {
  const sockaddr = sockaddrOf(family, address);
  if (sockaddr[PEER_SIZE] === 0) return false;
  const start = family === 6 ? V6_WORD : V4_WORD;
  words.set(sockaddr.subarray(start, start + (family === 6 ? V6_WORDS : V4_WORDS)), LOCAL);
  return true;
}

/** What is known of the arrival at `at`; `fds` came with it. */
export function infoOf(
  arrivals: Int32Array<SharedArrayBuffer>,
  at: number,
  fds?: ReceivedDescriptors,
): DatagramInfo {
  const truncated = ((arrivals[at + ARRIVAL_FLAGS] as number) & Flag.TRUNCATED) !== 0;
  const words = at + ARRIVAL_ANCILLARY;
  const known = arrivals[words + KNOWN] as number;
  if (known === 0 && fds === undefined) return truncated ? CUT : PLAIN;
  const info: Writable<DatagramInfo> = { truncated };
  if (fds !== undefined) info.fds = fds;
  if ((known & Known.LOCAL) !== 0) info.local = localOf(arrivals, words);
  if ((known & Known.TTL) !== 0) info.ttl = arrivals[words + TTL] as number;
  if ((known & Known.TOS) !== 0) {
    info.tos = arrivals[words + TOS] as number;
    info.ecn = info.tos & 3;
  }
  if ((known & Known.TIMESTAMP) !== 0) {
    info.timestampNs = new BigInt64Array(
      arrivals.buffer,
      (words + TIMESTAMP_NS) * 4,
      1,
    )[0] as bigint;
  }
  if ((known & Known.SEGMENT) !== 0) info.segmentBytes = arrivals[words + SEGMENT_BYTES] as number;
  if ((known & Known.CREDENTIALS) !== 0) {
    info.credentials = {
      pid: arrivals[words + PID] as number,
      uid: (arrivals[words + UID] as number) >>> 0,
      gid: (arrivals[words + GID] as number) >>> 0,
    };
  }
  return info;
}
