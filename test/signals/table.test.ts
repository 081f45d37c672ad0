// The handler for hosts without libuv, driven from threads by a program of its own under
// sanitizers, and the race of listeners that come and go in two threads. Both say how many
// rounds they take: RAWLOOP_SIGNAL_ROUNDS sets it, say 10000.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../package/support.js';

const ROUNDS = Number(process.env['RAWLOOP_SIGNAL_ROUNDS'] ?? 300);
const BUILD_LIMIT_MS = 120_000;
const LIMIT_MS = 600_000;
const SOURCES = [
  'process/signal_table',
  'process/signal_delivery',
  'process/signal_sharing_elf',
  'process/terminal_guard',
  'os/realtime',
  'os/ending_signals_linux',
  'os/stay_loaded',
];

const folder = mkdtempSync(join(tmpdir(), 'rawloop-signals-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `{ status, said }` */
function run(file: string, ...args: string[]): { status: number | null; said: string } {
  const options = { encoding: 'utf8', timeout: LIMIT_MS, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr } = spawnSync(file, args, options);
  return { status, said: stdout + stderr };
}

describe.runIf(process.platform === 'linux').each([
  ['ThreadSanitizer', 'thread'],
  ['AddressSanitizer and UBSan', 'address,undefined'],
])('the handler of our own, under %s', (_name, sanitizers) => {
  const program = join(folder, sanitizers.replace(',', '-'));

  beforeAll(() => {
    const include = `-I${join(root, 'native')}`;
    const flags = ['-std=c++17', include, '-O1', '-g', '-Wall', '-Wextra', '-Werror'];
    const sources = SOURCES.map((name) => join(root, 'native', `${name}.cc`));
    const harness = join(import.meta.dirname, 'harness.cc');
    const checks = [`-fsanitize=${sanitizers}`, '-fno-sanitize-recover=all'];
    const command = [...flags, ...checks, harness, ...sources];
    execFileSync('c++', [...command, '-ldl', '-lpthread', '-o', program], { stdio: 'pipe' });
  }, BUILD_LIMIT_MS);

  it.each([
    ['threads', 'watches of four threads come and go, and each hears what it sent'],
    ['replaced', 'what the host replaces is put back, and both hear'],
    ['chain', 'who calls on to us and is called on to hears each signal once'],
    ['install', 'the host hears each signal, also while ours takes its place'],
    ['idle', 'who watches hears, although nobody did just now'],
    ['defaults', 'what nobody watches has its former action, also in a child by fork(2)'],
  ])('%s: %s', (scenario) => {
    const { status, said } = run(program, scenario, String(ROUNDS));
    expect(said).toMatch(/^\w+: \d+ rounds, 0 lost, 0 strays, [^\n]*\n$/);
    expect(status).toBe(0);
  });
});

it('no signal is lost while listeners come and go in two threads', () => {
  const race = join(import.meta.dirname, 'race.cjs');
  const { status, said } = run(process.execPath, race, String(ROUNDS));
  expect(said).toBe(`${ROUNDS} rounds in each of two threads: 0 and 0 lost\n`);
  expect(status).toBe(0);
});
