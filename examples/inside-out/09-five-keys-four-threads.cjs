// pbkdf2 has a thread to itself until the key is there. Of five on four threads four begin at
// once, and the fifth when a thread is free again. More threads let more begin; how soon they
// end is a matter of the processors, on which the threads take turns.
const { readFileSync } = require('node:fs');
const { parseArgs } = require('node:util');
const { EventLoop, ThreadPool } = require('rawloop');
const { FlightRecorder, toText } = require('rawloop/inspect');

const KEYS = 5;
const { values } = parseArgs({ options: { iterations: { type: 'string', default: '500000' } } });
const iterations = Number(values.iterations);

/** The numbers of those that this process may run on, as in "Cpus_allowed_list: 0-3,8". */
function processorsHere() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** As it is printed: what is said below is said of the figures that are seen. */
const tenths = (ms) => Number(ms.toFixed(1));

/** Five keys at once: when each began and ended, and the recorder's picture. */
async function fiveKeys(threads, processors) {
  const pool = new ThreadPool({ size: threads, processors });
  const loop = new EventLoop({ pool }).attach();
  await loop.crypto.randomBytes(1); // There are threads now.
  const recorder = new FlightRecorder(loop).start();
  const startMs = performance.now();
  const key = (_, i) => loop.crypto.pbkdf2('secret', `salt ${i}`, iterations, 64, 'sha512');
  await Promise.all(Array.from({ length: KEYS }, key));
  const requests = recorder.records().filter(({ kind }) => kind === 'request');
  const runs = requests.map(({ beginMs, queuedMs, runMs }) => {
    const beganMs = beginMs + queuedMs - startMs;
    return { began: tenths(beganMs), ended: tenths(beganMs + runMs) };
  });
  loop.close();
  pool.close();
  runs.sort((a, b) => a.began - b.began);
  return { threads, runs, picture: toText(recorder, { rows: 'requests' }) };
}

function print({ threads, runs }, processors) {
  const column = (name) => runs.map((run) => ` ${run[name].toFixed(1).padStart(6)}`).join('');
  const on = `${threads} threads, ${processors.length} processor${processors.length > 1 ? 's' : ''}`;
  console.log(`${on.padEnd(24)} began ${column('began')} ms`);
  console.log(`${''.padEnd(24)} ended ${column('ended')} ms`);
}

const firstOf = (runs) => Math.min(...runs.map(({ ended }) => ended));
const lastOf = (runs) => Math.max(...runs.map(({ ended }) => ended));
/** Those that waited for no other: they began before any had ended. */
const atOnce = (runs) => runs.filter(({ began }) => began < firstOf(runs));

async function main() {
  const processors = processorsHere().slice(0, 2);
  const cases = [];
  for (const threads of [4, 2, 5]) cases.push(await fiveKeys(threads, processors));
  const alone = await fiveKeys(4, processors.slice(0, 1));
  for (const each of cases) print(each, processors);
  print(alone, processors.slice(0, 1));

  const [{ runs, picture }] = cases;
  console.log(`\n${picture}\n`);
  const [four, two, five] = cases.map((each) => atOnce(each.runs).length);
  const spread = tenths(lastOf(atOnce(runs)) - firstOf(runs));
  const later = tenths(lastOf(runs) - lastOf(atOnce(runs)));
  const times = (lastOf(alone.runs) / lastOf(runs)).toFixed(2);
  // Where there is one alone, the last run had no less than the first.
  const again = processors.length > 1 ? 'on one processor it' : 'once more on this processor it';
  console.log(
    `So of ${KEYS} keys 4 threads had ${four} begin at once, 2 had ${two}, and 5 had ${five}: the ${four} ended within\n` +
      `${spread} ms, all ${KEYS} were done ${later} ms later, and ${again} took ${times} times as long.`,
  );
}

main();
