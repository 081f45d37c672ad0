// A recording as text: what stands in which column, and what becomes of a recording that is
// empty, long, or of several loops.
// Tried without its guard: with no cell for a request's middle a short one is not seen; with
// `<= to` for `< to` what ends where a column begins is seen in that one too; without the limit
// of rows a recording of 100 requests has as many; without the slack one thread has two rows.
import { describe, expect, it } from 'vitest';
import type { FlightRecord } from '../../lib/inspect/index.js';
import { FlightRecorder, toText } from '../../lib/inspect/index.js';
import { newLoop } from '../loop/support.js';
import { DRIVE_MODES, drive } from '../support/drive.js';
import { recorded } from './support.js';

const worked = (beginMs: number, endMs: number): FlightRecord => ({
  kind: 'iteration',
  iteration: 1,
  beginMs,
  endMs,
});

/** From `beginMs` on it waits, runs and waits for the loop. */
const request = (
  lane: string,
  beginMs: number,
  queuedMs: number,
  runMs: number,
  doneMs = 0,
): FlightRecord => ({
  kind: 'request',
  iteration: 1,
  name: 'job',
  lane,
  inline: false,
  beginMs,
  queuedMs,
  runMs,
  endMs: beginMs + queuedMs + runMs + doneMs,
});

const columns = 10;
const requests = { columns, rows: 'requests' } as const;

describe('a recording as text', () => {
  it('has a row for the loop: the share of each column that it worked', () => {
    const picture = toText(
      [worked(100, 110), worked(115, 120), worked(150, 150.1), worked(199, 200)],
      {
        columns,
      },
    );
    expect(picture.split('\n')).toEqual(['      0   100 ms', 'loop │█▄   ▁   ▁│']);
  });

  it('has what was answered at once as a row of its own, and on no thread', () => {
    const records = [{ ...request('fs', 0, 0, 30), inline: true }, request('fs', 30, 0, 70)];
    const rows = (picture: string) => picture.split('\n').slice(1);
    expect(rows(toText(records, requests))).toEqual(['job 1 │▓▓▓       │', 'job 2 │   ███████│']);
    expect(rows(toText(records, { columns }))).toEqual(['fs │   ███████│']);
  });

  it('has a row for each request: its wait, its run, and its wait for the loop', () => {
    const picture = toText(
      [request('a', 0, 0, 50), request('a', 0, 50, 30, 20), request('b', 70, 0, 0.1)],
      requests,
    );
    expect(picture.split('\n')).toEqual([
      '       0   100 ms',
      'job 1 │█████     │',
      'job 2 │░░░░░███▒▒│',
      'job 3 │       █  │',
    ]);
  });

  it('has as many rows of a lane as had work at once', () => {
    const picture = toText(
      [
        request('x 10', 0, 0, 50),
        request('x 10', 0, 10, 50),
        request('x 10', 0, 50, 50),
        request('x 9', 0, 90, 5),
      ],
      { columns },
    );
    expect(picture.split('\n')).toEqual([
      '        0   100 ms',
      'x 9    │         ▄│',
      'x 10 1 │██████████│',
      'x 10 2 │ █████    │',
    ]);
  });

  it('has one row for what follows one another, also where the times are not exact', () => {
    const originMs = 1.8e12;
    const follows = [
      request('a', originMs + 0.1, 0, 50.1),
      request('a', originMs + 0.1, 50.0999, 49.8),
    ];
    expect(toText(follows, { columns }).split('\n')).toEqual(['   0  99.9 ms', 'a │██████████│']);
    const short = [0, 0.3, 99.9].map((ms) => request('a', ms, 0, 0.1));
    expect(toText(short, { columns }).split('\n')).toHaveLength(2);
    const beside = [0, 0.04, 99.9].map((ms) => request('a', ms, 0, 0.1));
    expect(toText(beside, { columns }).split('\n')).toHaveLength(3);
  });

  it('is nothing where nothing was recorded, and a moment where that took no time', () => {
    expect(toText([])).toBe('');
    expect(toText(new FlightRecorder(newLoop()))).toBe('');
    expect(toText([worked(5, 5)], { columns })).toBe('      0 0.001 ms\nloop │▁         │');
  });

  it('has 64 rows of requests at most', () => {
    const many = Array.from({ length: 100 }, (_, i) => request('a', i, 0, 200));
    expect(toText(many, requests).split('\n')).toHaveLength(65);
    expect(toText(many).split('\n')).toHaveLength(65);
  });

  it.each(DRIVE_MODES)('shows a loop and its threads as they were (%s)', async (mode) => {
    const loop = newLoop({ poolSize: 2 });
    const recorder = new FlightRecorder(loop).start();
    for (let i = 0; i < 3; i++) void loop.crypto.pbkdf2('a', 'b', 2000, 8, 'sha256');
    await drive(loop, mode);
    const labels = (text: string) => text.split('\n').map((line) => line.split('│')[0]?.trim());
    expect(labels(toText(recorder))[1]).toBe('loop');
    expect(labels(toText(recorder))[2]).toMatch(/^crypto/);
    expect(labels(toText(recorder, requests)).slice(1)).toEqual([
      'loop',
      ...[1, 2, 3].map((number) => `crypto.pbkdf2 ${number}`),
    ]);
  });

  it('refuses what is no recording, and what is no option', async () => {
    const recorder = await recorded(() => {});
    for (const wrong of [undefined, null, {}, 'x', 1]) {
      expect(() => toText(wrong as never)).toThrow(expect.objectContaining({ name: 'TypeError' }));
    }
    for (const wrong of [9, 1001, Number.NaN, 10.5]) {
      expect(() => toText(recorder, { columns: wrong })).toThrow(RangeError);
    }
    expect(() => toText(recorder, { rows: 'lanes' as never })).toThrow(TypeError);
  });
});
