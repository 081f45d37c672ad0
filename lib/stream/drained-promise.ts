// `socket.drained`: room to write as a promise, for who has no handlers; made when somebody
// looks. It is `drain`, but that it also tells that nothing is taken any more: who waits with
// bytes in his hands is not to go on as if they were sent.
import { codedError } from '../base/errors.js';
import { handleClosed } from '../loop/errors.js';
import { withoutStack } from '../raw/errors.js';
import type { StreamBase } from './base.js';
import { DRAIN_AWAITED, ENDED } from './flags.js';

interface Awaited {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const awaited = new WeakMap<StreamBase, Awaited>();

/** It has closed: nobody is told any more that there is room. */
export function drainedByClose(stream: StreamBase): void {
  if ((stream.flags & DRAIN_AWAITED) === 0) return;
  settleDrained(stream, stream.error ?? handleClosed(stream.kind));
}

/** Why `write` takes nothing; undefined: it does. */
function refusal(stream: StreamBase): Error | undefined {
  const { active, error, flags, kind } = stream;
  if (error !== undefined) return error;
  if (!active) return handleClosed(kind);
  if ((flags & ENDED) === 0) return undefined;
  const why = 'nothing more is sent: our side has ended, by end() or behind the end of the peer';
  return withoutStack(() => codedError(Error, 'ERR_STREAM_WRITE_AFTER_END', why));
}

/** The promise of `stream`: the same one while somebody waits. */
export function drainedPromise(stream: StreamBase): Promise<void> {
  const known = awaited.get(stream);
  if (known !== undefined) return known.promise;
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Who looks and does not wait is told by `close`.
  promise.catch(() => {});
  awaited.set(stream, { promise, resolve, reject });
  stream.flags |= DRAIN_AWAITED;
  const refused = refusal(stream);
  if (stream.queue === undefined || refused !== undefined) settleDrained(stream, refused);
  return promise;
}

/** All that was queued is sent, or `error` is why it is not. */
export function settleDrained(stream: StreamBase, error?: Error): void {
  if ((stream.flags & DRAIN_AWAITED) === 0) return;
  stream.flags &= ~DRAIN_AWAITED;
  const waiting = awaited.get(stream);
  awaited.delete(stream);
  if (error === undefined) waiting?.resolve();
  else waiting?.reject(error);
}
