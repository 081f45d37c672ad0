// Events as functions, which npm node-pty has beside those of an EventEmitter.
import { checkFunction } from '../../base/validate.js';
import { tellHost } from '../../loop/host.js';
import type { IDisposable, IEvent } from './types.js';

/** Who is told of one event, in the order in which they came. */
export class Listeners<T> {
  #all: readonly { readonly listener: (event: T) => unknown }[] = [];
  /** What the program is given. @throws TypeError for what is no function */
  readonly event: IEvent<T> = (listener) => this.#add(listener);

  #add(listener: (event: T) => unknown): IDisposable {
    checkFunction('listener', listener);
    // One function may listen twice, and leave once.
    const entry = { listener };
    this.#all = [...this.#all, entry];
    return {
      dispose: () => {
        this.#all = this.#all.filter((each) => each !== entry);
      },
    };
  }

  /** Tells those who listen now. */
  fire(event: T): void {
    for (const { listener } of this.#all) listener(event);
  }
}

/**
 * Tells both, whatever the first throws: that is the host's uncaughtException, as one error cannot be
 * thrown beside another.
 */
export function each(first: () => unknown, second: () => unknown): void {
  try {
    first();
  } catch (error) {
    if (!tellHost(error)) return;
  }
  second();
}
