// Hashes, a file and a request to a server, started together. The request needs no thread: the
// kernel tells when its answer is there. Hashes and files need one. Node's pool is one queue, so
// a file stands behind hashes; in ours their lanes take turns, but where every thread has a hash
// it waits as well. Unless the kernel has the file in memory: then no thread is asked.
const crypto = require('node:crypto');
const { readFile } = require('node:fs/promises');
const { parseArgs, promisify } = require('node:util');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { EventLoop } = require('rawloop');
const { FlightRecorder, toText } = require('rawloop/inspect');

const { values } = parseArgs({ options: { iterations: { type: 'string', default: '100000' } } });
const KEY = ['secret', 'salt', Number(values.iterations), 64, 'sha512'];
const ANSWER_AFTER_MS = 5;

/** In a thread of its own, as servers are elsewhere: it takes a while and says something. */
function serve() {
  const loop = new EventLoop().attach();
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    { open: (socket) => loop.setTimeout(() => socket.end('an answer'), ANSWER_AFTER_MS) },
  );
  parentPort.once('message', () => loop.close());
  parentPort.postMessage(server.address);
}

const ask = (loop, address) =>
  new Promise((resolve, reject) => {
    const close = (_socket, error) => (error === undefined ? resolve() : reject(error));
    loop.connect(address, { data() {}, close });
  });

const onThreads = (loop) => ({
  hash: () => loop.crypto.pbkdf2(...KEY),
  file: () => loop.fs.readFile(__filename, { inline: false }),
});
const byNode = () => ({
  hash: () => promisify(crypto.pbkdf2)(...KEY),
  file: () => readFile(__filename),
});
const fromMemory = (loop) => ({
  hash: () => loop.crypto.pbkdf2(...KEY),
  file: () => loop.fs.readFile(__filename),
});

/** When no hash waits for a thread any more. */
async function allBegan(loop) {
  while (loop.pool.stats().queued > 0) await new Promise((resolve) => loop.setTimeout(resolve, 1));
}

/** Starts all of it, and prints who ended when, in that order. */
async function race(title, { hashes, way, address, waits = false }) {
  const loop = new EventLoop({ poolSize: 4 }).attach();
  const { hash, file } = way(loop);
  await file(); // There are threads now, and the file is in memory.
  const inlineReads = () => loop.pool.stats().kinds.readFile?.inline ?? 0;
  const inlineBefore = inlineReads();
  const recorder = new FlightRecorder(loop).start();
  const startMs = performance.now();
  const ended = [];
  const start = (name, work) =>
    work().then(() => ended.push({ name, ms: (performance.now() - startMs).toFixed(1) }));
  const started = Array.from({ length: hashes }, () => start('hash', hash));
  if (waits) await allBegan(loop);
  started.push(
    start('file', file),
    start('request', () => ask(loop, address)),
  );
  await Promise.all(started);
  const isInline = inlineReads() > inlineBefore;
  loop.close();
  console.log(`${title.padEnd(22)} ${ended.map(({ name, ms }) => `${name} ${ms}`).join(', ')}`);
  const names = ended.map(({ name }) => name);
  const before = names.slice(0, names.indexOf('file')).filter((name) => name === 'hash').length;
  return { before, isInline, picture: toText(recorder, { rows: 'requests' }) };
}

async function main() {
  const server = new Worker(__filename);
  const address = await new Promise((resolve) => server.once('message', resolve));
  console.log('What ended, with the ms from the start:');
  await race('1 hash:', { hashes: 1, way: onThreads, address });
  const four = { hashes: 4, way: onThreads, address };
  const nodes = await race('4 hashes, by Node:', { ...four, way: byNode });
  const ours = await race('4 hashes, in lanes:', four);
  const late = await race('4 hashes under way:', { ...four, waits: true });
  const memory = await race('the same, from memory:', { ...four, waits: true, way: fromMemory });
  server.postMessage('end');

  console.log(`\n${late.picture}\n`);
  console.log(`The file from memory met ${memory.isInline ? 'no' : 'a'} thread.`);
  console.log(
    `So of 4 hashes ${nodes.before} ended before Node's file, ${ours.before} before ours, ${late.before} ` +
      `where they were under way,\nand ${memory.before} before the file from memory.`,
  );
}

if (isMainThread) main();
else serve();
