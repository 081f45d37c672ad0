// What has to be so before a stream may give its descriptor back: nothing is on its way in
// either direction. What was read from the kernel cannot be put back, so it is told first; what
// was written and the kernel did not take cannot go with the descriptor, so it has to be sent.
import { handleClosed } from '../loop/errors.js';
import { NOT_READ } from '../loop/layout.js';
import { Interest } from '../poller/interest.js';
import { constant } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import { CONNECTING, NEED_DRAIN } from './flags.js';
import { deliverStash } from './input.js';
import type { StreamOutput } from './output.js';

const EAGAIN = -constant('EAGAIN');

/**
 * Tells and sends what there is. If it throws the stream goes on.
 *
 * @throws Error ERR_HANDLE_CLOSED, ERR_STREAM_CONNECTING, ERR_STREAM_OUTPUT_QUEUED; what a
 *   `data` handler throws
 */
export function prepareDetach(stream: StreamOutput): void {
  if (!stream.active) throw handleClosed(stream.kind);
  if ((stream.flags & CONNECTING) !== 0) {
    throw codedError(Error, 'ERR_STREAM_CONNECTING', 'it is not connected yet: detach in open');
  }
  checkQueue(stream);
  stream.enter(() => deliverUnread(stream));
  if (stream.active) stream.loop.flush();
  // A handler closed it, or what was read or sent was its end.
  if (!stream.active) throw handleClosed(stream.kind);
  checkQueue(stream);
}

function checkQueue(stream: StreamOutput): void {
  // Not by its bytes: an empty record may wait as well.
  if (stream.queue === undefined) return;
  // Also where `write` has not said false: there is somebody who waits for it.
  stream.flags |= NEED_DRAIN;
  const message = `${stream.bufferedBytes} bytes of output wait for the peer: detach in drain`;
  throw codedError(Error, 'ERR_STREAM_OUTPUT_QUEUED', message);
}

/** What this batch, or one before a pause, has read. Also while it is paused. */
function deliverUnread(stream: StreamOutput): void {
  const { loop } = stream;
  const index = loop.undispatched(stream);
  if (index >= 0) {
    const result = loop.streams.result(index);
    // Nothing, or an end: that is in the kernel as well for who reads next.
    const isEnd = result === 0 || result === stream.group.transfer.endsWith;
    if (!isEnd && result !== NOT_READ && result !== EAGAIN) {
      try {
        stream.onReady(Interest.READ, index);
      } finally {
        loop.streams.forget(index);
      }
    }
  }
  deliverStash(stream);
}
