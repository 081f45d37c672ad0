// `socket.opened`: the start of a stream as a promise, made when somebody looks, as
// `handle.closed` is (loop/closed-promise.ts).
import { handleClosed } from '../loop/errors.js';
import type { StreamBase } from './base.js';
import { CONNECTING, OPEN_AWAITED } from './flags.js';

interface Settled {
  readonly promise: Promise<StreamBase>;
  readonly settle: () => void;
}

const awaited = new WeakMap<StreamBase, Settled>();

function make(stream: StreamBase): Settled {
  let settle!: () => void;
  const promise = new Promise<StreamBase>((resolve, reject) => {
    settle = () => {
      // Who was closed on its way still is on its way.
      if ((stream.flags & CONNECTING) === 0) resolve(stream);
      else reject(stream.error ?? handleClosed(stream.kind));
    };
  });
  // Who looks and does not wait is told by `close`.
  promise.catch(() => {});
  return { promise, settle };
}

/** The promise of `stream`, the same one each time. */
export function openedPromise(stream: StreamBase): Promise<StreamBase> {
  const known = awaited.get(stream);
  if (known !== undefined) return known.promise;
  const made = make(stream);
  awaited.set(stream, made);
  if ((stream.flags & CONNECTING) === 0 || stream.isClosed) made.settle();
  else stream.flags |= OPEN_AWAITED;
  return made.promise;
}

/** It has opened, or closed before it did. */
export function settleOpened(stream: StreamBase): void {
  if ((stream.flags & OPEN_AWAITED) === 0) return;
  stream.flags &= ~OPEN_AWAITED;
  awaited.get(stream)?.settle();
}
