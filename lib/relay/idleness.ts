// `idleTimeoutMs` of a relay: what stream/idle-limit.ts watches in the place of a stream, as either
// direction that moves a byte keeps both streams.
import type { HandleLoop } from '../loop/contract.js';
import type { Stream } from '../stream/stream.js';
import type { Direction } from './direction.js';

export class Idleness {
  readonly loop: HandleLoop;
  readonly group: { readonly idleTimeoutMs: number };
  readonly sides: readonly Stream[];
  readonly #directions: readonly Direction[];
  /** Ends the relay. */
  readonly destroy: (error: Error) => void;
  /** It is not in the poller itself: its sides are. */
  readonly handleFd = -1;
  readonly interest = 0;
  readonly bytesWritten = 0;

  constructor(
    idleTimeoutMs: number,
    directions: readonly [Direction, Direction],
    destroy: (error: Error) => void,
  ) {
    this.group = { idleTimeoutMs };
    this.#directions = directions;
    this.sides = directions.map(({ source }) => source);
    this.loop = directions[0].source.loop;
    this.destroy = destroy;
  }

  get bytesRead(): number {
    return this.#directions.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get bufferedBytes(): number {
    return this.#directions.reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }
}
