// Looking at folders: each is watched first and then listed by the pool, so that nothing is missed
// in between. What the list and the notices say is brought together so:
//
//   - the list counts only when every notice from before its end has been handed on;
//   - of a name of which a notice came meanwhile the notices have the last word;
//   - if the folder, or one above it, was moved meanwhile, it is looked at anew: the path may have
//     led to another one.
//
// A folder that notices say is there, and that is not, is explained by a notice that is still to
// come; if none comes in a while, the folder above is looked at.
import { Queue } from '../base/queue.js';
import type { HandleLoop } from '../loop/contract.js';
import { constant } from '../raw/constants.js';
import type { Folder, Look } from './folder.js';
import { FOLDER_TYPE, type Found, type NoticeSource, Watch } from './source.js';

/** Whose folders are looked at. */
export interface Surveyed {
  /** How often notices were lost. */
  readonly age: number;
  /** Nothing is to be told for now. */
  readonly isHeld: boolean;
  /** Where a folder is, as the kernel is told. */
  placeOf(folder: Folder): string;
  /** `folder` is watched by this number now. */
  watched(folder: Folder, watch: number): void;
  /** A name was found. */
  found(folder: Folder, name: string, isFolder: boolean): void;
  /** A name is known that was not found. */
  missing(folder: Folder, name: string): void;
  /** Something waits for notices to be handed on. */
  waits(): void;
  /** It is not where it should be. */
  unexplained(folder: Folder): void;
  /** There may be no more watches: it is over. */
  refused(errno: number): void;
  /** No folder can be listed any more: it is over. */
  fail(error: Error): void;
  /** All that was there at first was looked at. */
  settled(): void;
}

/** Folders of one watcher that are listed at a time: the pool's threads are not for it alone. */
const MOST_AT_ONCE = 4;
/** Names that are compared in one go. */
const SLICE = 4096;
const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 1000;

const errnos = (...names: string[]) => new Set(names.map((name) => -constant(name)));
const ABSENT = errnos('ENOENT', 'ENOTDIR');
/** Of the system's, not of the folder's; a disk or a server may be there again. */
const TRANSIENT = errnos('ENOMEM', 'EMFILE', 'ENFILE', 'EAGAIN', 'EINTR', 'EIO', 'ESTALE');
/** Of a watch: there may be none, of whatever folder. As a folder is listed these are its own. */
const REFUSED = errnos('ENOSPC', 'EINVAL', 'ENOSYS');
/** What the pool says when it cannot take a request now. */
const NO_ROOM: ReadonlySet<string> = new Set(['ERR_POOL_QUEUE_FULL', 'ERR_POOL_NO_THREAD']);

class Survey implements Look {
  readonly folder: Folder;
  readonly heard = new Set<string>();
  isStale = false;
  /** The position at which all notices from before its end were handed on. */
  until = 0;
  /** undefined: it is not there. */
  list: Found | undefined;
  /** How many of them were compared. */
  at = 0;
  /** Names of the list, where some may be known that are not in it. */
  seen: Set<string> | undefined;

  constructor(folder: Folder) {
    this.folder = folder;
  }
}

export class Surveys {
  readonly #tree: Surveyed;
  readonly #source: NoticeSource;
  readonly #loop: HandleLoop;
  readonly #waiting = new Queue<Survey>();
  readonly #running = new Set<Survey>();
  /** This user may not look into them, or their paths are too long. */
  readonly #closed = new Set<Folder>();
  /** Their lists are there, and notices are to come. */
  #held: Survey[] = [];
  /** After how long those are looked at again that could not be, by how long that was the last time. */
  readonly #retryMs = new Map<Folder, number>();
  /** What was there at first and was not looked at yet. Nothing else is waited for: it may come for ever. */
  readonly #unseen = new Set<Folder>();
  #isOver = false;

  constructor(tree: Surveyed, source: NoticeSource, loop: HandleLoop) {
    this.#tree = tree;
    this.#source = source;
    this.#loop = loop;
  }

