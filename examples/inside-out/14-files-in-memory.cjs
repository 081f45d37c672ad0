// Most files that are read are in memory already: the kernel keeps what was read before. Then no
// thread has to wait for a device, and to wake one costs more than the read. So rawloop asks for
// what is in memory at once, on the loop's thread, and a thread only for the rest; Node asks a
// thread always. (On tmpfs, which refuses such reads, all go to threads: --file says which file.)
const fs = require('node:fs');
const { parseArgs, promisify } = require('node:util');
const { EventLoop } = require('rawloop');
const { FlightRecorder, toText } = require('rawloop/inspect');

const options = {
  reads: { type: 'string', default: '4000' },
  file: { type: 'string', default: __filename },
};
const { values } = parseArgs({ options });
const reads = Number(values.reads);
const AT_ONCE = 50;

const loop = new EventLoop().attach();
const WAYS = {
  'memory first': () => loop.fs.readFile(values.file),
  'our threads': () => loop.fs.readFile(values.file, { inline: false }),
  "Node's fs": () => promisify(fs.readFile)(values.file),
};

/** Reads again and again, some at a time: µs for each, as printed. */
async function measure(read, atOnce) {
  const startMs = performance.now();
  const one = async () => {
    for (let i = 0; i < reads / atOnce; i++) await read();
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return (((performance.now() - startMs) * 1000) / reads).toFixed(1);
}

async function row(way) {
  const read = WAYS[way];
  for (let i = 0; i < 100; i++) await read(); // It is in memory then, and compiled.
  const pooled = () => loop.pool.stats().kinds.readFile?.pooled ?? 0;
  const before = pooled();
  const [alone, many] = [await measure(read, 1), await measure(read, AT_ONCE)];
  const threaded = way === "Node's fs" ? 'all' : pooled() - before;
  const figures = `${alone.padStart(8)} µs one at a time, ${many.padStart(7)} µs of ${AT_ONCE} at once`;
  console.log(`${way.padEnd(13)}${figures}; ${threaded} of ${2 * reads} by threads`);
  return { alone, threaded };
}

async function picture() {
  const recorder = new FlightRecorder(loop).start();
  for (const way of ['memory first', 'our threads']) await measure(WAYS[way], 1);
  return toText(recorder);
}

async function main() {
  const [memory, ours, nodes] = [
    await row('memory first'),
    await row('our threads'),
    await row("Node's fs"),
  ];
  console.log(
    `\n${reads} reads, memory first, and then ${reads} on our threads:\n${await picture()}\n`,
  );
  loop.close();
  const share = ({ alone }) => `${Math.round((100 * memory.alone) / alone)} %`;
  console.log(
    `So with memory first ${memory.threaded} of ${2 * reads} reads met a thread, and one at a time they took\n` +
      `${share(ours)} of the time of our threads and ${share(nodes)} of that of Node's fs.`,
  );
}

main();
