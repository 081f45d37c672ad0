// loop.watchPath: what happens to a path and below it. What there is to tell is kept here until it is
// told, by the callback or to who iterates; how it is found out is the tree's (tree.ts) and, of the
// path itself, root.ts's.
import { abortError, throwIfAborted } from '../base/abort.js';
import { nameOf } from '../base/names.js';
import { Queue } from '../base/queue.js';
import { checkFunction } from '../base/validate.js';
import type { HandleLoop } from '../loop/contract.js';
import { loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { closeIt, endOnAbort, runCleanup } from '../loop/when-closed.js';
import { constant } from '../raw/constants.js';
import { codedError, SystemError } from '../raw/errors.js';
import type { PathEvent } from './events.js';
import type { PathHub } from './hub.js';
import { hubOf, type Lists } from './hubs.js';
import { KeptEvents } from './kept.js';
import { type PathSettings, readPathOptions, type WatchPathOptions } from './options.js';
import { Root } from './root.js';
import { absolute, Telling } from './telling.js';
import { Tree, type TreeNews } from './tree.js';

/** Called with what happened. */
export type PathCallback<Name extends string | Uint8Array = string> = (
  event: PathEvent<Name>,
  watcher: PathWatcher<Name>,
) => void;

type Told = Parameters<TreeNews['tell']>[0];

const ENOENT = -constant('ENOENT');

/** What `loop.watchPath` returns. It keeps the loop alive while it is referenced. */
export class PathWatcher<Name extends string | Uint8Array = string> extends Handle {
  readonly #settings: PathSettings;
  readonly #callback: PathCallback<Name> | undefined;
  readonly #hub: PathHub;
  readonly #tree: Tree;
  readonly #root: Root;
  readonly #telling: Telling<Name>;
  readonly #news = new Queue<PathEvent<Name>>();
  readonly #kept: KeptEvents<Name>;
  /** The last of the news, if it is a change: it is not told twice in a row. */
  #lastChange: string | undefined;
  /** What has ended it, to be told behind the news. */
  #failure: Error | undefined;
  /** Nothing is heard for now. */
  #isHeld = false;
  #isReady = false;
  /** How many of the news are to be told before it is ready; undefined: not known yet. */
  #beforeReady: number | undefined;
  #becomesReady: (() => void) | undefined;
  #ready: Promise<void> | undefined;

  /** @internal Use `loop.watchPath`. */
  constructor(
    loop: HandleLoop,
    lists: Lists,
    path: string | Uint8Array,
    options: WatchPathOptions,
    callback: PathCallback<Name> | undefined,
  ) {
    const settings = readPathOptions(options);
    if (callback !== undefined) checkFunction('callback', callback);
    throwIfAborted(settings.signal);
    if (path.length === 0) throw new SystemError(ENOENT, 'watchPath', { path: '' });
    const place = absolute(path);
    super(loop);
    if (loop.closed) throw loopClosed();
    this.#settings = settings;
    this.#callback = callback;
    this.#telling = new Telling(path, settings.isBuffer);
    this.#kept = new KeptEvents(this, settings.highWaterMark);
    this.keepContext();
    this.#hub = hubOf(loop, lists);
    this.#tree = new Tree(this, this.#hub, loop, place, settings);
    this.#root = new Root(this, this.#hub, loop, this.#tree, place);
    this.#hub.join(this);
    this.start(this.#hub.handleFd, 0);
    const opened = this.#root.open(settings.initial);
    if (opened < 0) {
      this.close();
      throw this.#hub.refusal(opened, shownPath(path));
    }
    if (settings.signal !== undefined) endOnAbort(this, settings.signal, closeIt);
  }

  override get kind(): string {
    return 'PathWatcher';
  }

  /** @internal */
  override get label(): string {
    return `PathWatcher ${this.#shownPath}`;
  }

  /** The path, as it was given. */
  get path(): Name {
    return this.#telling.path;
  }

  /**
   * Resolves once all that was there at first is watched, with `recursive` the folders below as well:
   * what happens from then on is told. Where there is a callback it was told by then of all that was
   * there, with `initial`. Rejects with what ends it before.
   */
  get ready(): Promise<void> {
    this.#ready ??= this.#isReady
      ? Promise.resolve()
      : Promise.race([
          new Promise<void>((done) => {
            this.#becomesReady = done;
          }),
          this.closed.then(() => {
            if (!this.#isReady) throw codedError(Error, 'ERR_HANDLE_CLOSED', 'it is closed');
          }),
        ]);
    this.#ready.catch(() => {});
    return this.#ready;
  }

  /** Ends watching; the callback is not called again. Idempotent. */
  close(): void {
    if (!this.beginClose()) return;
    // First: with the last one all watches of the instance go at once.
    this.#hub.leave(this);
    this.#end();
    runCleanup(this);
  }

  #end(): void {
    this.#root.end();
    this.#tree.end();
  }

  /**
   * What happened, as it is asked for, where there is no callback. Ends when the watcher is closed;
   * throws the error that closed it, an AbortError when its signal aborted. Leaving the loop closes
   * the watcher.
   *
   * @throws Error ERR_INVALID_STATE with a callback, and when it is iterated already
   * @example
   * for await (const { type, path } of loop.watchPath('etc')) console.log(type, path);
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<PathEvent<Name>> {
    const state = (message: string) => codedError(Error, 'ERR_INVALID_STATE', message);
    if (this.#callback !== undefined) throw state('the PathWatcher has a callback');
    if (this.#kept.isTaken) throw state('the PathWatcher is iterated already');
    this.#kept.isTaken = true;
    return this.#kept.events;
  }

  // ---- what the tree and the hub say -----------------------------------------

  /** @internal */
  tell(type: Told, path: string, isFolder: boolean, from?: string): void {
    if (!this.#hears || (type === 'attributes' && !this.#settings.attributes)) return;
    const change = type === 'change' ? path : undefined;
    // Another write to the same file, of which nobody was told yet.
    if (change !== undefined && change === this.#lastChange && this.hasNews) return;
    this.#lastChange = change;
    this.#add(this.#telling.event(type, path, isFolder, from));
  }

  #add(event: PathEvent<Name>): void {
    if (this.#callback === undefined) {
      this.#kept.add(event);
      return;
    }
    this.#news.push(event);
    this.#hub.tellLater(this);
  }

  get #hears(): boolean {
    return this.active && this.#failure === undefined;
  }

  /** @internal */
  get hasNews(): boolean {
    return this.#news.size > 0 || this.#failure !== undefined;
  }

  /** @internal */
  tellNext(): void {
    const event = this.#news.shift();
    if (event !== undefined) {
      if (this.#beforeReady) this.#beforeReady--;
      // Who waits goes on behind the callback.
      this.#readyBehindNews();
      this.#callback?.(event, this);
    } else if (this.#failure !== undefined) this.failWith(this.#failure);
  }

  /** @internal */
  waits(): void {
    this.#hub.settleLater(this);
  }

  /** @internal Notices were handed on. */
  settle(): void {
    if (this.#hears && !this.#isHeld) this.#tree.settle();
  }

  /** @internal Notices were lost: names are told anew where they differ. */
  overflowed(): void {
    if (!this.#hears || this.#isHeld) return;
    this.#lastChange = undefined;
    this.#add(this.#telling.event('overflow', '', this.#tree.root !== undefined));
    this.#root.lookAnew();
    this.#tree.lost();
  }

  /** @internal */
  rootLost(): void {
    this.#root.look();
  }

  /** @internal */
  refused(errno: number): void {
    this.fail(this.#hub.refusal(errno, this.#shownPath));
  }

  /** @internal It has ended: nothing more is heard, and that is told behind what was. */
  fail(error: Error): void {
    if (!this.#hears) return;
    this.#failure = error;
    this.#end();
    this.#hub.tellLater(this);
  }

  /** @internal */
  settled(): void {
    if (this.#beforeReady !== undefined || this.#tree.root?.isOld === true) return;
    this.#beforeReady = this.#news.size;
    this.#readyBehindNews();
  }

  #readyBehindNews(): void {
    if (this.#isReady || this.#beforeReady !== 0) return;
    this.#isReady = true;
    this.#becomesReady?.();
  }

  /** @internal */
  hold(): void {
    this.#isHeld = true;
    this.#tree.hold();
  }

  /** @internal */
  goOn(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#tree.goOn();
    this.overflowed();
    // What was looked at meanwhile goes on, or begins anew.
    this.#tree.settle();
  }

  // ---- what the loop says ----------------------------------------------------

  /** @internal */
  onReady(): void {}

  /** @internal */
  override onFailed(error: Error): void {
    this.#callback?.(this.#telling.event('error', '', false, undefined, error), this);
  }

  /** @internal */
  onClosed(): void {
    const { signal } = this.#settings;
    const isAborted = signal?.aborted === true;
    if (isAborted) this.#kept.events.drop();
    this.#kept.events.end(isAborted ? abortError(signal) : this.error);
  }

  /** @internal */
  override facts(): string[] {
    return [this.#shownPath];
  }

  /** @internal */
  override describe(): string {
    return `PathWatcher ${this.#callback === undefined ? 'kept' : nameOf(this.#callback)}`;
  }

  get #shownPath(): string {
    return shownPath(this.path);
  }
}

function shownPath(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString();
}
