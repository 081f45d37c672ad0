// toDuplex: a stream of ours for who wants one of node:stream's.
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { invalidType } from '../loop/errors.js';
import { halvesOf, isHandedOver } from '../stream/handed-over.js';
import { boolean } from '../stream/options.js';
import { Stream } from '../stream/stream.js';
import { invalidState } from '../stream/unread.js';
import { type DuplexSource, SocketDuplex } from './socket-duplex.js';

/** How a Duplex buffers, and whether it ends by itself. */
export interface ToDuplexOptions {
  /** Bytes that it buffers in each direction: 0 to 2^31-1, default node:stream's. */
  highWaterMark?: number;
  /** Of what is read and not taken yet, in place of `highWaterMark`. */
  readableHighWaterMark?: number;
  /** Of what is written and not sent yet, in place of `highWaterMark`. */
  writableHighWaterMark?: number;
  /** Our side stays open behind the peer's end, until `end()`. Default: as the stream's own. */
  allowHalfOpen?: boolean;
}

const NAMES: OptionNames<ToDuplexOptions> = {
  highWaterMark: true,
  readableHighWaterMark: true,
  writableHighWaterMark: true,
  allowHalfOpen: true,
};

function marksOf(options: ToDuplexOptions): ToDuplexOptions {
  const marks: ToDuplexOptions = {};
  for (const name of ['highWaterMark', 'readableHighWaterMark', 'writableHighWaterMark'] as const) {
    const bytes = options[name];
    if (bytes === undefined) continue;
    marks[name] = checkInteger(`options.${name}`, bytes, 0, 2 ** 31 - 1);
  }
  return marks;
}

/**
 * A connection, or what `loop.stream` gave, as a Duplex of node:stream: for `http`, `https`,
 * `tls`, `http2`, for a client that takes a stream, for `pipeline`. From then on the stream's
 * handlers are the Duplex's: none of those that it had is called but `close`, behind the
 * Duplex's own. What came before is read first, if the handlers were left out.
 *
 * A stream that is closed gives a Duplex that is destroyed. Of a loop that owns its thread the
 * Duplex works as well, while `run()` runs; the host's own timers and I/O stand still then.
 *
 * @throws TypeError when it is no stream; Error ERR_INVALID_STATE when it has a Duplex already, or is
 *   iterated
 * @example
 * const server = http.createServer((request, response) => response.end('hello'));
 * loop.listen({ port: 8080 }, { open: (socket) => server.emit('connection', toDuplex(socket)) });
 */
export function toDuplex(socket: DuplexSource, options: ToDuplexOptions = {}): SocketDuplex {
  if (!(socket instanceof Stream)) throw invalidType('socket', 'a Socket or a DescriptorStream');
  const given = readOptions('options', options, NAMES);
  const allowHalfOpen = boolean('allowHalfOpen', given.allowHalfOpen, socket.group.allowHalfOpen);
  const marks = marksOf(given);
  if (isHandedOver(socket)) throw invalidState(`the ${socket.kind} has a Duplex already`);
  return new SocketDuplex(socket, {
    ...marks,
    ...halvesOf(socket),
    allowHalfOpen,
    decodeStrings: false,
  });
}
