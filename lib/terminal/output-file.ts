// stdout or stderr that is a regular file, /dev/null, or another device that is never waited for: a
// stream whose bytes a thread writes; see file-queue.ts.
import { type Bytes, native } from '../binding/index.js';
import { toBytes } from '../loop/bytes.js';
import type { HandleLoop } from '../loop/contract.js';
import { BY_REQUESTS, READ_ENDED } from '../stream/flags.js';
import { NO_HANDLERS } from '../stream/handlers.js';
import { groupOf, streamSettings } from '../stream/options.js';
import type { WriteOptions } from '../stream/passing.js';
import type { Outgoing } from '../stream/queue.js';
import { wentOut } from '../stream/sending.js';
import { Stream } from '../stream/stream.js';
import { BY_REQUESTS as NOT_CROSSING } from '../stream/transfer.js';
import { type FileQueue, MOST_BYTES } from './file-queue.js';

/** A file that is written: `loop.stdout` or `loop.stderr` where they are one. */
export class OutputFile extends Stream {
  /** @internal Shared by those of one file. */
  readonly file: FileQueue;
  /** Bytes that wait, as the file's queue knows them. */
  #known = 0;
  #isDue = false;

  /** @internal Use `loop.stdout`. `fd` is owned from here on. */
  constructor(loop: HandleLoop, fd: number, file: FileQueue) {
    super(loop, groupOf(streamSettings({}), NO_HANDLERS, undefined, undefined, NOT_CROSSING));
    this.file = file;
    this.flags |= BY_REQUESTS | READ_ENDED;
    this.start(fd, 0);
    this.own();
  }

  override get kind(): string {
    return 'OutputFile';
  }

  /** @internal A piece at a time, so that never much more waits than may. */
  override write(data: Bytes | string, options?: WriteOptions): boolean {
    const bytes = typeof data === 'string' ? Buffer.from(data) : toBytes(data);
    if (options !== undefined || bytes.length <= MOST_BYTES) return super.write(bytes, options);
    let hasRoom = true;
    for (let at = 0; at < bytes.length; at += MOST_BYTES) {
      hasRoom = super.write(bytes.subarray(at, at + MOST_BYTES));
    }
    return hasRoom;
  }

  /** @internal What is queued has changed. */
  override setInterest(): void {
    const size = this.queue?.size ?? 0;
    const more = size - this.#known;
    this.#known = size;
    if (more > 0) this.file.add(this, more);
  }

  /** So many bytes are with the kernel; behind the last of them `drain` and the end are due. @internal */
  wrote(bytes: number): void {
    const queue = this.queue as Outgoing;
    this.#known -= bytes;
    wentOut(this, queue, bytes);
    if (queue.weight > 0 || this.#isDue) return;
    this.#isDue = true;
    const emptied = () => {
      this.#isDue = false;
      if (this.active) this.sendQueued();
    };
    this.loop.defer(() => this.enter(emptied), this);
  }

  /** @internal Others need the memory. */
  override sendSome(): boolean {
    this.file.settle();
    return true;
  }

  /** @internal A thread that has the descriptor keeps it until it is done. */
  override closeOwned(): void {
    const { owner } = this.loop.holdings;
    if (!owner.owns(this.handleFd)) return;
    owner.disown(this.handleFd);
    native.closeFile(this.handleFd);
  }
}
