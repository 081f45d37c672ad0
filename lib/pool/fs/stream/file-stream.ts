// A file as a stream of the loop: the handlers, limits and promises of all streams, whose bytes move
// by requests on the pool, or at once where the kernel has them in memory. No poller waits for it, as
// a file is always ready there: what the stream would have the poller told (`setInterest`) starts the
// next request, and its completion is told in the pending phase. One request is under way at a time,
// so that order is kept and memory is bounded. Which way the bytes go is read-stream.ts's, and
// write-stream.ts's.
import { codedError } from '../../../base/errors.js';
import type { HandleLoop } from '../../../loop/contract.js';
import { endOnAbort } from '../../../loop/when-closed.js';
import { fileError } from '../../../raw/errors.js';
import { BY_REQUESTS, CONNECTING } from '../../../stream/flags.js';
import type { StreamGroup } from '../../../stream/group.js';
import { destroyBy, Stream } from '../../../stream/stream.js';
import { pathText } from '../path.js';
import type { FileWork } from '../work.js';
import type { Origin, StreamedFile } from './source.js';

/** A file as a stream: what both directions have. */
export abstract class FileStream extends Stream {
  readonly #work: FileWork;
  readonly #origin: Origin;
  #file: StreamedFile | undefined;
  /** A request is under way, or told next. @internal */
  protected isBusy = false;

  /** @internal @param ended the half that there is not */
  constructor(work: FileWork, group: StreamGroup, origin: Origin, ended: number) {
    super(work.loop as HandleLoop, group);
    this.#work = work;
    this.#origin = origin;
    this.flags |= CONNECTING | BY_REQUESTS | ended;
    this.setWorking(true);
    this.start(-1, 0);
    origin.opening.then(
      (file) => this.#opened(file),
      (error: Error) => this.later(() => this.destroy(error)),
    );
    if (group.signal !== undefined) endOnAbort(this, group.signal, destroyBy);
  }

  /** @internal Starts what is due, of an open file that nothing is asked of. */
  protected abstract move(file: StreamedFile): void;

  /** The file that it was opened by; undefined where it was open already. */
  get path(): string | Uint8Array | undefined {
    return this.#origin.path;
  }

  /** The descriptor; -1: it is not open yet, or no more. It is borrowed. */
  get fd(): number {
    return this.#file?.fd ?? -1;
  }

  /** @internal */
  override get label(): string {
    const { path } = this;
    return path === undefined ? `${this.kind} of ${this.fd}` : `${this.kind} ${pathText(path)}`;
  }

  /** @internal */
  override facts(): (string | undefined)[] {
    const { path } = this;
    return [path === undefined ? undefined : pathText(path), this.paused ? 'paused' : undefined];
  }

  /**
   * A file is not given back: with `autoClose: false` it stays open behind the stream.
   *
   * @throws Error ERR_INVALID_STATE
   */
  override detach(): never {
    const message = `a ${this.kind} keeps its file: autoClose: false leaves it open`;
    throw codedError(Error, 'ERR_INVALID_STATE', message);
  }

  /** @internal What the stream waits for has changed. */
  override setInterest(): void {
    if (!this.active || this.isBusy || (this.flags & CONNECTING) !== 0) return;
    this.move(this.#file as StreamedFile);
  }

  /** Has `done` called with what `request` amounts to, while the stream is active. @internal */
  protected ask<T>(request: Promise<T>, done: (value: T) => void): void {
    this.isBusy = true;
    request.then(
      (value) => this.later(() => done(value)),
      (error: NodeJS.ErrnoException) => this.later(() => this.destroy(this.#named(error))),
    );
  }

  /** As a callback of the loop, not of a promise: what it throws is the loop's. @internal */
  protected later(work: () => void): void {
    const run = () => {
      this.isBusy = false;
      if (this.active) work();
    };
    this.loop.defer(() => this.enter(run), this);
  }

  /** @internal What is done with the file behind the last byte. */
  protected conclude(file: StreamedFile): Promise<void> {
    return file.close();
  }

  /** The file is closed before that is told: what close(2) says is an error as another. @internal */
  override finishClose(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined || !this.#origin.closes) {
      super.finishClose();
      return;
    }
    if (this.loop.closed) {
      file.close().catch(ignore);
      super.finishClose();
      return;
    }
    const again = () => this.loop.enqueueClosing(this);
    const stopWaiting = this.#work.whileWaiting(again);
    const concluded = (error?: NodeJS.ErrnoException) => {
      if (this.loop.closed) return;
      stopWaiting();
      if (error !== undefined) this.noteError(this.#named(error));
      again();
    };
    this.conclude(file).then(() => concluded(), concluded);
  }

  #opened(file: StreamedFile): void {
    if (!this.active) {
      if (this.#origin.closes) file.close().catch(ignore);
      return;
    }
    this.#file = file;
    this.later(() => {
      this.handleFd = file.fd;
      this.connected();
    });
  }

  /** The error of a request on what is open, with the path that the stream knows. */
  #named(error: NodeJS.ErrnoException): Error {
    const { errno, syscall } = error;
    if (errno === undefined || syscall === undefined || this.path === undefined) return error;
    return fileError(errno, syscall, { path: pathText(this.path) });
  }
}

function ignore(): void {}
