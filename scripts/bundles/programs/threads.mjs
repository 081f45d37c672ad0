// What runs on threads in a bundle: JavaScript jobs, of text and of a file, and what is made of
// them; the host's OpenSSL, and names, by the pool.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventLoop } from 'rawloop';

const file = join(tmpdir(), `rawloop-bundle-${process.pid}.mjs`);
writeFileSync(file, 'export default ([a, b]) => a * b + 1;');
const loop = new EventLoop();
const ofText = loop.workers({ code: 'module.exports = ([a, b]) => a + b;', size: 1 });
const ofFile = loop.workers({ file, size: 1 });
const told = (async () => {
  const sum = await ofText.run([1, 2]);
  const product = await ofFile.run([2, 3]);
  const digest = await loop.crypto.hash('sha256', 'abc');
  // What OpenSSL alone does not make is a job as well.
  const shake = await loop.crypto.hash('shake128', '');
  const packed = await loop.zlib.gunzip(await loop.zlib.gzip('packed'));
  const { address } = await loop.dns.lookup('127.0.0.1');
  const isRight =
    digest.startsWith('ba7816bf') &&
    shake.startsWith('7f9c2ba4') &&
    String(Buffer.from(packed)) === 'packed';
  const rest =
    isRight && address === '127.0.0.1' ? 'a digest, what was packed, an address' : 'not all';
  return `threads: ${sum} of text, ${product} of a file, ${rest}`;
})();
told.then(
  (text) => console.log(text),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
loop.attach();
