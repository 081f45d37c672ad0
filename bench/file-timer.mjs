// How late a timer of 1 ms comes while files are read that the kernel has in memory: 10,000 of
// 4 KiB, one behind the other and 64 in flight, and one of 64 MiB; in both modes of the loop, and
// by the callback form of node:fs. Between two answers there is nothing but promises, so that only
// what the loop allows itself a turn keeps the timer's time.
//
//   node bench/file-timer.mjs
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aligned } from './table.mjs';

const FILES = 10_000;
const MODES = ['owned', 'guest', 'node'];

/** In a process of its own: prints a row for each work. */
async function measure(mode) {
  const { EventLoop } = createRequire(import.meta.url)('../dist/index.cjs');
  const loop = mode === 'node' ? undefined : new EventLoop();
  if (mode === 'guest') loop.attach();
  const folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-bench-'));
  const [small, large] = [join(folder, 'small'), join(folder, 'large')];
  nodeFs.writeFileSync(small, Buffer.alloc(4096, 'x'));
  nodeFs.writeFileSync(large, Buffer.alloc(2 ** 26, 'x'));

  const read = (path) =>
    loop?.fs.readFile(path) ??
    new Promise((resolve, reject) =>
      nodeFs.readFile(path, (error, bytes) => (error ? reject(error) : resolve(bytes))),
    );
  const chains = (count) => async () => {
    const chain = async () => {
      for (let i = 0; i < FILES / count; i++) await read(small);
    };
    await Promise.all(Array.from({ length: count }, chain));
  };
  const works = { one: chains(1), many: chains(64), large: () => read(large) };
  const [start, clear] = loop
    ? [(callback) => loop.setInterval(callback, 1), (timer) => timer.close()]
    : [(callback) => setInterval(callback, 1), clearInterval];

  async function row(work) {
    const gaps = [];
    let lastMs = performance.now();
    const timer = start(() => {
      const nowMs = performance.now();
      gaps.push(nowMs - lastMs);
      lastMs = nowMs;
    });
    const beginMs = lastMs;
    await works[work]();
    const tookMs = performance.now() - beginMs;
    gaps.push(performance.now() - lastMs);
    clear(timer);
    gaps.sort((one, other) => one - other);
    const late = (gap) => Math.max(0, gap - 1).toFixed(2);
    return [work, mode, tookMs.toFixed(0), late(gaps[gaps.length >> 1]), late(gaps.at(-1))];
  }

  const all = (async () => {
    await row('one');
    const rows = [];
    for (const work of Object.keys(works)) rows.push(await row(work));
    return rows;
  })();
  all.then((rows) => console.log(JSON.stringify(rows)));
  all.finally(() => {
    nodeFs.rmSync(folder, { recursive: true });
    if (mode === 'guest') loop.close();
  });
  if (mode === 'owned') setImmediate(() => loop.run());
}

const [mode] = process.argv.slice(2);
if (mode !== undefined) await measure(mode);
else {
  const rows = MODES.flatMap((each) => {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), each]);
    return JSON.parse(String(stdout));
  });
  rows.sort(([one], [other]) => one.localeCompare(other));
  const head = ['', '', 'took ms', 'late ms: median', 'most'];
  console.log(aligned([head, ...rows]).join('\n'));
}
