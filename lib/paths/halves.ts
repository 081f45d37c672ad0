// First halves of renames, by the cookie that the second has as well, and by their places, as what
// comes to one of those ends it: of a storm of names that are moved away there are as many as names.
// The second half comes at once as a rule, though others may come in between.
import type { Folder } from './folder.js';

/** What was moved away, and is in the tree until its other half has come, or does not come. */
export interface Half {
  readonly folder: Folder;
  readonly name: string;
}

/** The same, and how many had come with it. */
interface Numbered extends Half {
  readonly number: number;
}

export class Halves {
  /** In the order in which they came. */
  readonly #byCookie = new Map<number, Numbered>();
  /** Their cookies, by name. */
  readonly #byFolder = new Map<Folder, Map<string, number>>();
  /** How many have come so far. */
  count = 0;

  get size(): number {
    return this.#byCookie.size;
  }

  add(cookie: number, { folder, name }: Half): void {
    this.#byCookie.set(cookie, { folder, name, number: ++this.count });
    const cookies = this.#byFolder.get(folder);
    if (cookies === undefined) this.#byFolder.set(folder, new Map([[name, cookie]]));
    else cookies.set(name, cookie);
  }

  /** The first half of this rename, taken out. */
  take(cookie: number): Half | undefined {
    const half = this.#byCookie.get(cookie);
    if (half === undefined) return undefined;
    this.#byCookie.delete(cookie);
    const cookies = this.#byFolder.get(half.folder);
    cookies?.delete(half.name);
    if (cookies?.size === 0) this.#byFolder.delete(half.folder);
    return half.folder.isGone ? undefined : half;
  }

  /** Takes out what was moved away from this place; whether there was something. */
  drop(folder: Folder, name: string): boolean {
    const cookie = this.#byFolder.get(folder)?.get(name);
    if (cookie === undefined) return false;
    this.take(cookie);
    return true;
  }

  /** Those of the first `count` that are left, taken out, but of folders that are gone. */
  *takeFirst(count: number): Generator<Half> {
    for (const [cookie, { number }] of this.#byCookie) {
      if (number > count) return;
      const half = this.take(cookie);
      if (half !== undefined) yield half;
    }
  }

  /** The same of those of one folder. */
  *takeOf(folder: Folder): Generator<Half> {
    for (const cookie of [...(this.#byFolder.get(folder)?.values() ?? [])]) {
      const half = this.take(cookie);
      if (half !== undefined) yield half;
    }
  }
}
