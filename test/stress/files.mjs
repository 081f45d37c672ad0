// Files, keys, digests and compression on a pool that grows and shrinks, by actors that each know
// what must come: `node --expose-gc test/stress/files.mjs [--count N] [--mode owned|guest]
// [--seed N] [--actors N] [--folder PATH] [--json]`. Requests are aborted at random, memory is
// detached and resized while they have it, the collector runs. Status 1 when a result was wrong, a
// request was refused for no reason, or a descriptor, a thread or memory is left.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Actor } from './file-actor.mjs';
import { OPERATIONS } from './file-operations.mjs';
import { Random } from './random.mjs';

const require = createRequire(import.meta.url);
const { EventLoop, ThreadPool } = require('../../dist/index.cjs');

/** Fewer than actors may ask for at once, so that some are refused. */
const MAX_QUEUED = 40;
const SHARED_BYTES = [4096, 65_536, 300_000, 1];
const MAX_FAULTS = 10;
const STUCK_MS = 30_000;
/** More than the collector leaves lying about. */
const MAX_GROWTH_BYTES = 16 * 2 ** 20;
const SETTLE_MS = 5000;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200000' },
    mode: { type: 'string', default: 'owned' },
    seed: { type: 'string', default: '1' },
    actors: { type: 'string', default: '32' },
    folder: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

const openDescriptors = () => readdirSync('/proc/self/fd').length;

function poolThreads() {
  const names = readdirSync('/proc/self/task').map((task) => {
    try {
      return readFileSync(`/proc/self/task/${task}/comm`, 'latin1').trim();
    } catch {
      return ''; // It has ended.
    }
  });
  return names.filter((name) => name === 'rawloop-pool').length;
}

function heldBytes() {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What all actors share. */
class World {
  counts = { done: 0, aborted: 0, refused: 0, spoilt: 0, resized: 0, collected: 0 };
  operations = Object.fromEntries(OPERATIONS.map(({ name }) => [name, 0]));
  faults = [];
  files = [];
  /** Held when a tenth is begun: what the engine keeps of code is there by then. */
  firstBytes = heldBytes();
  #left = Number(values.count);
  #random = new Random(Number(values.seed));

  constructor(folder, pool) {
    this.folder = folder;
    this.pool = pool;
    for (const size of SHARED_BYTES) {
      const [path, content] = [join(folder, `shared-${size}`), this.#random.bytes(size)];
      writeFileSync(path, content);
      this.files.push({ path, content });
    }
    this.tree = join(folder, 'tree');
    mkdirSync(join(this.tree, 'a/b/c'), { recursive: true });
    for (const name of ['x', 'a/y', 'a/b/z', 'a/b/c/w']) writeFileSync(join(this.tree, name), name);
    this.names = readdirSync(this.tree, { recursive: true }).sort();
    this.top = readdirSync(this.tree).length;
  }

  /** Whether one operation more is to be begun. What befalls all happens here. */
  takesOne() {
    if (this.#left === 0 || this.faults.length >= MAX_FAULTS) return false;
    this.#left--;
    if (this.#left === Math.floor(Number(values.count) * 0.9)) this.firstBytes = heldBytes();
    if (this.#random.oneIn(200)) {
      this.pool.resize(1 + this.#random.below(6));
      this.counts.resized++;
    }
    if (this.#random.oneIn(500)) {
      globalThis.gc?.({ type: 'minor' });
      this.counts.collected++;
    }
    return true;
  }

  fault(text) {
    if (this.faults.length < MAX_FAULTS) this.faults.push(text);
  }
}

function report({ counts, operations, faults }, seconds) {
  const rarest = Math.min(...Object.values(operations));
  if (values.json) console.log(JSON.stringify({ ...counts, rarest, operations, seconds, faults }));
  else {
    console.log(
      `${values.mode}, seed ${values.seed}: ${counts.done} operations done, ${counts.aborted} aborted, ` +
        `${counts.refused} refused by a full queue, ${counts.spoilt} with their memory taken away, ` +
        `${counts.resized} changes of size, in ${seconds.toFixed(1)} s; ${faults.length} faults`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
  }
  if (faults.length > 0) process.exitCode = 1;
}

const folder = mkdtempSync(join(values.folder, 'rawloop-files-'));
// A Worker asks for it, and Node keeps a descriptor in reserve from then on.
void process.stdout.isTTY;
const before = openDescriptors();
const pool = new ThreadPool({ size: 4, idleMs: 20, maxQueued: MAX_QUEUED });
const loop = new EventLoop({ pool });
if (values.mode === 'guest') loop.attach();
const world = new World(folder, pool);
const startMs = performance.now();

/** Waits for what ends by itself: threads, descriptors of forgotten files. */
async function settled(isSo) {
  const endMs = performance.now() + SETTLE_MS;
  while (!isSo() && performance.now() < endMs) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return isSo();
}

async function finish() {
  loop.close();
  pool.close();
  const grown = () => heldBytes() - world.firstBytes;
  // Of memory from outside of its heap the engine hears behind the collection.
  if (!(await settled(() => grown() <= MAX_GROWTH_BYTES))) {
    world.fault(`${grown() >> 20} MiB more are held`);
  }
  if (!(await settled(() => poolThreads() === 0))) world.fault(`${poolThreads()} threads are left`);
  if (!(await settled(() => openDescriptors() <= before))) {
    world.fault(`${openDescriptors() - before} descriptors are left open`);
  }
  rmSync(folder, { recursive: true, force: true });
  report(world, (performance.now() - startMs) / 1000);
}

const actors = Array.from(
  { length: Number(values.actors) },
  (_, i) => new Actor(world, loop, i, Number(values.seed) * 1000 + i),
);
const all = Promise.all(actors.map((actor) => actor.run())).catch((error) =>
  world.fault(`an actor ended with ${error.stack}`),
);
let told = 0;
const watchdog = loop.setInterval(() => {
  const sum = world.counts.done + world.counts.aborted + world.counts.refused;
  if (sum === told) {
    console.log(`stuck: ${JSON.stringify(pool.stats().lanes)}`);
    process.exit(1);
  }
  told = sum;
}, STUCK_MS);
const stop = all.then(() => loop.clearInterval(watchdog));
if (values.mode === 'guest') {
  const look = () => (loop.alive ? setImmediate(look) : stop.then(finish));
  look();
} else {
  setImmediate(() => {
    loop.run();
    stop.then(finish);
  });
}
