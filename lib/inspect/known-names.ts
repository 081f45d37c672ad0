// Numbers for the names in a recording. What a callback and its handle are called takes
// text, and for some a system call; so each is asked once, and known by its number from
// then on: a handle's by its slot, anything else's by its class and its callback's name.
import type { LoopCore } from '../loop/drive.js';
import { Handle } from '../loop/handle.js';
import type { Subject } from '../loop/observers.js';

/** What is known of the handle in a slot, as long as the slot's generation is this. */
interface Known {
  generation: number;
  label: number;
  /** The loop's last handler when `name` was asked for; undefined: it never was. */
  handler: string | undefined;
  name: number;
}

export class KnownNames {
  readonly #loop: LoopCore;
  #texts = [''];
  #numbers = new Map([['', 0]]);
  /** By slot. It must not lead to the handle: a recording does not keep what it recorded. */
  #known: (Known | undefined)[] = [];
  /** Also of handles that have no slot any more. */
  #labels = new WeakMap<Handle, number>();
  readonly #byClass = new Map<unknown, Map<string, number>>();

  constructor(loop: LoopCore) {
    this.#loop = loop;
  }

  /** How many there are. */
  get size(): number {
    return this.#texts.length;
  }

  textOf(number: number): string {
    return this.#texts[number] as string;
  }

  /** The number of a text. */
  add(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    return number;
  }

  /** What the handle is called, such as 'Server 127.0.0.1:7000'. */
  labelOf(handle: Handle): number {
    return handle.slot < 0 ? this.#labelOf(handle) : this.#knownOf(handle).label;
  }

  /** What its callback is called, such as 'Socket data'. */
  nameOf(subject: Subject): number {
    if (!(subject instanceof Handle)) return this.#nameOfOther(subject);
    if (subject.slot < 0) return this.add(subject.describe());
    const known = this.#knownOf(subject);
    const { handler } = this.#loop.streams;
    if (known.handler !== handler) {
      known.handler = handler;
      known.name = this.add(subject.describe());
    }
    return known.name;
  }

  /**
   * Forgets all names but those that `used` is called with: a client makes new ones for as
   * long as it runs. `used` says the new numbers.
   */
  keepOnly(used: (renumber: (number: number) => number) => void): void {
    const texts = this.#texts;
    this.#texts = [''];
    this.#numbers = new Map([['', 0]]);
    this.#known = [];
    this.#labels = new WeakMap();
    this.#byClass.clear();
    used((number) => this.add(texts[number] as string));
  }

  #knownOf(handle: Handle): Known {
    const generation = this.#loop.table.generation(handle.slot);
    const known = this.#known[handle.slot];
    if (known !== undefined && known.generation === generation) return known;
    const label = this.#labelOf(handle);
    const fresh: Known = { generation, label, handler: undefined, name: 0 };
    this.#known[handle.slot] = fresh;
    return fresh;
  }

  #labelOf(handle: Handle): number {
    let label = this.#labels.get(handle);
    if (label === undefined) {
      label = this.add(handle.label);
      this.#labels.set(handle, label);
    }
    return label;
  }

  #nameOfOther(subject: Subject): number {
    const { callback } = subject;
    if (callback === undefined) return this.add(subject.describe());
    let names = this.#byClass.get(subject.constructor);
    if (names === undefined) {
      names = new Map();
      this.#byClass.set(subject.constructor, names);
    }
    let number = names.get(callback.name);
    if (number === undefined) {
      number = this.add(subject.describe());
      names.set(callback.name, number);
    }
    return number;
  }
}
