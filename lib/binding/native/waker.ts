// What native/poll/waker.cc exports; see lib/poller/waker.ts.

/** The shared half of a waker. */
export interface WakerCalls {
  /** False when `state` says that the waker is closed. */
  wake(fd: number, state: Int32Array): boolean;
  WakerGuard: new (state: Int32Array) => WakerGuard;
}

/** Retires a waker at the latest when its environment ends. */
export interface WakerGuard {
  /**
   * Says in the state that it is closed, and waits until nobody writes any more. False
   * when the state says for too long that somebody does.
   */
  retire(): boolean;
}
