// Requests on files that are answered at once, on the loop's thread: each leaves a record that says
// so, whatever way it went, and none where nobody records.
//
// Tried without their guards: without `answered` in LoopPool.countInline no record comes; with the
// time of `beginInline` left 0, or `now` not asking for it, records begin before the recording;
// without the mark in `inlineRequest` they are taken for those of a thread; without the `finally` in
// FileWork, or `did` where a stat failed, what is not there is not counted.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { FlightRecorder, toText, toTrace } from '../../lib/inspect/index.js';
import { newLoop } from '../loop/support.js';
import { DRIVE_MODES, type DriveMode, drive } from '../support/drive.js';
import { problemsOf } from './trace-format.js';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rawloop-inspect-'));
  path = join(folder, 'file');
  writeFileSync(path, 'content');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function outcome<T>(loop: EventLoop, mode: DriveMode, work: Promise<T>): Promise<T> {
  work.catch(() => {});
  await drive(loop, mode);
  return work;
}

/** One of each way that there is: with and without a signal, by the common way and by others. */
async function ask(loop: EventLoop, signal?: AbortSignal): Promise<void> {
  await loop.fs.stat(path);
  await loop.fs.stat(path, { signal });
  await loop.fs.readFile(path);
  // What is not there is answered at once as well.
  for (const options of [{}, { signal }]) await loop.fs.stat(`${path}-`, options).catch(() => {});
  await loop.fs.readFile(`${path}-`).catch(() => {});
  const file = await loop.fs.open(path);
  await file.read(new Uint8Array(4), { position: 0 });
  await file.close();
}

const requestsOf = (recorder: FlightRecorder) =>
  recorder.records().filter((record) => record.kind === 'request');

describe.runIf(process.platform === 'linux').each(DRIVE_MODES)('a request, %s', (mode) => {
  it('that is answered at once is recorded, as one of no thread', async () => {
    const loop = newLoop();
    // What its file system is becomes known.
    await outcome(loop, mode, ask(loop));
    const before = loop.pool.stats().lanes.fs.inline;
    const recorder = new FlightRecorder(loop);
    const fromMs = performance.now();
    recorder.start();
    await outcome(loop, mode, ask(loop, new AbortController().signal));
    recorder.stop();
    const toMs = performance.now();
    const counted = loop.pool.stats().lanes.fs.inline - before;
    await outcome(loop, mode, ask(loop));

    const all = requestsOf(recorder);
    const inline = all.filter((record) => record.inline);
    expect(inline).toHaveLength(counted);
    // Its file system may refuse to be read so; what it knows of files it tells.
    expect(inline.map(({ name }) => name)).toEqual(expect.arrayContaining(['fs.stat', 'fs.stat']));
    expect(inline.filter(({ name }) => name === 'fs.stat')).toHaveLength(4);
    expect(inline.filter(({ name }) => name === 'fs.readFile').length).toBeGreaterThan(0);
    for (const { beginMs, endMs, queuedMs, runMs, lane } of inline) {
      expect(beginMs).toBeGreaterThanOrEqual(fromMs);
      expect(endMs).toBeLessThanOrEqual(toMs);
      expect({ queuedMs, lane }).toEqual({ queuedMs: 0, lane: 'fs' });
      expect(runMs).toBe(endMs - beginMs);
    }
    expect(all.filter((record) => !record.inline).map(({ name }) => name)).toContain('fs.close');

    const { traceEvents } = toTrace(recorder);
    expect(problemsOf(JSON.stringify(toTrace(recorder)))).toEqual([]);
    const spans = traceEvents.filter(({ cat }) => cat === 'inline');
    expect(spans.map(({ name }) => name)).toEqual(inline.map(({ name }) => name));
    expect(toText(inline, { rows: 'requests' })).toContain('▓');
    expect(toText(inline).split('\n')).toHaveLength(1);
  });
});
