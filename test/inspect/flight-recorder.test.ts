// The flight recorder and its trace, on loops that really ran.
import { describe, expect, it } from 'vitest';
import { FlightRecorder, type TraceEvent, toTrace } from '../../lib/inspect/index.js';
import { newLoop, outside } from '../loop/support.js';

/** What the trace-event format asks of an event, as Perfetto reads it. */
function expectSound(event: TraceEvent): void {
  expect(event.name).not.toBe('');
  expect(typeof event.cat).toBe('string');
  expect(['X', 'M']).toContain(event.ph);
  expect(Number.isFinite(event.ts) && event.ts >= 0).toBe(true);
  if (event.ph === 'X') expect(Number.isFinite(event.dur) && (event.dur ?? -1) >= 0).toBe(true);
  expect(Number.isInteger(event.pid) && Number.isInteger(event.tid)).toBe(true);
  expect(typeof event.args).toBe('object');
}

async function echoOnce(recorder: (loop: ReturnType<typeof newLoop>) => FlightRecorder) {
  const loop = newLoop();
  const recording = recorder(loop);
  const server = loop.listen(
    { port: 0, host: '127.0.0.1' },
    { data: (socket, chunk) => void socket.write(chunk) },
  );
  const { port } = server.address as { port: number };
  loop.connect(
    { port },
    {
      open: (socket) => void socket.write('ping'),
      data: (socket) => socket.end(),
      close: () => server.close(),
    },
  );
  loop.setTimeout(function later() {}, 1);
  loop.setImmediate(function soon() {});
  await outside(() => loop.run());
  return recording;
}

describe('the flight recorder', () => {
  it('records waits, iterations and each callback by name', async () => {
    const recorder = await echoOnce((loop) => new FlightRecorder(loop).start());
    const callbacks = recorder.records().filter((record) => record.kind === 'callback');
    const names = callbacks.map(({ name }) => name);
    for (const name of ['Timer later', 'Immediate soon', 'Server open', 'Socket data']) {
      expect(names).toContain(name);
    }
    expect(names.every((name) => name !== '')).toBe(true);
    const data = callbacks.find(({ name }) => name === 'Socket data');
    expect(data?.fd).toBeGreaterThan(2);
    expect(data?.phase).toBe('poll');
    const timer = callbacks.find(({ name }) => name === 'Timer later');
    expect(timer?.lateMs).toBeGreaterThanOrEqual(0);
    const reasons = recorder.records().flatMap((one) => (one.kind === 'wait' ? [one.reason] : []));
    expect(reasons).toContain('events');
  });

  it('is off until it is started and stops when told', async () => {
    const idle = await echoOnce((loop) => new FlightRecorder(loop));
    expect(idle.records()).toEqual([]);
    const stopped = await echoOnce((loop) => new FlightRecorder(loop).start().stop());
    expect(stopped.records()).toEqual([]);
    expect(stopped.recording).toBe(false);
  });

  it('keeps the newest records when the ring is full', async () => {
    const recorder = await echoOnce((loop) => new FlightRecorder(loop, { capacity: 3 }).start());
    const records = recorder.records();
    expect(records).toHaveLength(3);
    expect(recorder.dropped).toBeGreaterThan(0);
    const ends = records.map(({ endMs }) => endMs);
    expect(ends).toEqual([...ends].sort((a, b) => a - b));
  });

  it('exports trace events in which every span is sound', async () => {
    const recorder = await echoOnce((loop) => new FlightRecorder(loop).start());
    const trace = JSON.parse(JSON.stringify(toTrace(recorder))) as ReturnType<typeof toTrace>;
    expect(trace.traceEvents.length).toBeGreaterThan(recorder.records().length);
    for (const event of trace.traceEvents) expectSound(event);
    expect(
      trace.traceEvents.some(({ cat, name }) => cat === 'poll' && name === 'Socket data'),
    ).toBe(true);
  });

  it('refuses what is no loop and a capacity that is none', () => {
    const loop = newLoop();
    expect(() => new FlightRecorder({} as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    for (const capacity of [0, -1, 1.5, Number.NaN, 2 ** 25]) {
      expect(() => new FlightRecorder(loop, { capacity })).toThrow(
        expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
      );
    }
  });
});
