// What is written to a file, as it comes: all that can be iterated, a stream of Node's, say. Each
// chunk is a write of its own, behind the one before it.
import { throwIfAborted } from '../../base/abort.js';
import type { Bytes } from '../../binding/index.js';

/** Memory or text, piece by piece. */
export type Chunks = Iterable<Bytes | string> | AsyncIterable<Bytes | string>;

/** What is written: at once, or as it comes. */
export type Written = Bytes | string | Chunks;

/** Whether it is to be iterated: memory and text are what they are. */
export function isChunks(data: Written): data is Chunks {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** Gives `write` each of what comes; the signal is asked before. What cannot be written ends it. */
export async function writeChunks(
  write: (chunk: Bytes | string) => Promise<void>,
  chunks: Chunks,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const chunk of chunks) {
    throwIfAborted(signal);
    await write(chunk);
  }
}
