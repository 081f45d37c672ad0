// `setTimeout` of a net.Socket: 'timeout' once nothing has moved for so long. It is set twice for
// each request of HTTP, and something moves with each message: so setting it is two stores, and a
// message one; a timer that is there is left, and looks when it fires at what is due. It is one
// of the loop's, which also runs while the loop owns its thread.
import type { Timer } from '../loop/time/timer.js';
import type { Stream } from '../stream/stream.js';

/** Read, and taken by the kernel. */
function movedBytes(stream: Stream): number {
  return stream.bytesRead + stream.bytesWritten - stream.bufferedBytes;
}

export class IdleTimer {
  readonly #stream: Stream;
  readonly #expired: () => void;
  /** 0: none. */
  #limitMs = 0;
  #sinceMs = 0;
  #movedBytes = 0;
  #timer: Timer | undefined;
  #dueMs = 0;

  constructor(stream: Stream, expired: () => void) {
    this.#stream = stream;
    this.#expired = expired;
  }

  get limitMs(): number {
    return this.#limitMs;
  }

  /** 0 turns it off. */
  set(limitMs: number): void {
    this.#limitMs = limitMs;
    if (limitMs > 0) this.#restart();
  }

  /** Something has moved. */
  touch(): void {
    if (this.#limitMs > 0) this.#restart();
  }

  stop(): void {
    this.#limitMs = 0;
    this.#timer?.close();
    this.#timer = undefined;
  }

  #restart(): void {
    const { loop } = this.#stream;
    // The loop's time stands still between its turns, and would be too early.
    if (!loop.inTurn) loop.updateTime();
    this.#sinceMs = loop.now();
    this.#wait();
  }

  /** Sees to it that a timer fires when it is due, or before. */
  #wait(): void {
    const dueMs = this.#sinceMs + this.#limitMs;
    if (this.#timer !== undefined && this.#dueMs <= dueMs) return;
    const { loop, active } = this.#stream;
    this.#timer?.close();
    this.#timer = undefined;
    if (!active || loop.closed) return;
    this.#movedBytes = movedBytes(this.#stream);
    this.#dueMs = dueMs;
    this.#timer = loop.setTimeout(() => this.#look(), Math.max(0, dueMs - loop.now())).unref();
  }

  #look(): void {
    this.#timer = undefined;
    if (this.#limitMs === 0) return;
    const { loop } = this.#stream;
    const moved = movedBytes(this.#stream);
    // The peer takes something now and then of what it is owed.
    if (moved !== this.#movedBytes && this.#stream.bufferedBytes > 0) this.#sinceMs = loop.now();
    if (loop.now() - this.#sinceMs < this.#limitMs) this.#wait();
    else this.#expired();
  }
}
