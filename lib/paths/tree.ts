// The names below a watched folder, brought up to date by notices and by looks at folders, and each
// change told once. A name that is known already is not told again, one that is not known is not
// told to be gone: so it does not matter which of the two was first to say.
import type { HandleLoop } from '../loop/contract.js';
import { constant } from '../raw/constants.js';
import { Folder, type FolderOwner } from './folder.js';
import type { Half } from './halves.js';
import { type RenamedTree, Renames } from './renames.js';
import { LOST, Notice, type NoticeSource } from './source.js';
import { type Surveyed, Surveys } from './surveys.js';

/** Whom it tells. Paths begin at the watched path. */
export interface TreeNews {
  tell(
    type: 'create' | 'change' | 'attributes' | 'delete' | 'rename',
    path: string,
    isFolder: boolean,
    from?: string,
  ): void;
  /** The watched folder is not where it was. */
  rootLost(): void;
  /** `settle` is to be called when notices were handed on. */
  waits(): void;
  refused(errno: number): void;
  /** It is over. */
  fail(error: Error): void;
  /** All folders that were there at first were looked at. */
  settled(): void;
}

export interface TreeSettings {
  readonly recursive: boolean;
  /** Whether to tell what is there at first. */
  readonly initial: boolean;
}

/** Where the folder was may be another one, or none. */
const UNSURE = Notice.IGNORED | Notice.UNSURE;

export class Tree implements FolderOwner, RenamedTree, Surveyed {
  /** How often notices were lost. */
  age = 0;
  /** The watched path, while it is a folder. */
  root: Folder | undefined;
  readonly #news: TreeNews;
  readonly #source: NoticeSource;
  readonly #place: string;
  readonly #settings: TreeSettings;
  readonly #surveys: Surveys;
  readonly #renames: Renames;
  #isHeld = false;

  /** @param place the watched path, absolute */
  constructor(
    news: TreeNews,
    source: NoticeSource,
    loop: HandleLoop,
    place: string,
    settings: TreeSettings,
  ) {
    this.#news = news;
    this.#source = source;
    this.#place = place;
    this.#settings = settings;
    this.#surveys = new Surveys(this, source, loop);
    this.#renames = new Renames(this, source, loop);
  }

  // ---- the whole -------------------------------------------------------------

  /** The watched path is this folder, which is watched already. */
  plant(root: Folder): void {
    this.root = root;
    this.#surveys.request(root);
  }

  /** The watched path is a folder no more. */
  clear(): void {
    const { root } = this;
    this.root = undefined;
    if (root !== undefined) this.#uproot(root);
  }

  /** Notices were lost: every folder is looked at anew, each behind the one that it is in. */
  lost(): void {
    this.age++;
    this.#renames.end();
    if (this.root !== undefined) this.#surveys.request(this.root);
  }

