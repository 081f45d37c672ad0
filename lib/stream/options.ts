// Reading the options that all streams share, before any side effect.
import { checkSignal } from '../base/abort.js';
import type { OptionNames } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import type { Handle } from '../loop/handle.js';
import type { OutputLimit } from '../loop/output-limits.js';
import type { StreamGroup, StreamOwner, StreamSettings } from './group.js';
import type { Handlers, StreamOptions } from './handlers.js';
import { needsCopies } from './promised.js';
import { BY_SOCKET, type Transfer, transferFor } from './transfer.js';

/** The options that listening and connecting share. */
export const STREAM_NAMES: OptionNames<StreamOptions> = {
  highWaterMark: true,
  maxBufferedBytes: true,
  chunks: true,
  noDelay: true,
  allowHalfOpen: true,
  signal: true,
  idleTimeoutMs: true,
};

/** The group of an owner's streams, or of a single one. */
export function groupOf<Owner extends StreamOwner>(
  settings: StreamSettings,
  handlers: Handlers<Handle>,
  owner?: Owner,
  output?: OutputLimit,
  transfer: Transfer = BY_SOCKET,
): StreamGroup & { readonly owner: Owner | undefined } {
  const copies =
    settings.chunks === 'copy' || (settings.chunks === undefined && needsCopies(handlers));
  // One by one: a spread of an object costs as much as all else that makes a stream.
  return {
    highWaterMark: settings.highWaterMark,
    maxBufferedBytes: settings.maxBufferedBytes,
    chunks: settings.chunks,
    noDelay: settings.noDelay,
    allowHalfOpen: settings.allowHalfOpen,
    signal: settings.signal,
    idleTimeoutMs: settings.idleTimeoutMs,
    handlers,
    owner,
    output,
    transfer: transferFor(handlers.data, transfer),
    copies,
  };
}

/** Of one socket. */
export const MAX_BUFFERED_BYTES = 16 * 2 ** 20;

/** The handlers that every stream has. */
export const HANDLER_NAMES: OptionNames<Handlers<Handle>> = {
  open: true,
  data: true,
  drain: true,
  end: true,
  close: true,
};

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

/** A number of ms; undefined: not given. @throws TypeError, RangeError */
export function timeLimit(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  return checkInteger(`options.${name}`, value, 1, Number.MAX_SAFE_INTEGER);
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
    idleTimeoutMs: timeLimit('idleTimeoutMs', options.idleTimeoutMs),
  };
}
