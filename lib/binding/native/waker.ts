// What native/poll/waker.cc and end_notice.cc export; see lib/poller/waker.ts.

/** The shared half of a waker. */
export interface WakerCalls {
  /** False when `state` says that the waker is closed. */
  wake(fd: number, state: Int32Array): boolean;
  WakerGuard: new (state: Int32Array) => WakerGuard;
  /** Sets the word `ended` to 1 and wakes `fd` when this environment ends, however it does. */
  EndNotice: new (
    fd: number,
    state: Int32Array,
    ended: Int32Array,
  ) => object;
}

/** Retires a waker at the latest when its environment ends. */
export interface WakerGuard {
  /**
   * Says in the state that it is closed, and waits until nobody writes any more. False
   * when the state says for too long that somebody does.
   */
  retire(): boolean;
}
