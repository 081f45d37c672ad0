// stdout or stderr that is a regular file, /dev/null, or another device that is never waited for.
// What is written to it is with the kernel when `write` returns, as with `process.stdout` of Node:
// there is nothing that could be lost, whatever ends the process. The kernel keeps it in memory, so
// that no thread would be faster. See write(2).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { BY_REQUESTS, READ_ENDED } from '../stream/flags.js';
import { NO_HANDLERS } from '../stream/handlers.js';
import { groupOf, streamSettings } from '../stream/options.js';
import { Stream } from '../stream/stream.js';
import { BY_REQUESTS as NOT_CROSSING, type Transfer } from '../stream/transfer.js';

const DIRECTLY: Transfer = { ...NOT_CROSSING, send: native.writeNow };

/** A file that is written as it comes: `loop.stdout` or `loop.stderr` where they are one. */
export class OutputFile extends Stream {
  #isDue = false;

  /** @internal Use `loop.stdout`. `fd` is owned from here on. */
  constructor(loop: HandleLoop, fd: number) {
    super(loop, groupOf(streamSettings({}), NO_HANDLERS, undefined, undefined, DIRECTLY));
    this.flags |= BY_REQUESTS | READ_ENDED;
    this.start(fd, 0);
    this.own();
  }

  override get kind(): string {
    return 'OutputFile';
  }

  /** @internal What a full disk has left over is tried once a turn. */
  override setInterest(): void {
    if (this.#isDue || this.queue === undefined) return;
    this.#isDue = true;
    const again = () => {
      this.#isDue = false;
      if (this.active) this.sendQueued();
      // What is left is waited for by nobody else.
      if (this.active) this.setInterest();
    };
    this.loop.defer(() => this.enter(again), this);
  }
}
