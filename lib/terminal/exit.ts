// What is written to stdout and stderr is written, also when the process exits before a slow
// reader has taken it, or the loop is closed: then there is time to wait for him, as nothing else goes
// on any more. A signal that ends the process does not ask. See exit(3), poll(2).
import { native } from '../binding/index.js';
import { callAtExit } from '../loop/turns.js';
import { constant } from '../raw/constants.js';
import { GONE } from '../stream/queue.js';
import { outputDetached } from '../stream/sending.js';
import type { Stream } from '../stream/stream.js';
import { OutputFile } from './output-file.js';

const EAGAIN = -constant('EAGAIN');
const POLLOUT = constant('POLLOUT');
const FOR_EVER = -1;

/** Those of this thread. */
const outputs = new Set<WeakRef<Stream>>();
let pid = 0;

/** What is queued for `stream` goes out as the process exits, and as its loop is closed. */
export function sendAtExit(stream: Stream): void {
  if (outputs.size === 0) {
    pid = native.getpid();
    callAtExit(sendAll);
  }
  for (const known of outputs) if (known.deref()?.active !== true) outputs.delete(known);
  outputs.add(new WeakRef(stream));
  stream.loop.onClosing(() => {
    if (stream.active) sendQueue(stream);
  });
}

function sendAll(): void {
  // A child made by fork(2) has neither the threads nor the right to say its parent's words again.
  if (native.getpid() !== pid) return;
  for (const known of outputs) {
    const stream = known.deref();
    if (stream?.active !== true) continue;
    sendQueue(stream);
    // What those write who hear of the exit behind us.
    if (stream instanceof OutputFile) stream.file.settleForGood();
    else stream.setInterest = () => sendQueue(stream);
  }
}

function sendQueue(stream: Stream): void {
  if (stream instanceof OutputFile) {
    stream.file.settle();
    return;
  }
  stream.loop.flush();
  const { queue, handleFd } = stream;
  if (queue === undefined) return;
  const waiting = Int32Array.of(handleFd, POLLOUT, 0);
  for (let bytes = queue.first(); bytes !== undefined; bytes = queue.first()) {
    if (bytes === GONE) stream.destroy(outputDetached());
    if (!stream.active) return;
    const sent = stream.group.transfer.send(handleFd, bytes);
    if (sent >= 0) queue.shift(sent);
    else if (sent === EAGAIN) native.poll(waiting, 1, FOR_EVER);
    // Nobody reads any more.
    else return;
  }
}
