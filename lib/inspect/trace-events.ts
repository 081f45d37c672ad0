// A recording in Chrome's trace-event format, which Perfetto and chrome://tracing
// open: a row for the loop's work and waits, one for its callbacks, and the requests
// on the pool, which overlap, as asynchronous spans; those that were answered at once are in the
// row of callbacks. A thread of `loop.workers` has its row.
import { writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { FlightRecorder } from './flight-recorder.js';
import type { CallbackRecord, FlightRecord, RequestRecord } from './records.js';

/** An event of the trace-event format; times in microseconds. */
export interface TraceEvent {
  /** What is shown of it. */
  name: string;
  /** Its category: the phase, or what it is of. */
  cat: string;
  /** 'X': a span; 'b' and 'e': begin and end of one that may overlap others; 'M': a name. */
  ph: 'X' | 'M' | 'b' | 'e';
  /** When it began. */
  ts: number;
  /** Of 'X'. */
  dur?: number;
  /** Of 'b' and 'e': which belong together. */
  id?: string;
  /** The process. */
  pid: number;
  /** The row: one of the loop, one of its callbacks. */
  tid: number;
  /** What is told of it when it is chosen. */
  args: Record<string, string | number>;
}

/** A trace that Perfetto opens, in the trace-event format. */
export interface Trace {
  /** What a viewer shows times in. */
  displayTimeUnit: 'ms';
  /** The events, in no order. */
  traceEvents: TraceEvent[];
}

interface Rows {
  loop: number;
  callbacks: number;
  /** A row for each thread of `loop.workers`, by its name. */
  workers: Map<string, number>;
}

/** Of the jobs of `loop.workers`; their lane is the thread that did them. */
const WORKER_JOB = 'workers.run';
/** Above the rows of all loops, of which each thread of the process may have two. */
const FIRST_WORKER_ROW = 100_000;

/** Whole nanoseconds: rounded once, so that what begins where another ends does so here. */
function ns(ms: number): number {
  return Math.round(ms * 1e6);
}

const us = (ms: number): number => ns(ms) / 1000;

/**
 * The recording as a trace. See `writeTrace` for a file of it.
 *
 * @example
 * const recorder = new FlightRecorder(loop).start();
 * loop.run();
 * const { traceEvents } = toTrace(recorder);
 */
export function toTrace(recorder: FlightRecorder): Trace {
  // Two rows for each thread's loop.
  const rows: Rows = {
    loop: threadId * 2 + 1,
    callbacks: threadId * 2 + 2,
    workers: new Map(),
  };
  const events = recorder.records().flatMap((record, index) => eventsOf(record, index, rows));
  return {
    displayTimeUnit: 'ms',
    traceEvents: [
      label('process_name', rows.loop, 'rawloop'),
      label('thread_name', rows.loop, 'loop'),
      label('thread_name', rows.callbacks, 'callbacks'),
      ...[...rows.workers].map(([name, row]) => label('thread_name', row, name)),
      ...events,
    ],
  };
}

/**
 * Writes the recording where Perfetto (ui.perfetto.dev) can open it. Blocks.
 *
 * @param file a path, or a descriptor that is open for writing and stays open
 * @throws Error ENOENT, EACCES, ENOSPC and what else open(2) and write(2) say
 * @example
 * const recorder = new FlightRecorder(loop).start();
 * loop.run();
 * writeTrace(recorder, 'loop.json');
 */
export function writeTrace(recorder: FlightRecorder, file: string | URL | number): void {
  writeFileSync(file, `${JSON.stringify(toTrace(recorder))}\n`);
}

function label(name: 'process_name' | 'thread_name', tid: number, text: string): TraceEvent {
  return { name, cat: '__metadata', ph: 'M', ts: 0, pid: process.pid, tid, args: { name: text } };
}

function eventsOf(record: FlightRecord, index: number, rows: Rows): TraceEvent[] {
  const { iteration } = record;
  switch (record.kind) {
    case 'iteration':
      return [span(record, rows.loop, 'work', 'loop', { iteration })];
    case 'wait': {
      const { timeoutMs, events, reason, fd, handle } = record;
      const found = { reason, events, timeoutMs, ...known(fd, handle) };
      return [span(record, rows.loop, 'wait', 'loop', { iteration, ...found })];
    }
    case 'callback':
      return [span(record, rows.callbacks, record.name, record.phase, argsOf(record))];
    case 'request':
      // Inside the callback that made it.
      if (record.inline) {
        const { lane } = record;
        return [span(record, rows.callbacks, record.name, 'inline', { iteration, lane })];
      }
      return [...requestEvents(record, String(index), rows.loop), ...workEvents(record, rows)];
  }
}

function argsOf({ iteration, phase, fd, handle, lateMs }: CallbackRecord): TraceEvent['args'] {
  return { iteration, phase, ...known(fd, handle), ...(lateMs > 0 ? { lateMs } : {}) };
}

function known(fd: number, handle: string): TraceEvent['args'] {
  return { ...(fd >= 0 ? { fd } : {}), ...(handle === '' ? {} : { handle }) };
}

function span(
  { beginMs, endMs }: FlightRecord,
  tid: number,
  name: string,
  cat: string,
  args: TraceEvent['args'],
): TraceEvent {
  const dur = Math.max(0, ns(endMs) - ns(beginMs)) / 1000;
  return { name, cat, ph: 'X', ts: us(beginMs), dur, pid: process.pid, tid, args };
}

/** What a thread of `loop.workers` did, in the thread's own row. */
function workEvents(record: RequestRecord, { workers }: Rows): TraceEvent[] {
  const { name, lane, beginMs, queuedMs, runMs } = record;
  if (name !== WORKER_JOB) return [];
  let row = workers.get(lane);
  if (row === undefined) {
    row = (threadId + 1) * FIRST_WORKER_ROW + workers.size;
    workers.set(lane, row);
  }
  const startMs = beginMs + queuedMs;
  const work = { ...record, beginMs: startMs, endMs: startMs + runMs };
  return [span(work, row, name, 'workers', { queuedMs })];
}

/** The request as a whole, and in it its wait for a thread and its time on one. */
function requestEvents(record: RequestRecord, id: string, tid: number): TraceEvent[] {
  const { name, lane, beginMs, endMs, queuedMs, runMs } = record;
  const common = { cat: 'pool', id, pid: process.pid, tid };
  const from = (what: string, ms: number, args: TraceEvent['args'] = {}): TraceEvent => ({
    ...common,
    name: what,
    ph: 'b',
    ts: us(ms),
    args,
  });
  const to = (what: string, ms: number): TraceEvent => ({
    ...common,
    name: what,
    ph: 'e',
    ts: us(ms),
    args: {},
  });
  const startMs = beginMs + queuedMs;
  return [
    from(name, beginMs, { lane, queuedMs, runMs }),
    from('queued', beginMs),
    to('queued', startMs),
    from('running', startMs),
    to('running', startMs + runMs),
    to(name, endMs),
  ];
}