  /** `folder` is to be looked at, again if that is under way. */
  request(folder: Folder): void {
    if (this.#isOver || folder.isGone) return;
    if (folder.isOld) this.#unseen.add(folder);
    if (folder.look !== undefined) {
      folder.look.isStale = true;
      return;
    }
    const survey = new Survey(folder);
    folder.look = survey;
    this.#waiting.push(survey);
    this.#startSome();
  }

  /** `folder` was moved: what is looked at below it may be something else. */
  moved(folder: Folder): void {
    for (const survey of this.#running) {
      if (survey.folder.isWithin(folder)) survey.isStale = true;
    }
    for (const survey of this.#held) if (survey.folder.isWithin(folder)) survey.isStale = true;
    this.reopen(folder);
  }

  /** Perhaps `folder` may be looked into now, and what is below it. */
  reopen(folder: Folder): void {
    for (const closed of [...this.#closed]) if (closed.isWithin(folder)) this.request(closed);
  }

  /** `folder` is in the tree no more. */
  forget(folder: Folder): void {
    folder.look = undefined;
    this.#closed.delete(folder);
    this.#unseen.delete(folder);
    this.#retryMs.delete(folder);
  }

  /** Notices were handed on: what waits for them goes on. */
  settle(): void {
    if (this.#held.length === 0 || this.#isOver || this.#tree.isHeld) return;
    const { position } = this.#source;
    const held = this.#held;
    this.#held = [];
    for (const survey of held) {
      if (survey.until > position) this.#held.push(survey);
      else this.#compare(survey);
    }
    if (this.#held.length > 0) this.#tree.waits();
    this.#startSome();
  }

  end(): void {
    this.#isOver = true;
    this.#held = [];
    this.#running.clear();
    while (this.#waiting.shift() !== undefined);
  }

  #startSome(): void {
    while (this.#running.size + this.#held.length < MOST_AT_ONCE) {
      const survey = this.#waiting.shift();
      if (survey === undefined) break;
      if (!survey.folder.isGone) this.#start(survey);
    }
    if (this.#unseen.size === 0 && !this.#isOver) this.#tree.settled();
  }

  #start(survey: Survey): void {
    const { folder } = survey;
    const path = this.#tree.placeOf(folder);
    survey.isStale = false;
    folder.isClosed = false;
    this.#closed.delete(folder);
    folder.age = this.#tree.age;
    const what = folder.parent === undefined ? Watch.ROOT : Watch.FOLDER;
    const watch = this.#source.add(path, what, folder);
    if (watch < 0) {
      if (REFUSED.has(watch)) this.#tree.refused(watch);
      else this.#failed(survey, watch);
      return;
    }
    this.#tree.watched(folder, watch);
    this.#running.add(survey);
    this.#source.list(watch, path).then(
      (list) => this.#listed(survey, () => this.#hold(survey, list)),
      (error: Error) => this.#listed(survey, () => this.#notListed(survey, error)),
    );
  }

  #listed(survey: Survey, next: () => void): void {
    if (!this.#running.delete(survey)) return;
    next();
    this.settle();
    this.#startSome();
  }

  #hold(survey: Survey, list: Found | undefined): void {
    survey.list = list;
    survey.until = this.#source.ahead();
    this.#held.push(survey);
    this.#tree.waits();
  }

  #notListed(survey: Survey, error: Error & { errno?: number; code?: string }): void {
    const { errno, code = '' } = error;
    if (errno !== undefined) this.#failed(survey, errno);
    else if (NO_ROOM.has(code)) this.#later(survey.folder, () => this.request(survey.folder));
    else this.#tree.fail(error);
  }

  #failed(survey: Survey, errno: number): void {
    if (ABSENT.has(errno)) {
      this.#hold(survey, undefined);
      // No notice may be to come (/proc), by which it would go on.
      this.#loop.defer(() => this.settle());
    } else if (TRANSIENT.has(errno)) this.#later(survey.folder, () => this.request(survey.folder));
    else {
      survey.folder.isClosed = true;
      this.#closed.add(survey.folder);
      this.#finish(survey);
    }
  }

  #finish({ folder }: Survey): void {
    folder.look = undefined;
    folder.isOld = false;
    this.#unseen.delete(folder);
    this.#retryMs.delete(folder);
  }

  /** In a while, longer with each in a row. */
  #later(folder: Folder, act: () => void): void {
    folder.look = undefined;
    const afterMs = this.#retryMs.get(folder) ?? FIRST_RETRY_MS;
    this.#retryMs.set(folder, Math.min(afterMs * 2, LAST_RETRY_MS));
    this.#loop
      .setTimeout(() => {
        if (!folder.isGone && !this.#isOver) act();
        // What is gone is not waited for any more.
        this.#startSome();
      }, afterMs)
      .unref();
  }

  #compare(survey: Survey): void {
    const { folder, list } = survey;
    if (folder.isGone) return;
    if (survey.isStale || folder.age !== this.#tree.age) {
      folder.look = undefined;
      this.request(folder);
    } else if (list === undefined) {
      this.#later(folder, () => this.#tree.unexplained(folder));
    } else this.#compareSome(survey, list);
  }

  #compareSome(survey: Survey, { names, types }: Found): void {
    const { folder, heard } = survey;
    // What is known by now and was not heard of meanwhile was known before.
    if (survey.at === 0 && folder.entries.size > 0) survey.seen = new Set();
    const end = Math.min(names.length, survey.at + SLICE);
    for (; survey.at < end; survey.at++) {
      const name = names[survey.at] as string;
      survey.seen?.add(name);
      if (!heard.has(name)) this.#tree.found(folder, name, types[survey.at] === FOLDER_TYPE);
    }
    if (end < names.length) {
      this.#held.push(survey);
      this.#loop.defer(() => this.settle());
      return;
    }
    const { seen } = survey;
    for (const name of seen === undefined ? [] : [...folder.entries.keys()]) {
      if (seen?.has(name) !== true && !heard.has(name)) this.#tree.missing(folder, name);
    }
    this.#finish(survey);
  }
}
