// Folders of which something was heard, and which are listed for that by the pool, some at a time,
// each as often as it takes and not more: what happens while one is listed leads to one more.
import { Queue } from '../../base/queue.js';
import type { Vnode } from './vnode.js';

/** What is in a folder. */
export interface Listing {
  /** Bytes, a character for each. */
  readonly names: readonly string[];
  /** DT_* of <dirent.h>. */
  readonly types: Uint8Array;
  readonly inodes: Float64Array;
}

/** Lists the folder that is open at `fd`. */
export interface FolderLists {
  /** Without waiting for it. */
  later(fd: number): Promise<Listing>;
  /** At once, or -errno. */
  now(fd: number): Listing | number;
}

/** Whose folders they are. */
export interface Listed {
  /** Nothing is to be begun for now. */
  readonly isBusy: boolean;
  /** What is in `folder`. Resolves when that was made use of. */
  listed(folder: Vnode, listing: Listing): Promise<void>;
  unlisted(folder: Vnode, error: Error): void;
  /** One more has come to its end. */
  settled(): void;
}

/** Folders that are listed at a time: the pool's threads are not for them alone. */
const MOST_AT_ONCE = 4;

export class Listings {
  readonly #owner: Listed;
  readonly #lists: FolderLists;
  readonly #waiting = new Queue<Vnode>();
  readonly #queued = new Set<Vnode>();
  /** Those that are listed, and whether once more behind that. */
  readonly #running = new Map<Vnode, boolean>();

  constructor(owner: Listed, lists: FolderLists) {
    this.#owner = owner;
    this.#lists = lists;
  }

  /** How many are to come, or under way. */
  get left(): number {
    return this.#waiting.size + this.#running.size;
  }

  request(folder: Vnode): void {
    if (this.#running.has(folder)) this.#running.set(folder, true);
    else this.#push(folder);
    this.startSome();
  }

  #push(folder: Vnode): void {
    if (this.#queued.has(folder)) return;
    this.#queued.add(folder);
    this.#waiting.push(folder);
  }

  startSome(): void {
    while (this.#running.size < MOST_AT_ONCE && !this.#owner.isBusy) {
      const folder = this.#waiting.shift();
      if (folder === undefined) return;
      this.#queued.delete(folder);
      this.#running.set(folder, false);
      this.#run(folder);
    }
  }

  async #run(folder: Vnode): Promise<void> {
    const { round } = folder;
    const wanted = folder.active && folder.isListed;
    try {
      const listing = wanted ? await this.#listed(folder) : undefined;
      // One from before somebody began to watch anew has too little for him: there is another to come.
      const isWanted = folder.active && folder.round === round;
      if (listing !== undefined && isWanted) await this.#owner.listed(folder, listing);
    } finally {
      const again = this.#running.get(folder) === true;
      this.#running.delete(folder);
      if (again) this.#push(folder);
      this.#owner.settled();
      this.startSome();
    }
  }

  async #listed(folder: Vnode): Promise<Listing | undefined> {
    try {
      return await this.#lists.later(folder.handleFd);
    } catch (error) {
      if (folder.active) this.#owner.unlisted(folder, error as Error);
      return undefined;
    }
  }
}
