// A recording as a trace: valid by the format's own rules, with every callback named.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FlightRecorder, toTrace, writeTrace } from '../../lib/inspect/index.js';
import { newLoop, outside, readableFd } from '../loop/support.js';
import { drive } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { callbacksOf, echo, recorded } from './support.js';
import { problemsOf } from './trace-format.js';

/** Everything that a record can tell of. */
const everything = () =>
  recorded((loop) => {
    echo(loop);
    loop.setTimeout(() => {}, 2);
    loop.setImmediate(() => loop.setImmediate(() => {}));
    loop.prepare((hook) => hook.close());
    loop.wake();
    // On threads, however much is known in memory.
    for (let i = 0; i < 20; i++) void loop.fs.stat('/', { inline: false });
  });

it('is a sound trace', async () => {
  const recorder = await everything();
  const trace = toTrace(recorder);
  expect(problemsOf(JSON.stringify(trace))).toEqual([]);
  const types = new Set(trace.traceEvents.map(({ ph }) => ph));
  expect(types).toEqual(new Set(['M', 'X', 'b', 'e']));
});

it('has each callback once, with its name, phase, handle and descriptor', async () => {
  const recorder = await everything();
  const { traceEvents } = toTrace(recorder);
  const row = traceEvents.find(({ args }) => args['name'] === 'callbacks')?.tid;
  const spans = traceEvents.filter(({ ph, tid }) => ph === 'X' && tid === row);
  expect(spans.map(({ name }) => name)).toEqual(callbacksOf(recorder).map(({ name }) => name));
  const data = spans.find(({ name }) => name === 'Socket data');
  expect(data).toMatchObject({ cat: 'poll', args: { phase: 'poll', fd: expect.any(Number) } });
  expect(data?.args['handle']).toMatch(/^Socket (of Server|to) 127\.0\.0\.1:\d+$/);
});

it('shows of a request how long it was queued and how long it ran', async () => {
  const { traceEvents } = toTrace(await everything());
  const requests = traceEvents.filter(({ ph, name }) => ph === 'b' && name === 'fs.stat');
  expect(requests).toHaveLength(20);
  for (const { id, args } of requests) {
    expect(args['lane']).toBe('fs');
    const part = (name: string, ph: string) =>
      traceEvents.find((one) => one.id === id && one.name === name && one.ph === ph)?.ts ?? NaN;
    const queuedMs = (part('queued', 'e') - part('queued', 'b')) / 1000;
    expect(queuedMs).toBeCloseTo(args['queuedMs'] as number, 5);
  }
});

it('is sound for a guest loop, a full ring and callbacks that throw', async () => {
  const guest = newLoop();
  const guestRecorder = new FlightRecorder(guest).start();
  echo(guest);
  await drive(guest, 'guest');
  const full = await recorded(echo, { capacity: 5 });
  const throwing = newLoop();
  const throwingRecorder = new FlightRecorder(throwing).start();
  for (let i = 0; i < 5; i++) {
    throwing.watch(readableFd(), { read: true }, (_ready, watcher) => {
      watcher.close();
      if (i % 2 === 0) throw new Error('on purpose');
    });
  }
  for (let i = 0; i < 3; i++) {
    await expect(outside(() => throwing.run())).rejects.toThrow('on purpose');
  }
  for (const recorder of [guestRecorder, full, throwingRecorder]) {
    expect(problemsOf(JSON.stringify(toTrace(recorder)))).toEqual([]);
    expect(callbacksOf(recorder).length).toBeGreaterThan(0);
  }
});

it('is written to a file', async () => {
  const file = join(temporaryFolder(), 'loop.json');
  const recorder = await everything();
  writeTrace(recorder, file);
  const text = readFileSync(file, 'utf8');
  expect(problemsOf(text)).toEqual([]);
  expect(JSON.parse(text)).toEqual(toTrace(recorder));
});
