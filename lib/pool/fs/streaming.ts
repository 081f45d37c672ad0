// Files as streams, and sent to sockets: loaded with the first of either, as it brings the streams of
// the loop along. A file of its own in dist/; scripts/lazy.mjs.
import type { Handle } from '../../loop/handle.js';
import { type Handlers, NO_HANDLERS } from '../../stream/handlers.js';
import {
  type ReadStreamOptions,
  readStreamOptions,
  type Where,
  type WriteStreamOptions,
  writeStreamOptions,
} from './stream/options.js';
import { FileReadStream } from './stream/read-stream.js';
import type { FileSource } from './stream/source.js';
import { FileWriteStream } from './stream/write-stream.js';
import type { FileWork } from './work.js';

export { sendFile } from './stream/send-file.js';
export { FileReadStream, FileWriteStream };

/** Begins to read a file. @throws TypeError, RangeError; SystemError; Error */
export function readStream(
  source: FileSource,
  work: FileWork,
  where: Where,
  options: ReadStreamOptions = {},
  handlers: Handlers<Handle> = NO_HANDLERS,
): FileReadStream {
  const { open, group, settings } = readStreamOptions(source, work, where, options, handlers);
  return new FileReadStream(work, group, open(), settings);
}

/** Begins to write one. @throws TypeError, RangeError; SystemError; Error */
export function writeStream(
  source: FileSource,
  work: FileWork,
  where: Where,
  options: WriteStreamOptions = {},
  handlers: Handlers<Handle> = NO_HANDLERS,
): FileWriteStream {
  const { open, group, settings } = writeStreamOptions(source, work, where, options, handlers);
  return new FileWriteStream(work, group, open(), settings);
}
