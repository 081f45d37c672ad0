// Reading the options and handlers of listen and connect, before any side effect.
import { invalidType } from '../loop/errors.js';
import { checkFunction, checkInteger, checkSignal } from '../loop/validate.js';
import type { StreamHandlers, StreamOptions } from './handlers.js';
import type { Server } from './server.js';

/** What a socket needs to know of its options; one object for all of a server's. */
export interface StreamSettings {
  readonly highWaterMark: number;
  readonly maxBufferedBytes: number;
  readonly noDelay: boolean;
  readonly allowHalfOpen: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What the sockets of a server share: each knows this one object instead of all of it. */
export interface StreamGroup extends StreamSettings {
  readonly handlers: StreamHandlers;
  readonly server: Server | undefined;
}

const HANDLERS = ['open', 'data', 'drain', 'end', 'close', 'error'] as const;

/** @throws TypeError when it is no object, or a member is no function */
export function checkHandlers(handlers: StreamHandlers): StreamHandlers {
  if (typeof handlers !== 'object' || handlers === null) throw invalidType('handlers', 'an object');
  for (const name of HANDLERS) {
    if (handlers[name] !== undefined) checkFunction(`handlers.${name}`, handlers[name]);
  }
  return handlers;
}

/** An option that is true, false or not given. @throws TypeError */
export function boolean(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw invalidType(`options.${name}`, 'a boolean');
}

/** `options` as `readOptions` gave them. @throws TypeError, RangeError */
export function streamSettings(options: StreamOptions): StreamSettings {
  const { highWaterMark = 65536, maxBufferedBytes = 16 * 2 ** 20 } = options;
  return {
    highWaterMark: checkInteger('options.highWaterMark', highWaterMark, 0, 2 ** 31 - 1),
    maxBufferedBytes: checkInteger(
      'options.maxBufferedBytes',
      maxBufferedBytes,
      0,
      Number.MAX_SAFE_INTEGER,
    ),
    noDelay: boolean('noDelay', options.noDelay, true),
    allowHalfOpen: boolean('allowHalfOpen', options.allowHalfOpen, false),
    signal: checkSignal(options.signal),
  };
}
