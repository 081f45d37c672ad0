// What is known of a folder that is watched, and with those below it a tree of names. Names are
// bytes, a character for each, as the kernel knows nothing else; what is told of them is decoded.
import type { Watching } from './source.js';

/** The look at a folder that is under way. */
export interface Look {
  /** The folder may have been elsewhere when it was looked at. */
  isStale: boolean;
  /** Names of which something was heard meanwhile, which the look may have missed. */
  readonly heard: Set<string>;
}

/** Whose tree it is part of. */
export interface FolderOwner {
  noticed(folder: Folder, mask: number, cookie: number, name: string): void;
}

/** A folder, with all that is known to be in it. */
export class Folder implements Watching {
  readonly owner: FolderOwner;
  /** The folder that it is in; undefined: it is the watched path. */
  parent: Folder | undefined;
  name: string;
  /** By name: a folder, or undefined for anything else. */
  readonly entries = new Map<string, Folder | undefined>();
  /** What the kernel's interface calls its watch, -1: there is none. */
  watch = -1;
  /** It was there when the watching began: what is in it at first is no news. */
  isOld: boolean;
  /** How many losses of notices there were when it was looked at last. */
  age = -1;
  /** This user may not look into it, or its path is too long. */
  isClosed = false;
  /** It is not in the tree any more. */
  isGone = false;
  look: Look | undefined;

  constructor(owner: FolderOwner, parent: Folder | undefined, name: string, isOld: boolean) {
    this.owner = owner;
    this.parent = parent;
    this.name = name;
    this.isOld = isOld;
  }

  noticed(mask: number, cookie: number, name: string): void {
    this.owner.noticed(this, mask, cookie, name);
  }

  /** From the watched path on, '' for that itself. */
  get path(): string {
    return this.parent === undefined ? '' : this.parent.pathOf(this.name);
  }

  /** That of something in it. */
  pathOf(name: string): string {
    const names = [name];
    for (let at: Folder = this; at.parent !== undefined; at = at.parent) names.push(at.name);
    return names.reverse().join('/');
  }

  /** Whether it is `folder`, or below it. */
  isWithin(folder: Folder): boolean {
    let at: Folder | undefined = this;
    while (at !== undefined && at !== folder) at = at.parent;
    return at !== undefined;
  }

  /** It and all folders below it. No recursion: a tree may be deeper than calls. */
  *all(): Generator<Folder> {
    const waiting: Folder[] = [this];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      yield folder;
      for (const entry of folder.entries.values()) if (entry !== undefined) waiting.push(entry);
    }
  }
}