  /** Notices were handed on. */
  settle(): void {
    if (this.#isHeld) return;
    this.#surveys.settle();
    this.#renames.settle();
  }

  waits(): void {
    this.#news.waits();
  }

  /** Nothing is to be told for now: what is heard is lost. */
  hold(): void {
    this.#isHeld = true;
  }

  goOn(): void {
    this.#isHeld = false;
  }

  end(): void {
    this.#surveys.end();
    this.clear();
  }

  // ---- what notices say ------------------------------------------------------

  noticed(folder: Folder, mask: number, cookie: number, name: string): void {
    if (folder.isGone || this.#isHeld) return;
    if (name === '') {
      this.#noticedItself(folder, mask);
      return;
    }
    const isFolder = (mask & Notice.ISDIR) !== 0;
    if ((mask & Notice.MODIFY) !== 0) this.#changed(folder, name);
    else if ((mask & Notice.ATTRIB) !== 0) this.#attributes(folder, name, isFolder);
    else {
      // These alone say whether it is there: a look is not to pass over what has only changed.
      folder.look?.heard.add(name);
      this.#renames.taken(folder, name);
      if ((mask & Notice.CREATE) !== 0) this.found(folder, name, isFolder);
      else if ((mask & Notice.DELETE) !== 0) this.missing(folder, name);
      else if ((mask & Notice.MOVED_FROM) !== 0) this.#renames.away(folder, name, cookie);
      else if ((mask & Notice.MOVED_TO) !== 0) this.#renames.here(folder, name, cookie, isFolder);
    }
  }

  #noticedItself(folder: Folder, mask: number): void {
    if ((mask & Notice.FULL) !== 0) this.#news.refused(-constant('ENOSPC'));
    if ((mask & Notice.IGNORED) !== 0) folder.watch = -1;
    if (folder === this.root) {
      if ((mask & LOST) !== 0) this.#news.rootLost();
      else if ((mask & Notice.ATTRIB) !== 0) {
        this.#news.tell('attributes', '', true);
        this.#surveys.reopen(folder);
      }
    } else if ((mask & UNSURE) !== 0) this.#surveys.request(folder);
  }

  #changed(folder: Folder, name: string): void {
    const isFile = folder.entries.get(name) === undefined;
    if (isFile && this.#isThere(folder, name))
      this.#news.tell('change', folder.pathOf(name), false);
  }

  /** It was told, or was there at first, of which nothing is told and the list is still to come. */
  #isThere(folder: Folder, name: string): boolean {
    return folder.entries.has(name) || (folder.isOld && !this.#settings.initial);
  }

  #attributes(folder: Folder, name: string, isFolder: boolean): void {
    if (!this.#isThere(folder, name)) return;
    this.#news.tell('attributes', folder.pathOf(name), isFolder);
    const entry = folder.entries.get(name);
    if (entry !== undefined) this.#surveys.reopen(entry);
  }

  moved(from: Half, { folder, name }: Half): void {
    const told = from.folder.pathOf(from.name);
    const moved = from.folder.entries.get(from.name);
    from.folder.entries.delete(from.name);
    const replaced = folder.entries.get(name);
    if (replaced !== undefined) this.#uproot(replaced);
    folder.entries.set(name, moved);
    this.#news.tell('rename', folder.pathOf(name), moved !== undefined, told);
    if (moved === undefined) return;
    moved.parent = folder;
    moved.name = name;
    this.#surveys.moved(moved);
  }

  /**
   * Notices have no word for what is there now: a look finds it. If it is a folder it is the one that
   * is known at the other place, and `watched` has that looked at as well.
   */
  exchanged({ folder }: Half): void {
    this.#surveys.request(folder);
  }

  arrived(folder: Folder, name: string, isFolder: boolean): void {
    const { entries } = folder;
    if (entries.has(name) && (entries.get(name) !== undefined) === isFolder) {
      const replaced = entries.get(name);
      if (replaced === undefined) this.#news.tell('change', folder.pathOf(name), false);
      else if (this.#settings.recursive) this.#surveys.request(replaced);
    } else this.found(folder, name, isFolder);
  }

  // ---- what looks say --------------------------------------------------------

  get isHeld(): boolean {
    return this.#isHeld;
  }

  placeOf(folder: Folder): string {
    const { path } = folder;
    if (path === '') return this.#place;
    return this.#place === '/' ? `/${path}` : `${this.#place}/${path}`;
  }

  watched(folder: Folder, watch: number): void {
    if (folder.watch === watch) return;
    if (folder.watch >= 0) this.#source.remove(folder.watch, folder);
    folder.watch = watch;
    // What was heard was heard of another folder.
    folder.look?.heard.clear();
    this.#renames.end(folder);
    // It is watched for another folder of this tree as well: that one has moved, or is seen
    // twice, by a mount.
    for (const other of this.#source.sharing(watch)) {
      if (other instanceof Folder && other.owner === this && other !== folder) {
        this.#surveys.request(other);
      }
    }
  }

  found(folder: Folder, name: string, isFolder: boolean): void {
    const { entries } = folder;
    const known = entries.get(name);
    if (entries.has(name)) {
      if ((known !== undefined) === isFolder) {
        if (known !== undefined) this.#lookAgain(known);
        return;
      }
      this.missing(folder, name);
    }
    const isOld = folder.isOld && folder.look?.heard.has(name) !== true;
    const made = isFolder ? new Folder(this, folder, name, isOld) : undefined;
    entries.set(name, made);
    if (!isOld || this.#settings.initial) this.#news.tell('create', folder.pathOf(name), isFolder);
    if (made !== undefined && this.#settings.recursive) this.#surveys.request(made);
  }

  #lookAgain(folder: Folder): void {
    if (!this.#settings.recursive) return;
    const isUnknown = folder.watch < 0 && !folder.isClosed;
    if (isUnknown || folder.age !== this.age) this.#surveys.request(folder);
  }

  missing(folder: Folder, name: string): void {
    const { entries } = folder;
    if (!entries.has(name)) return;
    const entry = entries.get(name);
    entries.delete(name);
    if (entry !== undefined) this.#uproot(entry);
    this.#news.tell('delete', folder.pathOf(name), entry !== undefined);
  }

  unexplained(folder: Folder): void {
    if (folder.parent === undefined) this.#news.rootLost();
    else this.#surveys.request(folder.parent);
  }

  refused(errno: number): void {
    this.#news.refused(errno);
  }

  fail(error: Error): void {
    this.#news.fail(error);
  }

  settled(): void {
    this.#news.settled();
  }

  /** It is not in the tree any more, with all that is below it. */
  #uproot(top: Folder): void {
    for (const folder of top.all()) {
      folder.isGone = true;
      this.#surveys.forget(folder);
      if (folder.watch >= 0) this.#source.remove(folder.watch, folder);
      folder.watch = -1;
    }
  }
}
