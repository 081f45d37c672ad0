// `idleTimeoutMs`: who moves no byte for so long is closed. Nothing is done for a message:
// one timer for all streams of a group looks a few times in that while at what each has
// moved. What it saw stands beside the streams, so that one without a limit pays nothing.

import { withoutContext } from '../loop/async-context.js';
import type { HandleLoop } from '../loop/contract.js';
import type { Timer } from '../loop/time/timer.js';
import { codedError, withoutStack } from '../raw/errors.js';
import { CONNECTING } from './flags.js';
import type { IdleWatch } from './group.js';
import { Stream } from './stream.js';

/** Looks in the time of the limit: it ends at most two of them later. */
const LOOKS = 4;

interface Seen {
  movedBytes: number;
  sinceMs: number;
}

/** Read, and taken by the kernel: what is queued for a peer that does not read moves nothing. */
function movedBytes(stream: Stream): number {
  return stream.bytesRead + stream.bytesWritten - stream.bufferedBytes;
}

export class IdleLimit implements IdleWatch {
  readonly #limitMs: number;
  readonly #seen = new WeakMap<Stream, Seen>();
  #timer: Timer | undefined;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /** A stream of the group has opened in `loop`. */
  watch(loop: HandleLoop): void {
    if (this.#timer !== undefined) return;
    const everyMs = Math.max(1, this.#limitMs / LOOKS);
    // The streams keep the loop alive, if they are to; and it is nobody's callback.
    this.#timer = withoutContext(() => loop.setInterval(() => this.#look(loop), everyMs)).unref();
  }

  #look(loop: HandleLoop): void {
    let open = 0;
    for (const handle of loop.table.handles) {
      if (!(handle instanceof Stream) || handle.group.idle !== this) continue;
      if ((handle.flags & CONNECTING) !== 0) continue;
      open++;
      this.#check(handle, loop.now());
    }
    if (open > 0) return;
    loop.clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(stream: Stream, nowMs: number): void {
    const moved = movedBytes(stream);
    const seen = this.#seen.get(stream);
    if (seen === undefined) {
      this.#seen.set(stream, { movedBytes: moved, sinceMs: nowMs });
    } else if (seen.movedBytes !== moved) {
      seen.movedBytes = moved;
      seen.sinceMs = nowMs;
    } else if (nowMs - seen.sinceMs >= this.#limitMs) {
      stream.destroy(idleFor(this.#limitMs));
    }
  }
}

function idleFor(ms: number): Error {
  const message = `no byte has moved for ${ms} ms (idleTimeoutMs)`;
  return withoutStack(() => codedError(Error, 'ERR_IDLE_TIMEOUT', message));
}
