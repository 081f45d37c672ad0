// Reading the options and handlers of listen and connect, before any side effect.
import { checkSignal } from '../base/abort.js';
import { checkHandlerNames, type OptionNames } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { Address } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import type { OutputLimit } from '../loop/output-limits.js';
import type { Server } from '../net/server.js';
import type { StreamHandlers, StreamOptions } from './handlers.js';
import { needsCopies } from './promised.js';

/** What a socket needs to know of its options; one object for all of a server's. */
export interface StreamSettings {
  readonly highWaterMark: number;
  readonly maxBufferedBytes: number;
  readonly chunks: 'borrow' | 'copy' | undefined;
  readonly noDelay: boolean;
  readonly allowHalfOpen: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What the sockets of a server share: each knows this one object instead of all of it. */
export interface StreamGroup extends StreamSettings {
  readonly handlers: StreamHandlers;
  readonly server: Server<Address> | undefined;
  /** The limit for all of a server's sockets, and what they hold. */
  readonly output: OutputLimit | undefined;
  /** Whether chunks are copies; true as well once `data` has returned a promise. */
  copies: boolean;
}

/** The options that listening and connecting share. */
export const STREAM_NAMES: OptionNames<StreamOptions> = {
  highWaterMark: true,
  maxBufferedBytes: true,
  chunks: true,
  noDelay: true,
  allowHalfOpen: true,
  signal: true,
};
/** The group of a server's sockets, or of a single one. */
export function groupOf(
  settings: StreamSettings,
  handlers: StreamHandlers,
  server?: Server<Address>,
  output?: OutputLimit,
): StreamGroup {
  const copies =
    settings.chunks === 'copy' || (settings.chunks === undefined && needsCopies(handlers));
  return { ...settings, handlers, server, output, copies };
}

/** Of one socket. */
export const MAX_BUFFERED_BYTES = 16 * 2 ** 20;

const HANDLER_NAMES: OptionNames<StreamHandlers> = {
  open: true,
  data: true,
  drain: true,
  end: true,
  close: true,
  error: true,
};

/**
 * @throws TypeError when it is no object, a handler is no function, or a plain object has
 *   a function that is no handler
 */
export function checkHandlers(handlers: StreamHandlers): StreamHandlers {
  checkHandlerNames('handlers', handlers, HANDLER_NAMES);
  return handlers;
}

/** An option that is true, false or not given. @throws TypeError */
export function boolean(name: string, value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw invalidType(`options.${name}`, 'a boolean');
}

/** A number of bytes. @throws TypeError, RangeError */
export function byteLimit(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  return checkInteger(`options.${name}`, value, 0, Number.MAX_SAFE_INTEGER);
}

/** `options` as `readOptions` gave them. @throws TypeError, RangeError */
export function streamSettings(options: StreamOptions): StreamSettings {
  const { highWaterMark = 65536, maxBufferedBytes, chunks } = options;
  if (chunks !== undefined && chunks !== 'borrow' && chunks !== 'copy') {
    throw invalidValue('options.chunks', "'borrow' or 'copy'");
  }
  return {
    highWaterMark: checkInteger('options.highWaterMark', highWaterMark, 0, 2 ** 31 - 1),
    maxBufferedBytes: byteLimit('maxBufferedBytes', maxBufferedBytes, MAX_BUFFERED_BYTES),
    chunks,
    noDelay: boolean('noDelay', options.noDelay, true),
    allowHalfOpen: boolean('allowHalfOpen', options.allowHalfOpen, false),
    signal: checkSignal(options.signal),
  };
}
