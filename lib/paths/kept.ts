// `for await` over a watcher: events that came and were not taken yet. Above `highWaterMark` the
// watcher hears no more until half of them are taken, and finds out then what it missed.
import { Arrivals, type Source } from '../base/arrivals.js';
import type { PathEvent } from './events.js';

/** Whose events are kept. */
export interface KeptFor {
  /** Nothing more is to be heard for now. */
  hold(): void;
  /** There is room again. Idempotent. */
  goOn(): void;
  close(): void;
}

export class KeptEvents<Name extends string | Uint8Array> implements Source<PathEvent<Name>> {
  readonly events = new Arrivals<PathEvent<Name>>(this);
  readonly #watcher: KeptFor;
  readonly #most: number;
  /** Somebody iterates. */
  isTaken = false;

  constructor(watcher: KeptFor, most: number) {
    this.#watcher = watcher;
    this.#most = most;
  }

  add(event: PathEvent<Name>): void {
    this.events.push(event);
    // An overflow is what there is room for: something has to be heard behind each.
    if (this.events.size >= this.#most && event.type !== 'overflow') this.#watcher.hold();
  }

  taken(): void {
    if (this.events.size <= this.#most / 2) this.#watcher.goOn();
  }

  asked(): void {}

  ended(): void {}

  left(): void {
    this.events.drop();
    this.#watcher.close();
  }
}
