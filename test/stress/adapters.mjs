// What stands between our streams and node:stream's, under load: `npm run test:adapters`. Bytes go
// both ways at once in random sizes with random pauses; connections are destroyed at random points;
// requests by TLS are aborted at random points. Every byte must come, every end must be told that
// it has closed, what waits must stay bounded, and nothing may be left.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { kinds } from './adapter-ends.mjs';
import { abortRequests } from './adapter-requests.mjs';

const require = createRequire(import.meta.url);
const { EventLoop } = require('../../dist/index.cjs');

const HELP = `Usage: npm run test:adapters [-- options]

  --bytes N        each way, through each kind          (default ${2 ** 30})
  --connections N  of all kinds, destroyed at random    (default 20000)
  --requests N     by https, most of them aborted       (default 100000)
  --kinds X,…      ${Object.keys(kinds).join(', ')}; default: all
  --seed N         another course of events             (default 1)
  --json           counts and faults on one line

Exit code: 0 all is as it should be; 1 it is not; 2 bad arguments.
`;

function fail(message) {
  console.error(`test:adapters: ${message} (--help shows what is possible)`);
  process.exit(2);
}

function readOptions() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const options = {
    bytes: { ...text, default: String(2 ** 30) },
    connections: { ...text, default: '20000' },
    requests: { ...text, default: '100000' },
    seed: { ...text, default: '1' },
    kinds: { ...text, default: Object.keys(kinds).join() },
    json: flag,
    help: { ...flag, short: 'h' },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(error.message);
  }
}

const values = readOptions();
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
for (const name of ['bytes', 'connections', 'requests', 'seed']) {
  if (!/^\d+$/.test(values[name])) fail(`--${name} must be a whole number, not '${values[name]}'`);
}
const chosen = values.kinds.split(',');
const unknown = chosen.find((kind) => !Object.hasOwn(kinds, kind));
if (unknown !== undefined) fail(`--kinds has no '${unknown}'`);

/** What may wait at one end: the marks of both layers, and a chunk. */
const MAX_BUFFERED = 2 ** 20;
const MAX_CHUNK = 65536;
const AT_ONCE = 50;
/** Without anything for so long, it hangs. */
const STUCK_MS = 60_000;

const loop = new EventLoop().attach();
const faults = [];
const counts = {};
const openDescriptors = () => readdirSync('/proc/self/fd').length;

/** Marsaglia's xorshift: the same seed, the same run. */
let state = Number(values.seed) | 1;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

// A period that is no power of two, so that a shift or a swap shows.
const PERIOD = 65521;
const pattern = Buffer.alloc(PERIOD + MAX_CHUNK);
for (let i = 0; i < pattern.length; i++)
  pattern[i] = ((i % PERIOD) * 31 + ((i % PERIOD) >> 8)) % 251;

/** One direction: what is sent by one end and has to come at the other. */
class Way {
  sent = 0;
  got = 0;

  constructor(total) {
    this.total = total;
  }

  get isSent() {
    return this.sent === this.total;
  }

  get isWhole() {
    return this.got === this.total;
  }

  next() {
    const length = Math.min(1 + below(MAX_CHUNK), this.total - this.sent);
    const from = this.sent % PERIOD;
    this.sent += length;
    return pattern.subarray(from, from + length);
  }

  take(chunk) {
    for (let at = 0; at < chunk.length; ) {
      const from = this.got % PERIOD;
      const part = chunk.subarray(at, at + MAX_CHUNK);
      if (pattern.compare(part, 0, part.length, from, from + part.length) !== 0) {
        faults.push(`wrong bytes from ${this.got} on`);
      }
      at += part.length;
      this.got += part.length;
    }
  }
}

/** One end: writes its way, reads the other, with pauses of either. */
class End {
  told = {
    data: (chunk) => {
      this.reads.take(chunk);
      if (this.readsFirst && this.reads.isWhole && this.writes.isSent) this.io.end();
      if (below(32) === 0) this.#pause();
    },
    drained: () => this.write(),
    closed: (error) => this.closed(error),
  };

  /** @param readsFirst it ends when it has read all: see `tls` in adapter-ends.mjs */
  constructor(writes, reads, closed, readsFirst) {
    this.readsFirst = readsFirst;
    this.writes = writes;
    this.reads = reads;
    this.closed = closed;
  }

