// Files that the kernel has in memory, by what a program does with them, one at a time or with 64
// in flight: `files.mjs owned` and `guest` by loop.fs, `pool` by loop.fs without trying first,
// `node` by the callback form of node:fs, `node-promises` by node:fs/promises. Each answer starts
// the next request; the pools have four threads each.

import * as nodeFs from 'node:fs';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureRequests } from './requests.mjs';
import { serve } from './serve.mjs';

const contender = process.argv[2];
const isHost = contender === 'node' || contender === 'node-promises';
const isOwned = contender === 'owned';

/** @returns {import('../../dist/index.cjs').EventLoop} */
function newLoop() {
  const { EventLoop } = createRequire(import.meta.url)('../../dist/index.cjs');
  return new EventLoop({ inlineFiles: contender !== 'pool' });
}

const loop = isHost ? undefined : newLoop();
if (!isHost && !isOwned) loop?.attach();

// Not in tmpfs, where nothing is read without a thread.
const folder = mkdtempSync(join(tmpdir(), 'rawloop-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const small = join(folder, '4k');
const large = join(folder, '64k');
const huge = join(folder, '4m');
const many = join(folder, 'many');
writeFileSync(small, Buffer.alloc(4096, 'x'));
writeFileSync(large, Buffer.alloc(65536, 'x'));
writeFileSync(huge, Buffer.alloc(2 ** 22, 'x'));
nodeFs.mkdirSync(many);
for (let i = 0; i < 1000; i++) writeFileSync(join(many, `file-${i}.txt`), '');
const fd = openSync(small, 'r');
const bytes = Buffer.alloc(4096);

/** @typedef {import('./requests.mjs').Request} Request */

/** @type {Record<string, Request>} */
const callbacks = {
  read: (done) => nodeFs.read(fd, bytes, 0, 4096, 0, done),
  'read-4k': (done) => nodeFs.readFile(small, done),
  'read-64k': (done) => nodeFs.readFile(large, done),
  'read-4m': (done) => nodeFs.readFile(huge, done),
  stat: (done) => nodeFs.stat(small, done),
  readdir: (done) => nodeFs.readdir(many, done),
  write: (done) => nodeFs.write(writable(), bytes, 0, 4096, 0, done),
};

let writableFd = -1;
function writable() {
  if (writableFd < 0) writableFd = openSync(join(folder, 'written'), 'w');
  return writableFd;
}

/** By promises: of the host, or ours, which have the same names. */
function promised(fs, read, write) {
  const told = (request, done) => void request.then(() => done(null), done);
  return {
    read: (done) => told(read(), done),
    'read-4k': (done) => told(fs.readFile(small), done),
    'read-64k': (done) => told(fs.readFile(large), done),
    'read-4m': (done) => told(fs.readFile(huge), done),
    stat: (done) => told(fs.stat(small), done),
    readdir: (done) => told(fs.readdir(many), done),
    write: (done) => told(write(), done),
  };
}

/** @returns {Promise<Record<string, Request>>} */
async function requestsOf() {
  if (contender === 'node') return callbacks;
  if (contender === 'node-promises') {
    const file = await nodeFs.promises.open(small);
    const output = await nodeFs.promises.open(join(folder, 'written'), 'w');
    const write = () => output.write(bytes, 0, 4096, 0);
    return promised(nodeFs.promises, () => file.read(bytes, 0, 4096, 0), write);
  }
  const { fs } = /** @type {import('../../dist/index.cjs').EventLoop} */ (loop);
  const write = () => fs.write(writable(), bytes, 0, 4096, 0);
  return promised(fs, () => fs.read(fd, bytes, 0, 4096, 0), write);
}

const requests = await requestsOf();
const owned = isOwned ? loop : undefined;

/** @type {Record<string, (ask: { ms: number }) => Promise<object>>} */
const works = {};
for (const name of Object.keys(requests)) {
  works[name] = measureRequests(requests[name], 1, owned);
  works[`${name}-64`] = measureRequests(requests[name], 64, owned);
}
serve(/** @type {any} */ (works));
