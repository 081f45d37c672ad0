// What a handler returned: nothing as a rule. A promise says that the handler goes on
// after its call, so that memory it was lent must not be used again; and when it
// rejects, that is an error of this connection, as nobody else looks at it.
import { inspect, types } from 'node:util';
import type { Handle } from '../loop/handle.js';
import { codedError } from '../raw/errors.js';
import type { Handlers } from './handlers.js';

/** What a promise that rejects is the end of. */
interface Ending {
  readonly isClosed: boolean;
  /** Whether somebody hears why it ends. */
  readonly isHeard: boolean;
  destroy(error?: Error): void;
  /** `close` is to tell it; whether it will. */
  noteError(error: Error): boolean;
}

/** Handlers that returned a promise from `data`: each of their chunks is a copy. */
const promising = new WeakSet<Handlers<Handle>>();

/** Whether chunks for these handlers are to be memory of their own. */
export function needsCopies(handlers: Handlers<Handle>): boolean {
  return promising.has(handlers) || isAsync(handlers.data);
}

/** They have returned a promise from `data`. */
export function notePromise(handlers: Handlers<Handle>): void {
  promising.add(handlers);
}

/** Also of another realm. */
export function isAsync(handler: unknown): boolean {
  return Object.prototype.toString.call(handler) === '[object AsyncFunction]';
}

/** Whether something is a promise, of any realm or library. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as never)['then'] === 'function'
  );
}

/** A handler of `stream` returned something: if it is a promise that rejects, that ends it. */
export function settle(stream: Ending, result: unknown): void {
  if (!isPromise(result)) return;
  Promise.resolve(result).then(undefined, (reason: unknown) => rejected(stream, reason));
}

function rejected(stream: Ending, reason: unknown): void {
  const error = asError(reason);
  const { isClosed, isHeard } = stream;
  if (!isClosed) stream.destroy(error);
  // Nobody would hear of it. Or it has closed by itself, say by the peer's reset, and told so:
  // often this follows from that. What a peer may bring about must not end the process.
  if (isClosed ? !stream.noteError(error) : !isHeard) process.emitWarning(error);
}

/** What a promise was rejected with, as an error. */
export function asError(reason: unknown): Error {
  if (reason instanceof Error || types.isNativeError(reason)) return reason;
  const message = `the promise of a handler was rejected with ${inspect(reason)}`;
  return Object.assign(codedError(Error, 'ERR_HANDLER_REJECTED', message), { cause: reason });
}
