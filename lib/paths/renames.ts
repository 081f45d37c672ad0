// Renames: what was moved away and what was moved here are two notices, halves of one rename if both
// places are in the tree. The first is kept until the second has come, or does not come: then the
// name is gone. See inotify(7), "Dealing with rename() events".
import type { HandleLoop } from '../loop/contract.js';
import type { Folder } from './folder.js';
import { type Half, Halves } from './halves.js';
import type { NoticeSource } from './source.js';

/** How long the second half of a rename is waited for once all notices were read. */
const HALF_MS = 10;

/** Whose names are moved. */
export interface RenamedTree {
  /** Something waits for notices to be handed on. */
  waits(): void;
  /** A name has another place. */
  moved(from: Half, to: Half): void;
  /** From elsewhere, perhaps in the place of something. */
  arrived(folder: Folder, name: string, isFolder: boolean): void;
  /** To elsewhere. */
  missing(folder: Folder, name: string): void;
  /** What was here was moved to the place from where it had come, and there may be something here. */
  exchanged(here: Half): void;
}

export class Renames {
  readonly #tree: RenamedTree;
  readonly #source: NoticeSource;
  readonly #loop: HandleLoop;
  readonly #halves = new Halves();
  /** The last of them. */
  #last: readonly [from: Half, to: Half] | undefined;
  #waits = false;
  /** Those of the first so many are gone that are left when notices up to there were handed on. */
  #due: { readonly count: number; readonly position: number } | undefined;

  constructor(tree: RenamedTree, source: NoticeSource, loop: HandleLoop) {
    this.#tree = tree;
    this.#source = source;
    this.#loop = loop;
  }

  /** Moved away: the first half. */
  away(folder: Folder, name: string, cookie: number): void {
    if (!folder.entries.has(name)) return;
    this.#halves.add(cookie, { folder, name });
    this.#tree.waits();
  }

  /** Moved here: the second half, if there is a first. */
  here(folder: Folder, name: string, cookie: number, isFolder: boolean): void {
    const from = this.#halves.take(cookie);
    if (from === undefined) {
      this.#tree.arrived(folder, name, isFolder);
      return;
    }
    const { entries } = from.folder;
    const moved = entries.get(from.name);
    const isSame = entries.has(from.name) && (moved !== undefined) === isFolder;
    if (isSame && (moved === undefined || !folder.isWithin(moved))) {
      this.#pair(from, { folder, name });
      return;
    }
    // What was known of it is out of date.
    this.#tree.missing(from.folder, from.name);
    if (!folder.isGone) this.#tree.arrived(folder, name, isFolder);
  }

  /** RENAME_EXCHANGE is told as two renames, as if the second had left nothing behind. */
  #pair(from: Half, to: Half): void {
    const last = this.#last;
    this.#last = [from, to];
    this.#tree.moved(from, to);
    if (last === undefined || !isSame(last[0], to) || !isSame(last[1], from)) return;
    this.#last = undefined;
    this.#tree.exchanged(from);
  }

  /** Something else is at this place: what was moved away from there is gone. */
  taken(folder: Folder, name: string): void {
    if (this.#halves.drop(folder, name)) this.#tree.missing(folder, name);
  }

  /**
   * Notices were handed on: what waits for its second half does not for ever. Nor as long as there
   * are notices that wait: in a storm there always are, and only those that were there count.
   */
  settle(): void {
    if (this.#due !== undefined) {
      if (this.#due.position > this.#source.position) {
        this.#tree.waits();
        return;
      }
      const { count } = this.#due;
      this.#due = undefined;
      this.#end(this.#halves.takeFirst(count));
    }
    if (this.#waits || this.#halves.size === 0) return;
    this.#waits = true;
    this.#loop
      .setTimeout(() => {
        this.#waits = false;
        this.#due = { count: this.#halves.count, position: this.#source.ahead() };
        this.settle();
      }, HALF_MS)
      .unref();
  }

  /** No second half is to come any more, of all or of what was in one folder. */
  end(of?: Folder): void {
    this.#end(
      of === undefined ? this.#halves.takeFirst(this.#halves.count) : this.#halves.takeOf(of),
    );
  }

  #end(halves: Iterable<Half>): void {
    // With one of them another may go, which was below it, and is not told by itself.
    for (const { folder, name } of halves) this.#tree.missing(folder, name);
  }
}

function isSame(one: Half, other: Half): boolean {
  return one.folder === other.folder && one.name === other.name;
}
