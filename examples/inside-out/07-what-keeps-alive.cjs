// Nobody ends a process that has an event loop: it ends when nothing is left to wait for.
// ref and unref say whether a thing counts. This script starts itself once for each case
// below and looks when that process ends, and whether by itself.
const { spawnSync } = require('node:child_process');
const { defaultLoop } = require('rawloop');

const PATIENCE_MS = 2000;

const CASES = {
  'nothing at all': () => {},
  'a timer of 500 ms': (loop) => loop.setTimeout(() => console.log('fired'), 500),
  'that timer, unref': (loop) => loop.setTimeout(() => console.log('fired'), 500).unref(),
  'unref, beside a timer of 700 ms': (loop) => {
    loop.setTimeout(() => console.log('fired'), 500).unref();
    loop.setTimeout(() => {}, 700);
  },
  'a server that listens': (loop) => loop.listen({ host: '127.0.0.1', port: 0 }, {}),
  'that server, unref': (loop) => loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref(),
};

/** In the child: inside Node's loop the same rules hold, and what Node waits for counts too. */
function runOne(name) {
  const startMs = performance.now();
  process.once('exit', () => {
    console.log(`ended by itself after ${Math.round(performance.now() - startMs)} ms`);
  });
  CASES[name](defaultLoop());
}

function runAll() {
  for (const name of Object.keys(CASES)) {
    const { signal, stdout } = spawnSync(process.execPath, [__filename, name], {
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    });
    const lines = stdout.trim().split('\n').filter(Boolean);
    if (signal !== null) lines.push(`still there after ${PATIENCE_MS} ms, so we ended it`);
    console.log(`${name.padEnd(32)} ${lines.join(', ')}`);
  }
  console.log('unref stops nothing: what is ready is served while something else keeps alive.');
}

const name = process.argv[2];
if (name === undefined) runAll();
else runOne(name);