  start(io) {
    this.io = io;
    this.write();
  }

  write() {
    const { writes, io } = this;
    while (!writes.isSent) {
      if (below(64) === 0) return void loop.setTimeout(() => this.write(), below(2));
      const goesOn = io.write(writes.next());
      counts.mostBuffered = Math.max(counts.mostBuffered ?? 0, io.buffered());
      if (!goesOn) return;
    }
    if (!this.readsFirst || this.reads.isWhole) io.end();
  }

  #pause() {
    this.io.pause();
    loop.setTimeout(() => this.io.resume(), below(2));
  }
}

/** Both ends of a connection of `kind`; resolves with the errors that they closed with. */
function connection(kind, total, started = () => {}) {
  const [there, back] = [new Way(total), new Way(total)];
  let ends = [];
  const closings = [0, 1].map(
    (side) =>
      new Promise((resolve, reject) => {
        let times = 0;
        const closed = (error) => {
          if (times++ === 0) resolve(error);
          else faults.push('closed twice');
        };
        const [writes, reads] = side === 0 ? [there, back] : [back, there];
        ends.push(new End(writes, reads, closed, kind === 'tls'));
        const stuck = setInterval(() => {
          const moved = there.got + back.got;
          if (moved === ends[side].moved && times === 0) reject(new Error(`${kind} hangs`));
          ends[side].moved = moved;
          if (times > 0) clearInterval(stuck);
        }, STUCK_MS).unref();
      }),
  );
  const both = kinds[kind](
    loop,
    ends.map(({ told }) => told),
  );
  for (const [side, end] of ends.entries()) end.start(both[side]);
  started(both);
  ends = [...ends];
  return Promise.all(closings).then((errors) => ({ errors, there, back }));
}

async function moveBytes(kind) {
  const total = Number(values.bytes);
  const { errors, there, back } = await connection(kind, total);
  for (const error of errors) if (error !== undefined) faults.push(`${kind}: ${error}`);
  for (const { got } of [there, back])
    if (got !== total) faults.push(`${kind}: ${got} of ${total}`);
  counts[`${kind} bytes`] = there.got + back.got;
}

/** Destroyed by one end or both, with an error or without, before, amid or behind its bytes. */
async function destroyAtRandom(kind) {
  const count = Math.ceil(Number(values.connections) / chosen.length);
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      await connection(kind, below(400_000), (ends) => {
        for (let i = below(3); i >= 0; i--) {
          const error = below(2) === 0 ? new Error('at random') : undefined;
          const destroy = () => ends[below(2)].destroy(error);
          if (below(8) === 0) destroy();
          else if (below(2) === 0) loop.setTimeout(destroy, below(50) / 10);
          else setImmediate(destroy);
        }
      });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  counts[`${kind} destroyed`] = count;
}

/** Runs `work`, and looks at what it leaves behind. */
async function leavesNothing(name, work) {
  const before = openDescriptors();
  await work();
  for (let i = 0; i < 100 && openDescriptors() > before; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const left = openDescriptors() - before;
  if (left > 0) faults.push(`${name}: ${left} descriptors are left`);
  const handles = loop.metrics().handles.length;
  if (handles > 0) faults.push(`${name}: ${handles} handles are left`);
}

// What the host opens once is no leak.
for (const kind of chosen) await connection(kind, 1000);
for (const kind of chosen) {
  await leavesNothing(`bytes of ${kind}`, () => moveBytes(kind));
  await leavesNothing(`${kind} destroyed`, () => destroyAtRandom(kind));
}
if (counts.mostBuffered > MAX_BUFFERED) faults.push(`${counts.mostBuffered} bytes waited`);
if (Number(values.requests) > 0) {
  await leavesNothing('requests', async () => {
    const requests = await abortRequests(loop, Number(values.requests), below);
    Object.assign(counts, requests.counts);
    faults.push(...requests.faults);
  });
}
loop.close();

if (values.json) console.log(JSON.stringify({ ...counts, faults }));
else {
  for (const [what, count] of Object.entries(counts)) console.log(`${what}: ${count}`);
  console.log(faults.length === 0 ? 'as it should be' : faults.slice(0, 20).join('\n'));
}
process.exitCode = faults.length === 0 ? 0 : 1;
