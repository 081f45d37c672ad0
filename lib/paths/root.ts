// The watched path itself: a folder, another file, or nothing for now. Whatever is heard of it, it is
// looked at: what the path leads to by then counts, so that a file that an editor has replaced has
// changed, by however many steps. A symbolic link is followed.
import type { HandleLoop } from '../loop/contract.js';
import { constant } from '../raw/constants.js';
import { Above } from './above.js';
import { Folder } from './folder.js';
import { LOST, Notice, type NoticeSource, Watch, type Watching } from './source.js';
import type { Tree, TreeNews } from './tree.js';

const ENOTDIR = -constant('ENOTDIR');
const ENOSPC = -constant('ENOSPC');
const EACCES = -constant('EACCES');
const GONE: ReadonlySet<number> = new Set([-constant('ENOENT'), ENOTDIR, -constant('ELOOP')]);
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;

export class Root implements Watching {
  readonly #news: TreeNews;
  readonly #source: NoticeSource;
  readonly #loop: HandleLoop;
  readonly #tree: Tree;
  readonly #place: string;
  readonly #above: Above;
  #state: 'missing' | 'file' | 'folder' = 'missing';
  /** Of a file. */
  #watch = -1;
  #isOver = false;
  #retryMs = FIRST_RETRY_MS;
  #isPutOff = false;

  constructor(news: TreeNews, source: NoticeSource, loop: HandleLoop, tree: Tree, place: string) {
    this.#news = news;
    this.#source = source;
    this.#loop = loop;
    this.#tree = tree;
    this.#place = place;
    this.#above = new Above(source, place, (isElsewhere) => {
      if (isElsewhere) this.lookAnew();
      else this.look();
    });
  }

  /** Watches what is there. @returns 0 or -errno */
  open(tells: boolean): number {
    const above = this.#settleAbove();
    if (above === ENOSPC) return ENOSPC;
    const folder = new Folder(this.#tree, undefined, '', true);
    const watch = this.#source.add(this.#place, Watch.ROOT, folder);
    if (watch >= 0) this.#becomes(folder, watch);
    else if (watch !== ENOTDIR) return watch;
    else {
      this.#watch = this.#source.add(this.#place, Watch.FILE, this);
      if (this.#watch < 0) return this.#watch;
      this.#state = 'file';
      this.#news.settled();
    }
    if (tells) this.#news.tell('create', '', this.#state === 'folder');
    return 0;
  }

  end(): void {
    this.#isOver = true;
    this.#above.end();
    this.#unwatch();
  }

  /** Of a file, or of what a link to it leads to. */
  noticed(mask: number): void {
    if (this.#tree.isHeld) return;
    if ((mask & Notice.IGNORED) !== 0) this.#watch = -1;
    if ((mask & Notice.MODIFY) !== 0) this.#news.tell('change', '', false);
    if ((mask & Notice.ATTRIB) !== 0) this.#news.tell('attributes', '', false);
    // A file that another name leads to, or that is open, goes without more ado than that its
    // attributes change.
    if ((mask & (LOST | Notice.ATTRIB)) !== 0) this.look();
  }

  /** As `look`, where the folder above may be another one, or was not heard of. */
  lookAnew(): void {
    if (this.#isOver || this.#tree.isHeld) return;
    if (this.#settleAbove() === ENOSPC) this.#news.refused(ENOSPC);
    else this.look();
  }

  #settleAbove(): number {
    const errno = this.#above.settle();
    // Without the right to read it none is watched; what else there is may pass.
    if (errno < 0 && errno !== EACCES && errno !== ENOSPC) this.#lookLater();
    return errno;
  }

  /** Finds out what the path leads to now. */
  look(): void {
    if (this.#isOver || this.#tree.isHeld) return;
    const folder = new Folder(this.#tree, undefined, '', false);
    const watch = this.#source.add(this.#place, Watch.ROOT, folder);
    if (watch >= 0) this.#isFolder(folder, watch);
    else if (watch === ENOTDIR) this.#isFile();
    else this.#isNone(watch);
  }

  #isFolder(folder: Folder, watch: number): void {
    if (this.#state === 'folder' && this.#tree.root?.watch === watch) {
      this.#source.remove(watch, folder);
      return;
    }
    this.#leave();
    this.#becomes(folder, watch);
    this.#news.tell('create', '', true);
  }

  #becomes(folder: Folder, watch: number): void {
    folder.watch = watch;
    this.#state = 'folder';
    this.#tree.plant(folder);
  }

  #isFile(): void {
    const watch = this.#source.add(this.#place, Watch.FILE, this);
    if (watch < 0) {
      this.#isNone(watch);
      return;
    }
    const isOther = watch !== this.#watch;
    if (this.#state === 'file' && !isOther) return;
    if (this.#state === 'folder') this.#leave();
    if (isOther) this.#unwatch();
    this.#watch = watch;
    this.#news.tell(this.#state === 'file' ? 'change' : 'create', '', false);
    this.#state = 'file';
  }

  #isNone(errno: number): void {
    if (GONE.has(errno)) {
      this.#leave();
      // Nobody tells when it comes.
      if (!this.#above.isWatched) this.#lookLater();
    } else if (errno === ENOSPC) this.#news.refused(errno);
    // Out of memory, or not for this user to read: perhaps later.
    else this.#lookLater();
  }

  /** In a while, longer with each in a row. */
  #lookLater(): void {
    if (this.#isPutOff) return;
    this.#isPutOff = true;
    this.#loop
      .setTimeout(() => {
        this.#isPutOff = false;
        this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
        this.lookAnew();
        if (!this.#isPutOff) this.#retryMs = FIRST_RETRY_MS;
      }, this.#retryMs)
      .unref();
  }

  /** What was there is not any more. */
  #leave(): void {
    const state = this.#state;
    this.#state = 'missing';
    if (state === 'missing') return;
    this.#unwatch();
    this.#tree.clear();
    this.#news.tell('delete', '', state === 'folder');
  }

  #unwatch(): void {
    if (this.#watch >= 0) this.#source.remove(this.#watch, this);
    this.#watch = -1;
  }
}
