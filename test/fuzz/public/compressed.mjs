// Compression on threads: what is compressed, what is read, and what is no data at all.
import { gzipSync } from 'node:zlib';
import { anyValue } from '../support/values.mjs';

const WRITES = ['gzip', 'deflate', 'deflateRaw', 'brotliCompress'];
const READS = ['gunzip', 'inflate', 'inflateRaw', 'unzip', 'brotliDecompress'];
/** A few bytes that become a million. */
const BOMB = gzipSync(Buffer.alloc(1 << 20));

/**
 * @param {import('./things.mjs').Things} things
 * @param {() => object | undefined} options what a request takes last
 */
export function compressionRequests({ actions, random, program: { loop } }, options) {
  const data = () =>
    actions.or(
      () => random.pick(['x', new Uint8Array(70000), BOMB]),
      () => anyValue(random),
    );
  const own = () =>
    actions.or(() =>
      random.pick([
        options(),
        { level: random.from(-2, 10) },
        { maxOutputLength: random.pick([0, 1, 1e5]) },
      ]),
    );
  return [
    () => loop.zlib[random.pick(WRITES)](data(), own()),
    () => loop.zlib[random.pick(READS)](data(), own()),
  ]; // biome-ignore format: a table
}
