// The folder above the watched path, by which a path that is deleted, made anew or replaced is
// noticed: a watch follows what it was set for, and the path leads to something else by then. While
// that folder is gone as well, the nearest one above that is there. Those further up are watched for
// whether they are moved, with all that is in them.
import { basename, dirname } from 'node:path';
import { constant } from '../raw/constants.js';
import { LOST, NAMED, Notice, type NoticeSource, Watch, type Watching } from './source.js';

/** Of the folder itself: it is lost, or something in it may be the path. */
const TOLD = LOST | Notice.UNNAMED;
const ABSENT: ReadonlySet<number> = new Set([-constant('ENOENT'), -constant('ENOTDIR')]);
const ENOSPC = -constant('ENOSPC');

export class Above implements Watching {
  readonly #source: NoticeSource;
  readonly #place: string;
  readonly #changed: (isElsewhere: boolean) => void;
  #watch = -1;
  /** The folder that is watched. */
  #folder = '';
  /** What in it leads to the path. */
  #next = '';
  /** The watches of those further up, and who is told of them. */
  #higher = new Set<number>();
  readonly #moved: Watching = {
    noticed: (mask, _cookie, name) => {
      if (name === '' && (mask & LOST) !== 0) this.#changed(true);
    },
  };

  /**
   * @param place the watched path, absolute
   * @param changed called when the path may lead to something else; true: the folder above it may
   *   as well, and is to be settled first
   */
  constructor(source: NoticeSource, place: string, changed: (isElsewhere: boolean) => void) {
    this.#source = source;
    this.#place = place;
    this.#changed = changed;
  }

  /** Watches the nearest folder that is there. @returns 0, or -errno: none is watched */
  settle(): number {
    // Once more behind each: what was missing may have come before the watch was there, and what is
    // further up been moved.
    let before: number;
    do {
      before = this.#watch;
      const errno = this.#climb() || this.#watchHigher();
      if (errno < 0) return errno;
    } while (this.#watch !== before);
    return 0;
  }

  #climb(): number {
    let next = this.#place;
    while (next !== '/') {
      const folder = dirname(next);
      const watch = this.#source.add(folder, Watch.ABOVE, this);
      if (!ABSENT.has(watch)) {
        this.#use(watch, folder, basename(next));
        return Math.min(watch, 0);
      }
      next = folder;
    }
    this.end();
    return 0;
  }

  /** Of what may not be watched nobody is told, but that there may be no more watches. */
  #watchHigher(): number {
    const before = this.#higher;
    this.#higher = new Set();
    let refused = 0;
    for (let path = dirname(this.#folder); path !== '/' && this.isWatched; path = dirname(path)) {
      const watch = this.#source.add(path, Watch.HIGHER, this.#moved);
      if (watch >= 0) this.#higher.add(watch);
      else if (watch === ENOSPC) refused = ENOSPC;
    }
    for (const watch of before)
      if (!this.#higher.has(watch)) this.#source.remove(watch, this.#moved);
    return refused;
  }

  #use(watch: number, folder: string, next: string): void {
    if (this.#watch >= 0 && this.#watch !== watch) this.#source.remove(this.#watch, this);
    this.#watch = watch;
    this.#folder = folder;
    this.#next = next;
  }

  get isWatched(): boolean {
    return this.#watch >= 0;
  }

  end(): void {
    if (this.#watch >= 0) this.#source.remove(this.#watch, this);
    this.#watch = -1;
    for (const watch of this.#higher) this.#source.remove(watch, this.#moved);
    this.#higher.clear();
  }

  noticed(mask: number, _cookie: number, name: string): void {
    if (name === '' ? (mask & TOLD) === 0 : name !== this.#next || (mask & NAMED) === 0) return;
    this.#changed((mask & LOST) !== 0 || this.#folder !== dirname(this.#place));
  }
}
