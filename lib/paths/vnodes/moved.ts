// What was moved away from a folder and is kept open until it is found elsewhere, or is not.
import type { HandleLoop } from '../../loop/contract.js';
import type { VnodeTable } from './table.js';
import type { Vnode } from './vnode.js';

/** How long it is looked for once all folders were listed. */
const HALF_MS = 20;

export class Moved {
  readonly #loop: HandleLoop;
  readonly #table: VnodeTable;
  /** Whether folders are to be listed, in which it may be. */
  readonly #isLooking: () => boolean;
  readonly #all = new Set<Vnode>();
  #lastCookie = 0;
  #waits = false;

  constructor(loop: HandleLoop, table: VnodeTable, isLooking: () => boolean) {
    this.#loop = loop;
    this.#table = table;
    this.#isLooking = isLooking;
  }

  /** A cookie that no rename had. */
  readonly nextCookie = (): number => ++this.#lastCookie;

  add(vnode: Vnode): void {
    this.#all.add(vnode);
    if (this.#waits) return;
    this.#waits = true;
    this.#loop.setTimeout(() => this.#look(), HALF_MS).unref();
  }

  #look(): void {
    this.#waits = false;
    const all = [...this.#all];
    this.#all.clear();
    const isOver = !this.#isLooking();
    for (const vnode of all) {
      if (!isOver && vnode.cookie !== 0) this.add(vnode);
      else {
        vnode.cookie = 0;
        this.#table.letGo(vnode);
      }
    }
  }
}
