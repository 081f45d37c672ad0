// What native/process/terminals.cc exports; see raw_terminals.h.

/** One that wants a terminal raw. It is raw as long as anybody in the process does. */
export interface RawTerminal {
  /** 0 or -errno. */
  enter(fd: number): number;
  /** Idempotent. */
  leave(): void;
}

export interface TerminalCalls {
  RawTerminal: new () => RawTerminal;
  /** The process was stopped and goes on. */
  renewRawModes(): void;
  /** Somebody watched a signal, and does no more: ours is the way out again. */
  guardTerminals(): void;
}
