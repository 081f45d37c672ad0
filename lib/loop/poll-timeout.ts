// How long the poll phase may wait: the five rules, in their order.

export interface PollTimeoutInput {
  /** run('nowait'), a turn inside the host's loop, or run('once') that made progress. */
  nowait: boolean;
  stopping: boolean;
  /** Something referenced is alive. */
  alive: boolean;
  /** Immediates, idle handles, pending or closing work wait. */
  busy: boolean;
  /** When the next timer is due in ms, Infinity: no timer. */
  nextDueMs: number;
  nowMs: number;
}

/** Milliseconds to wait, fractions kept; 0: do not wait, -1: for ever. */
export function pollTimeout(input: PollTimeoutInput): number {
  if (input.nowait || input.stopping) return 0;
  if (!input.alive) return 0;
  if (input.busy) return 0;
  if (input.nextDueMs === Number.POSITIVE_INFINITY) return -1;
  return Math.max(0, input.nextDueMs - input.nowMs);
}
