// fromDuplex: a stream of node:stream's for who wants one of ours.
import { Duplex } from 'node:stream';
import { checkHandlerNames, type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType } from '../loop/errors.js';
import { boolean, byteLimit, MAX_BUFFERED_BYTES } from '../stream/options.js';
import type { FromDuplexOptions } from './duplex-options.js';
import { DuplexStream, type DuplexStreamHandlers } from './duplex-stream.js';

const OPTIONS: OptionNames<FromDuplexOptions> = {
  highWaterMark: true,
  maxBufferedBytes: true,
  allowHalfOpen: true,
};

const HANDLERS: OptionNames<DuplexStreamHandlers> = {
  open: true,
  data: true,
  drain: true,
  end: true,
  close: true,
};

/** One of node:stream's, of whatever copy of it: what is called is there. */
function isDuplex(value: unknown): value is Duplex {
  if (value instanceof Duplex) return true;
  const { read, write, pipe, on, destroy } = (value ?? {}) as Record<string, unknown>;
  return [read, write, pipe, on, destroy].every((method) => typeof method === 'function');
}

/**
 * Any Duplex of node:stream, such as a TLS connection, with the surface of our streams: `write`,
 * `end`, `destroy`, `pause`, and handlers that are told as a `Socket`'s are. So what is written
 * for our sockets runs on it. Its bytes are moved by the host's loop, or by whoever made it. A
 * chunk that is no bytes, of a Duplex of objects, closes it with ERR_INVALID_ARG_TYPE.
 *
 * @param handlers when they are left out nothing is read until somebody iterates it
 * @throws TypeError; RangeError
 * @example
 * const secure = tls.connect({ socket: toDuplex(loop.connect({ port: 443 })) });
 * fromDuplex(secure, { open: (stream) => stream.write('hello'), data: (stream, chunk) => {} });
 */
export function fromDuplex<Data = unknown>(
  duplex: Duplex,
  handlers?: DuplexStreamHandlers<Data>,
  options: FromDuplexOptions = {},
): DuplexStream<Data> {
  if (!isDuplex(duplex)) throw invalidType('duplex', 'a Duplex of node:stream');
  if (handlers !== undefined) checkHandlerNames('handlers', handlers, HANDLERS);
  const { highWaterMark = 65536, ...given } = readOptions('options', options, OPTIONS);
  return new DuplexStream<Data>(duplex, handlers, {
    highWaterMark: checkInteger('options.highWaterMark', highWaterMark, 0, 2 ** 31 - 1),
    maxBufferedBytes: byteLimit('maxBufferedBytes', given.maxBufferedBytes, MAX_BUFFERED_BYTES),
    allowHalfOpen: boolean('allowHalfOpen', given.allowHalfOpen, false),
  });
}
