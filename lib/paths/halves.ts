// First halves of renames, by the cookie that the second has as well. It comes at once as a rule,
// though others may come in between.
import type { Folder } from './folder.js';

/** What was moved away, and is in the tree until its other half has come, or does not come. */
export interface Half {
  readonly folder: Folder;
  readonly name: string;
}

export class Halves {
  readonly #byCookie = new Map<number, Half>();

  get size(): number {
    return this.#byCookie.size;
  }

  add(cookie: number, half: Half): void {
    this.#byCookie.set(cookie, half);
  }

  /** The first half of this rename, taken out. */
  take(cookie: number): Half | undefined {
    if (this.#byCookie.size === 0) return undefined;
    const half = this.#byCookie.get(cookie);
    this.#byCookie.delete(cookie);
    return half?.folder.isGone === true ? undefined : half;
  }

  /** Takes out what was moved away from this place; whether there was something. */
  drop(folder: Folder, name: string): boolean {
    if (this.#byCookie.size === 0) return false;
    for (const [cookie, half] of this.#byCookie) {
      if (half.folder === folder && half.name === name) return this.#byCookie.delete(cookie);
    }
    return false;
  }

  /** All that are left, or those of one folder, taken out; also of folders that are gone. */
  takeAll(of?: Folder): Half[] {
    const taken: Half[] = [];
    for (const [cookie, half] of this.#byCookie) {
      if (of !== undefined && half.folder !== of) continue;
      this.#byCookie.delete(cookie);
      taken.push(half);
    }
    return taken;
  }
}
