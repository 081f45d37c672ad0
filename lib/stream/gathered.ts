// What a turn of the loop writes to a stream, a little at a time: behind each other in the turn's
// gather slab, which the next crossing sends. See lib/loop/gather.ts.
import { byteLengthOf } from '../loop/bytes.js';
import type { TextEncoding } from '../loop/contract.js';
import { GATHER_BYTES } from '../loop/gather.js';
import type { StreamBase } from './base.js';
import { ENDED, NOT_GATHERING } from './flags.js';

/** Whether bytes may wait in the turn's gather slab, which then has room. */
export function canGather(stream: StreamBase, bytes: number): boolean {
  const { loop, flags } = stream;
  if (!loop.inTurn || stream.queue !== undefined || (flags & NOT_GATHERING) !== 0) return false;
  if (loop.streams.hasRoom(bytes)) return true;
  loop.flush();
  return stream.queue === undefined && stream.active;
}

/** Copies bytes, or text of at most `maxBytes`, into the turn's gather slab, which has room. */
export function gather(
  stream: StreamBase,
  data: Uint8Array | string,
  maxBytes: number,
  encoding: TextEncoding,
): void {
  const { streams } = stream.loop;
  const { slot, handleFd } = stream;
  if (typeof data === 'string') {
    stream.writtenBytes += streams.gatherText(slot, handleFd, data, maxBytes, encoding);
  } else {
    streams.gather(slot, handleFd, data, maxBytes);
    stream.writtenBytes += maxBytes;
  }
}

/**
 * Takes what `write` would only copy behind this turn's output. False: it would do more, and
 * nothing is done.
 */
export function gatherOnly(
  stream: StreamBase,
  data: Uint8Array | string,
  encoding: TextEncoding,
): boolean {
  const maxBytes =
    typeof data !== 'string'
      ? byteLengthOf(data)
      : encoding === 'latin1'
        ? data.length
        : data.length * 3;
  const { loop, queue, flags } = stream;
  if (!loop.inTurn || maxBytes > GATHER_BYTES || queue !== undefined) return false;
  if ((flags & (NOT_GATHERING | ENDED)) !== 0 || !stream.active) return false;
  if (!loop.streams.hasRoom(maxBytes)) return false;
  if (maxBytes > 0) gather(stream, data, maxBytes, encoding);
  return true;
}

/** What this turn has written to it goes out now. */
export function sendGathered(stream: StreamBase): void {
  if (stream.active && stream.loop.streams.isPending(stream.slot)) stream.loop.flush();
}
