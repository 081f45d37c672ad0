// The core of the pool by a program of its own, without Node and its headers, under
// sanitizers: lanes, limits, results, ends. RAWLOOP_POOL_ROUNDS sets how often,
// RAWLOOP_POOL_SANITIZERS under which: `npm run ok` takes the one that `npm test` does not.
//
// Without the look at a lane's limit `blocked` and `limits` fail; when a lane that got a
// thread stays first in line, `order` does; without Close() waiting for who rings,
// ThreadSanitizer tells of it in `ring`; a woken thread that wakes no other leaves `churn`
// waiting; without the look at the processor, or without the rest after a vain look, `spin`
// fails. Where `waking_` is reset by a thread alone that was woken in time `late` is not woken.
// Where an end waits for all threads `left` and `left by one` hang; for none, `finished` fails.
// Without the pool keeping itself AddressSanitizer tells of `left`, or it hangs.
// Without the look at what may wait `full` does, with a turn of one job whatever the
// priority `priority`; without the half of the threads `raised` waits for ever.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../package/support.js';

const ROUNDS = Number(process.env['RAWLOOP_POOL_ROUNDS'] ?? 200);
const BUILD_LIMIT_MS = 300_000;
const LIMIT_MS = 300_000;
const SOURCES = [
  ...['completions', 'crew', 'ending', 'lanes', 'thread_pool', 'wakeup_eventfd'].map(
    (name) => `pool/${name}`,
  ),
  ...[
    'current_cpu_linux',
    'identity_linux',
    'opening_flags',
    'processors_linux',
    'stay_loaded',
    'thread_name_linux',
  ].map((name) => `os/${name}`),
];

const folder = mkdtempSync(join(tmpdir(), 'rawloop-pool-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sanitizers = process.env['RAWLOOP_POOL_SANITIZERS'] ?? 'thread';

describe.runIf(process.platform === 'linux')(`the core of the pool, under ${sanitizers}`, () => {
  const program = join(folder, sanitizers.replace(',', '-'));

  beforeAll(() => {
    const native = join(root, 'native');
    const flags = ['-std=c++17', `-I${native}`, '-O1', '-g', '-Wall', '-Wextra', '-Werror'];
    const checks = [`-fsanitize=${sanitizers}`, '-fno-sanitize-recover=all'];
    const sources = SOURCES.map((name) => join(native, `${name}.cc`));
    const harness = join(import.meta.dirname, 'core/main.cc');
    const command = [...flags, ...checks, harness, ...sources, '-lpthread', '-o', program];
    execFileSync('c++', command, { stdio: 'pipe' });
  }, BUILD_LIMIT_MS);

  it.each([
    ['order', 'a lane is served in order, and lanes with work take turns'],
    ['priority', 'a lane has as many jobs of a turn as its priority says, and none is passed over'],
    ['blocked', 'a lane that blocks in the kernel holds its threads only, others go on'],
    ['limits', 'no lane has more threads at once than its limit'],
    ['raised', 'slow work has at most half of the threads, and more of them as there are more'],
    ['results', 'results of any size come whole, a batch for one wake-up'],
    ['churn', 'each job comes back once or was cancelled, through changes of size'],
    ['idling', 'threads that end when they are idle leave no job behind'],
    ['shared', 'loops of several threads share a pool, and come and go with work under way'],
    ['given back', 'a pool that ends gives back what did not run, to whom it belongs'],
    ['full', 'a full queue takes no job, and who waits is rung when half is gone'],
    ['spin', 'a thread without work looks for some, not beside the loop, and less if in vain'],
    ['late', 'a thread that was woken too late does not keep others from being woken'],
    ['ring', 'an end waits for who is just writing to the wake-up'],
    ['stop', 'an end with work under way leaves no job and touches no descriptor'],
    ['left', 'an end leaves a thread behind that stands in a call, which frees all when it comes'],
    ['left by one', 'a loop that ends leaves a thread behind, and others go on with the pool'],
    ['finished', 'an end waits for what must not be cut short, not for ever'],
  ])('%s: %s', (scenario) => {
    const options = { encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' } as const;
    const result = spawnSync(program, [scenario, String(ROUNDS)], options);
    expect(result.stdout + result.stderr).toBe(`${scenario}: ${ROUNDS} rounds, 0 wrong\n`);
    expect(result.status).toBe(0);
  });
});
