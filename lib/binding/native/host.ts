// What native/host/ exports; see host_loop.h.

/** A place in the host's own loop. */
export interface HostLoop {
  /** 0, or a negative errno when this host cannot be used that way. */
  readonly error: number;
  /** Calls the turn after `timeoutMs` at the latest; -1: no deadline. */
  arm(timeoutMs: number): void;
  ref(): void;
  unref(): void;
  /** True where the turn may come again before the host's own work: not until `letGo`. */
  hold(): boolean;
  letGo(): void;
  /** No turn until `goOn`; nothing is armed any more. Both are idempotent. */
  rest(): void;
  goOn(): void;
  close(): void;
}

export type HostLoopKind = 'libuv' | 'waiter';

export interface HostCalls {
  /** Readable when the host's own loop has something to do; or -errno. Borrowed. */
  hostDescriptor(): number;
  /**
   * 1: something referenced keeps the host's own loop going; 0: nothing does; or -ENOSYS. Not
   * to be called on Bun, whose libuv aborts.
   */
  hostAlive(): number;
  /** Tells the host of an error that nobody caught. False: this environment is ending. */
  uncaughtException(error: unknown): boolean;
  HostLoop: new (fd: number, turn: (due: boolean) => void, kind: HostLoopKind) => HostLoop;
}
