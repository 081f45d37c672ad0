// What a child reads: a pipe of which we have the end to write. That nobody reads it any more is
// no error while there is nothing to write: most programs end without having read to the end, and
// nobody closes what they were not asked to read. Output that cannot go there is: EPIPE.
import { DescriptorStream } from '../descriptor/stream.js';
import { Ready } from '../poller/interest.js';

const GONE = Ready.ERROR | Ready.HANGUP;

/** @internal */
export class ChildInput extends DescriptorStream {
  /** @internal */
  override onReady(events: number, index: number): void {
    const hasOutput = this.queue !== undefined || this.loop.streams.isPending(this.slot);
    if ((events & GONE) !== 0 && !hasOutput) this.destroy();
    else super.onReady(events, index);
  }
}
