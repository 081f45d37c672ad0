// What native/process/ exports; see signals.h.

/** Who tells of signals: the host's libuv, or a handler of our own. */
export type SignalPortKind = 'libuv' | 'handler';

/** Where the signals that one loop watches arrive. */
export interface SignalPort {
  /** The descriptor to watch, or -errno; null when the host has no libuv. */
  open(kind: SignalPortKind): number | null;
  /** 0 or -errno. */
  watch(signal: number): number;
  /** 0, or -ENOENT. */
  unwatch(signal: number): number;
  /** Puts the handler back that somebody replaced who calls on to nobody. 0 or -errno. */
  renew(signal: number): number;
  /** Fills `numbers` with the next signals that came, in order; how many. */
  take(numbers: Uint8Array): number;
  /** Ends every watch and closes the descriptor. Idempotent. */
  close(): void;
}

/** Where signals from SIGRTMIN to SIGRTMAX arrive, each with what the kernel told. */
export interface RealtimePort {
  /** The descriptor to watch, or -errno. */
  open(): number;
  /** 0 or -errno. */
  watch(signal: number): number;
  /** 0, or -ENOENT. */
  unwatch(signal: number): number;
  /** Fills memory with those that came, six words each; how many. See lib/process/realtime-port.ts. */
  take(records: Int32Array): number;
  /** Ends every watch and closes the descriptor. Idempotent. */
  close(): void;
}

export interface SignalCalls {
  /** 0, or -EINVAL for what cannot be watched: SIGKILL, SIGSTOP, faults. */
  checkSignal(signal: number): number;
  SignalPort: new () => SignalPort;
  RealtimePort: new () => RealtimePort;
}
