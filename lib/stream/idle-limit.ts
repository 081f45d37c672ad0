// `idleTimeoutMs`: who moves no byte for so long is closed. Nothing is done for a message:
// one timer for all streams of a loop with the same limit looks a few times in that while at
// what each has moved. What it saw stands beside the streams, so that one without a limit
// pays nothing, and goes with them: a limit may be of days, and connections of moments.

import { withoutContext } from '../loop/async-context.js';
import type { HandleLoop } from '../loop/contract.js';
import type { Timer } from '../loop/time/timer.js';
import { codedError, withoutStack } from '../raw/errors.js';
import { hasNews, type Waiting } from './news.js';

/** Looks in the time of the limit: it ends at most two of them later. */
const LOOKS = 4;

/** What this asks of a stream, or of the relay that joins two. */
interface Idling extends Waiting {
  readonly loop: HandleLoop;
  readonly group: { readonly idleTimeoutMs: number | undefined };
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly bufferedBytes: number;
  /** Who stands for it in the poller; left out: it does so itself. */
  readonly sides?: readonly Waiting[];
  destroy(error: Error): void;
}

interface Seen {
  movedBytes: number;
  sinceMs: number;
}

/** Read, and taken by the kernel: what is queued for a peer that does not read moves nothing. */
function movedBytes(stream: Idling): number {
  return stream.bytesRead + stream.bytesWritten - stream.bufferedBytes;
}

/** One limit of a loop, and the open streams that have it. */
class IdleLimit {
  readonly #limitMs: number;
  readonly #seen = new Map<Idling, Seen | undefined>();
  readonly #timer: Timer;

  constructor(loop: HandleLoop, limitMs: number) {
    this.#limitMs = limitMs;
    const everyMs = Math.max(1, limitMs / LOOKS);
    // The streams keep the loop alive, if they are to; and it is nobody's callback.
    this.#timer = withoutContext(() => loop.setInterval(() => this.#look(loop), everyMs)).unref();
  }

  add(stream: Idling): void {
    this.#seen.set(stream, undefined);
  }

  /** Whether it was the last. */
  remove(stream: Idling): boolean {
    this.#seen.delete(stream);
    if (this.#seen.size > 0) return false;
    stream.loop.clearTimeout(this.#timer);
    return true;
  }

  #look(loop: HandleLoop): void {
    for (const [stream, seen] of this.#seen) this.#check(stream, seen, loop.now());
  }

  #check(stream: Idling, seen: Seen | undefined, nowMs: number): void {
    const moved = movedBytes(stream);
    if (seen === undefined) {
      this.#seen.set(stream, { movedBytes: moved, sinceMs: nowMs });
    } else if (seen.movedBytes !== moved) {
      seen.movedBytes = moved;
      seen.sinceMs = nowMs;
    } else if (nowMs - seen.sinceMs >= this.#limitMs && !(stream.sides ?? [stream]).some(hasNews)) {
      stream.destroy(idleFor(this.#limitMs));
    }
  }
}

/** By loop and limit, those that have streams. */
const limits = new WeakMap<HandleLoop, Map<number, IdleLimit>>();

/** `stream` has opened: from now on it is not to be idle for longer than its group may be. */
export function watchIdle(stream: Idling): void {
  const { idleTimeoutMs } = stream.group;
  if (idleTimeoutMs === undefined) return;
  const ofLoop = limits.get(stream.loop) ?? new Map<number, IdleLimit>();
  limits.set(stream.loop, ofLoop);
  const limit = ofLoop.get(idleTimeoutMs) ?? new IdleLimit(stream.loop, idleTimeoutMs);
  ofLoop.set(idleTimeoutMs, limit);
  limit.add(stream);
}

/** It has closed. */
export function unwatchIdle(stream: Idling): void {
  const { idleTimeoutMs } = stream.group;
  if (idleTimeoutMs === undefined) return;
  const ofLoop = limits.get(stream.loop);
  if (ofLoop?.get(idleTimeoutMs)?.remove(stream)) ofLoop.delete(idleTimeoutMs);
}

function idleFor(ms: number): Error {
  const message = `no byte has moved for ${ms} ms (idleTimeoutMs)`;
  return withoutStack(() => codedError(Error, 'ERR_IDLE_TIMEOUT', message));
}
