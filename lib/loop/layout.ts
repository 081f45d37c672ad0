// The words that TypeScript and C++ share where bytes of streams move: for each handle,
// each ready record, each read, each send, and the crossing itself. Their other half is
// native/stream/layout.h; test/loop/layout.test.ts compares the two. All are 32 bits, but
// for those in NS, which are doubles at the head of the control words.

/** The slot table: words of a handle. */
export const SLOT_WORDS = 4;
/** The descriptor that is read when it is ready, -1: none; below: a flow of lib/relay/words.ts. */
export const READ_FD = 0;
export const GENERATION = 1;
/** Index of the stream's last pending send record plus one, 0: none. */
export const LAST_RECORD = 2;
/** How its bytes are read: one of Transfer; of datagrams with bits of lib/datagram/layout.ts. */
export const TRANSFER = 3;

/** What a wait found: words of a ready record. */
export const READY_WORDS = 3;
export const READY_EVENTS = 0;
export const READY_SLOT = 1;
export const READY_GENERATION = 2;

/** What was read for a ready record. */
export const RESULT_WORDS = 4;
/** Bytes, 0: the end, -errno, or one of ReadResult. Of datagrams: how many are left. */
export const READ_RESULT = 0;
/** Where in the slab. Of datagrams: which of the arrivals is the next. */
export const READ_OFFSET = 1;
/** The first of its descriptors in the table behind the results, if there are any. */
export const READ_FIRST_PASSED = 2;
/** How many descriptors came, and PASSED_TRUNCATED. */
export const READ_PASSED = 3;
/** Some descriptors were lost. */
export const PASSED_TRUNCATED = 1 << 16;
/** How many descriptors one fill brings at most: the table behind the results. */
export const PASSED_WORDS = 512;
/** The result of a record that is no stream's. */
export const NOT_READ = -(2 ** 31);
/** Of sockets that keep the bounds of records: one of no bytes came. */
export const EMPTY_RECORD = NOT_READ + 1;
/** One that the slab has no room for; its size as the offset. */
export const LARGE_RECORD = NOT_READ + 2;
/** What came has gone to another stream inside the kernel, and there is nothing to tell. */
export const MOVED = NOT_READ + 3;

/** What is to be sent: words of a record. A chain of them is one stream's output. */
export const RECORD_WORDS = 8;
/** -1: not the head of a chain. */
export const SEND_FD = 0;
export const SEND_OFFSET = 1;
export const SEND_LENGTH = 2;
/** Index of the next record of the chain, 0: none. */
export const SEND_NEXT = 3;
/** Of a head: its Transfer, then what was sent. Of another: the index of its head. */
export const SEND_RESULT = 4;
export const SEND_SLOT = 5;
export const SEND_GENERATION = 6;
/** Of a head: bytes in the chain. */
export const SEND_TOTAL = 7;

/** What a crossing is to do, and what it did. */
export const CONTROL_WORDS = 18;
/** A double. -1: for ever. After EINTR: what is left. */
export const TIMEOUT_NS = 0;
/** A double: how long the wait lasted, added to what stands there. */
export const WAITED_NS = 1;
export const SENDS = 4;
/** Chains that did not go out whole: then there was no wait. */
export const UNSENT = 5;
/** One of Backend. */
export const BACKEND = 6;
export const POLLER = 7;
export const REGISTERED = 8;
export const TIMED = 9;
export const COUNT = 10;
export const READS = 11;
export const FILLED = 12;
/** What the wait found for the poller itself: bits of Own. */
export const OWN = 13;
/** For how long to ask without waiting before the kernel is to wait. */
export const SPIN_US = 14;
/** Datagrams that are to be sent. */
export const DATAGRAMS = 15;
/** How many of them were not sent, or told of an error: then there was no wait. */
export const REFUSED = 16;

/** Which memory `keep` replaces. */
export const KEEP_SLOTS = 0;
export const KEEP_SLAB = 1;
export const KEEP_RECORDS = 2;
export const KEEP_OUT = 3;
export const KEEP_ARRIVALS = 4;
export const KEEP_PEERS = 5;
export const KEEP_DEPARTURES = 6;
export const KEEP_DATAGRAM_OUT = 7;
export const KEEP_FLOWS = 8;
export const KEEP_PIPES = 9;

/** How the bytes of a stream move. */
export const Transfer = {
  /** recv(2), send(2), sendmsg(2). */
  SOCKET: 0,
  /** read(2), write(2), writev(2). */
  FILE: 1,
  /** recvmsg(2), send(2), sendmsg(2): descriptors may come along. */
  UNIX: 2,
  /** The same, and a send or a read is one record. */
  RECORDS: 3,
  /** The same of a pipe that blocks, after poll(2) has said that there is something to do. */
  SHARED_PIPE: 4,
  /** Of a terminal. */
  SHARED_TERMINAL: 5,
  /** Of another character device. */
  SHARED_DEVICE: 6,
  /** recvfrom(2), recvmmsg(2), sendto(2), sendmmsg(2). */
  DATAGRAM: 7,
} as const;

/** Memory that can be neither detached nor made smaller: native code keeps its address. */
export function sharedWords(count: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(count * 4));
}
