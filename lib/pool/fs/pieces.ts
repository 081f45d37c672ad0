// A file that is larger than what is read at once: piece by piece, each in a turn that has room for
// it, on the loop's thread where the kernel has it in memory, else on a thread. The memory is the
// caller's from the beginning: nothing is copied twice, and no turn copies it whole.
import type { FileOptions } from './options.js';
import type { Content } from './path.js';

/** What of `loop.fs` reads them. */
interface Reader {
  read(
    fd: number,
    buffer: Uint8Array,
    where: FileOptions & { offset: number; length: number; position: number },
  ): Promise<{ bytesRead: number }>;
}

/**
 * What is open at `fd`, up to its end, whatever its size was said to be.
 *
 * @param size how many bytes it had
 * @param pieceBytes how many are read at once
 */
export async function readInPieces(
  reader: Reader,
  fd: number,
  size: number,
  pieceBytes: number,
  signal: AbortSignal | undefined,
): Promise<Content> {
  const bytes = Buffer.allocUnsafeSlow(size);
  const filled = await fill(bytes, 0);
  // It was cut: memory of its own for what there is.
  if (filled < size) return copyOf([bytes.subarray(0, filled)]);
  const rest = [bytes];
  for (let end = size; ; ) {
    const more = Buffer.allocUnsafeSlow(pieceBytes);
    const length = await fill(more, end);
    if (length === 0) return rest.length === 1 ? bytes : copyOf(rest);
    rest.push(more.subarray(0, length));
    end += length;
  }

  /** How many bytes, of what begins at `begin`: all that there is room for, or up to the end. */
  async function fill(target: Buffer, begin: number): Promise<number> {
    for (let offset = 0; offset < target.length; ) {
      const length = Math.min(pieceBytes, target.length - offset);
      const where = { offset, length, position: begin + offset, signal };
      const { bytesRead } = await reader.read(fd, target, where);
      if (bytesRead === 0) return offset;
      offset += bytesRead;
    }
    return target.length;
  }
}

function copyOf(parts: readonly Uint8Array[]) {
  const bytes = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
