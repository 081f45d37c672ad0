// A process that this one has started, while it runs and until its streams have closed. How
// it is started is spawn.ts's; how its end is heard of is exits.ts's.
import { native } from '../binding/index.js';
import type { DescriptorStream } from '../descriptor/stream.js';
import { closeIsAwaited } from '../loop/closed-promise.js';
import { handleClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { OWNER } from '../loop/handle-flags.js';
import { runCleanup } from '../loop/when-closed.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import type { LoopChildren } from './exits.js';
import type { HandlersOf, Started } from './handlers.js';
import { Outcome } from './outcome.js';
import { signalNumber } from './signals.js';
import { type ExitStatus, STATUS_NUMBERS, statusOf, UNKNOWN_STATUS } from './status.js';

/** Called by the loop; all are optional. */
export interface ChildHandlers extends HandlersOf<Child> {}

const ESRCH = -constant('ESRCH');
const numbers = new Float64Array(STATUS_NUMBERS);

/**
 * A process that `loop.spawn` started. It keeps the loop alive until it has ended, and its
 * streams do until they have closed, unless `unref()` says otherwise.
 */
export class Child extends Handle {
  /** Its number. Once it has ended the system may give it to another. */
  readonly pid: number;
  /** The program, as it was asked for. */
  readonly spawnfile: string;
  /** Its arguments, without its name. */
  readonly spawnargs: readonly string[];
  /** @internal */
  readonly streams: (DescriptorStream | null)[] = [];
  #handlers: ChildHandlers;
  readonly #killSignal: number;
  readonly #children: LoopChildren;
  readonly #outcome = new Outcome();
  #openStreams = 0;

  /** @internal Use `loop.spawn`. What it throws leaves `started.end` as it is. */
  constructor(children: LoopChildren, started: Started, handlers: ChildHandlers) {
    super(children.loop);
    const { program, pid, end } = started;
    this.pid = pid;
    this.spawnfile = program.file;
    this.spawnargs = program.args;
    this.#killSignal = program.killSignal;
    this.#handlers = handlers;
    this.#children = children;
    this.keepContext();
    this.start(end ?? this.#children.listen(), end === undefined ? 0 : Interest.READ);
    if (end !== undefined) this.own();
    this.#children.living.set(pid, this);
    // It may have ended before somebody listened.
    if (end === undefined) this.look();
  }

  override get kind(): string {
    return 'Child';
  }

  /** @internal */
  override get label(): string {
    return `Child ${this.spawnfile} ${this.pid}`;
  }

  /** Our ends of its descriptors, by number; null where it has no pipe or socket. */
  get stdio(): readonly (DescriptorStream | null)[] {
    return this.streams;
  }

  /** What it reads as descriptor 0, if that is a pipe or a socket. */
  get stdin(): DescriptorStream | null {
    return this.streams[0] ?? null;
  }

  /** What it writes as descriptor 1, if that is a pipe or a socket. */
  get stdout(): DescriptorStream | null {
    return this.streams[1] ?? null;
  }

  /** What it writes as descriptor 2, if that is a pipe or a socket. */
  get stderr(): DescriptorStream | null {
    return this.streams[2] ?? null;
  }

  /** How it ended; undefined until that is known. */
  get status(): ExitStatus | undefined {
    return this.#outcome.status;
  }

  /**
   * Resolves with how it ended, before `exit` is called; rejects with ERR_HANDLE_CLOSED when
   * the handle was closed before that, which is no unhandled rejection. It does not hold the
   * loop.
   *
   * @example
   * const { code } = await loop.spawn('make', ['-s']).exited;
   */
  get exited(): Promise<ExitStatus> {
    return this.#outcome.promise;
  }

  /**
   * Sends it a signal, by name or number; 0: only asks. Never to another process that has its
   * number by now.
   *
   * @returns false when it has ended, or the handle is closed
   * @throws TypeError, RangeError for what is no signal; SystemError EPERM (it runs as another
   *   user). See kill(2).
   */
  kill(signal: string | number = 'SIGTERM'): boolean {
    const number = signalNumber('signal', signal);
    if (!this.active) return false;
    if (this.#pidfd >= 0) return sent(native.pidfd_send_signal(this.#pidfd, number));
    // The number is its own until its status is taken; somebody else may have.
    this.look();
    return this.active && sent(native.kill(this.pid, number));
  }

  /** -1: there is none, or not any more. */
  get #pidfd(): number {
    const isOne = this.#children.kind === 'pidfd' && (this.flags & OWNER) !== 0;
    return isOne && this.active ? this.handleFd : -1;
  }

  override ref(): this {
    for (const stream of this.streams) stream?.ref();
    return super.ref();
  }

  override unref(): this {
    for (const stream of this.streams) stream?.unref();
    return super.unref();
  }

  /**
   * Lets go of it: its streams are destroyed, `close` follows, and nothing more is told. The
   * process goes on; when it ends its status is taken, so that no zombie is left. Idempotent.
   */
  close(): void {
    // Its number may be another child's, once its status is taken.
    const mayRun = this.active;
    if (!this.beginClose()) return;
    for (const stream of this.streams) stream?.destroy();
    this.#children.forget(this.pid, this);
    if (mayRun) this.#children.native.leave(this.pid);
  }

  /** Sends it `killSignal`, and lets go of it. */
  override [Symbol.dispose](): void {
    this.#end();
    this.close();
  }

  /** Sends it `killSignal`, waits until it has ended, and closes. */
  override async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await this.exited.catch(() => {});
    this.close();
    await this.closed.catch(() => {});
  }

  /** @internal Whether somebody hears why it, or one of its streams, ended. */
  get isHeard(): boolean {
    return this.#handlers.close !== undefined || closeIsAwaited(this);
  }

  /** @internal Ends it, for a reason that `close` tells. */
  endFor(reason: Error): void {
    if (!this.active) return;
    this.noteError(reason);
    this.#end();
  }

  /** What may not be ended runs on, and its end is told as ever. */
  #end(): void {
    try {
      this.kill(this.#killSignal);
    } catch (error) {
      this.noteError(error as Error);
    }
  }

  /** @internal One of its streams is there. */
  add(stream: DescriptorStream | null): void {
    this.streams.push(stream);
    if (stream !== null) this.#openStreams++;
  }

  /** @internal One of its streams has closed: what ended that is told by `close`. */
  forget(): void {
    this.#openStreams--;
    const failed = this.streams.find((stream) => stream?.error !== undefined);
    if (failed?.error !== undefined) this.noteError(failed.error);
    this.#closeIfDone();
  }

  /** @internal There is to be no such child: nothing is told of it. */
  discard(): void {
    this.#handlers = {};
    this.close();
  }

  /** @internal All that is to be there is; it may have ended meanwhile. */
  begun(): void {
    // The program sees this very array.
    Object.freeze(this.streams);
    this.#closeIfDone();
  }

  #closeIfDone(): void {
    if (this.status !== undefined && this.#openStreams === 0) this.beginClose();
  }

  /** @internal */
  onReady(): void {
    const status = this.#take();
    if (status !== undefined) this.#tell(status);
  }

  /** @internal It may have ended: if so that is told in the next pending phase. */
  look(): void {
    const status = this.active ? this.#take() : undefined;
    if (status === undefined) return;
    this.loop.defer(() => this.enter(() => this.#tell(status)), this);
  }

  /** How it ended; it is not waited for any more then. */
  #take(): ExitStatus | undefined {
    const result = this.#children.native.take(this.pid, this.#pidfd, numbers);
    if (result === 0) return undefined;
    const status = result === 1 ? statusOf(numbers) : UNKNOWN_STATUS;
    runCleanup(this);
    this.stop();
    this.closeOwned();
    return status;
  }

  #tell(status: ExitStatus): void {
    if (this.isClosed) return;
    this.#children.forget(this.pid, this);
    this.#outcome.settle(status);
    this.#closeIfDone();
    this.#handlers.exit?.(this, status);
  }

  /** @internal */
  override onFailed(error: Error): void {
    this.#outcome.fail(() => error);
  }

  /** @internal */
  onClosed(): void {
    runCleanup(this);
    this.closeOwned();
    this.#outcome.fail(() => handleClosed('child'));
    this.#handlers.close?.(this, this.error);
  }

  /** @internal */
  override facts(): string[] {
    const { status } = this;
    const end = status?.signal ?? (status === undefined ? 'runs' : `exited: ${status.code}`);
    return [this.spawnfile, `pid: ${this.pid}`, end];
  }

  /** @internal */
  override describe(): string {
    return this.label;
  }
}

/** A child whose first three descriptors are pipes, as they are unless `stdio` says otherwise. */
export interface PipedChild extends Child {
  /** What it reads. */
  readonly stdin: DescriptorStream;
  /** What it writes. */
  readonly stdout: DescriptorStream;
  /** What it writes of errors. */
  readonly stderr: DescriptorStream;
}

/** Whether a signal reached its process. @throws SystemError */
function sent(result: number): boolean {
  if (result === ESRCH) return false;
  check(result, 'kill');
  return true;
}
