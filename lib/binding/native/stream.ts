// What native/stream/ exports: crossing.cc, send_now.cc, layout.h.

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
   * @param words room for the control words, and for a ready record and a read result for
   *   each of `capacity`
   */
  createCrossing(words: Int32Array, capacity: number): CrossingCalls;
  /** Where each word stands by its name; for the test that compares. */
  layout(): Record<string, number>;
  /** As `sendNow`, by write(2). */
  writeNow(fd: number, bytes: Uint8Array): number;
  /** As `writeNow`, of a descriptor that blocks; `transfer` is one of its SHARED_*. */
  writeShared(fd: number, bytes: Uint8Array, transfer: number): number;
  /** Sends as much as the kernel takes at once: how much, or -errno. See send(2). */
  sendNow(fd: number, bytes: Uint8Array): number;
}
