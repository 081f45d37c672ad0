// What native/stream/ exports: crossing.cc, passing.cc, relay.cc, send_now.cc,
// layout.h.

/** A crossing; see lib/loop/layout.ts for its words. */
export interface CrossingCalls {
  /** Sends, waits and reads as the control words say: how many are ready, or -errno. */
  cross(): number;
  /** From now on the memory of this kind (KEEP_*) is there. */
  keep(kind: number, memory: ArrayBuffer | Int32Array | Uint8Array): void;
}

/** The bytes of streams. */
export interface StreamCalls {
  /**
   * @param words room for the control words, for a ready record and a read result for each
   *   of `capacity`, and for the numbers of descriptors
   */
  createCrossing(words: Int32Array, capacity: number): CrossingCalls;
  /** Where each word stands by its name; for the test that compares. */
  layout(): Record<string, number>;
  /** As `sendNow`, by write(2). */
  writeNow(fd: number, bytes: Uint8Array): number;
  /** The same of a file: over the limit of the process it is -EFBIG, without a signal. */
  writeFileNow(fd: number, bytes: Uint8Array): number;
  /**
   * As `sendNow`, and with the first byte the first `count` descriptors of `numbers`, 1 to
   * 253. After -errno nothing was sent.
   */
  sendPassing(fd: number, bytes: Uint8Array, numbers: Int32Array, count: number): number;
  /** A descriptor that came is told to somebody: what it is is noted. 0, or -errno. */
  settleReceived(fd: number): number;
  /** Nobody was told: it is closed. 0, or -errno. */
  closeReceived(fd: number): number;
  /** Puts pid, uid and gid of who is at the other end into `out`: 0, or -errno. */
  peerOf(fd: number, out: Int32Array): number;
  /** As `writeNow`, of a descriptor that blocks; `transfer` is one of its SHARED_*. */
  writeShared(fd: number, bytes: Uint8Array, transfer: number): number;
  /**
   * Moves what has come for one direction of a relay, of which `budget` bytes at most; see
   * lib/relay/words.ts. 1; 0, and nothing is done, where it needs a pipe and there is no empty one;
   * -ENOSYS where the system has no such call.
   */
  moveFlow(pipes: Int32Array, flows: Int32Array, index: number, budget: number): number;
  /** Sends as much as the kernel takes at once: how much, or -errno. See send(2). */
  sendNow(fd: number, bytes: Uint8Array): number;
}
