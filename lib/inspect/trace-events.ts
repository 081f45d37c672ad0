// A recording in Chrome's trace-event format, which Perfetto and chrome://tracing
// open: a row for the loop's iterations and waits, one for its callbacks.
import { threadId } from 'node:worker_threads';
import type { FlightRecord, FlightRecorder } from './flight-recorder.js';

/** An event of the trace-event format; times in microseconds. */
export interface TraceEvent {
  name: string;
  cat: string;
  /** 'X': a span; 'M': metadata. */
  ph: 'X' | 'M';
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  args: Record<string, string | number>;
}

export interface Trace {
  displayTimeUnit: 'ms';
  traceEvents: TraceEvent[];
}

const US = 1000;

/**
 * The recording as a trace: `JSON.stringify` it into a file and open that.
 *
 * @example
 * const recorder = new FlightRecorder(loop).start();
 * loop.run();
 * writeFileSync('loop.json', JSON.stringify(toTrace(recorder)));
 */
export function toTrace(recorder: FlightRecorder): Trace {
  const { pid } = process;
  const loopRow = threadId * 2 + 1;
  const callbackRow = loopRow + 1;
  const name = (tid: number, text: string): TraceEvent => ({
    name: 'thread_name',
    cat: '__metadata',
    ph: 'M',
    ts: 0,
    pid,
    tid,
    args: { name: text },
  });
  const span = (record: FlightRecord): TraceEvent => ({
    ...partOf(record),
    ph: 'X',
    ts: record.beginMs * US,
    dur: Math.max(0, record.endMs - record.beginMs) * US,
    pid,
    tid: record.kind === 'callback' ? callbackRow : loopRow,
  });
  return {
    displayTimeUnit: 'ms',
    traceEvents: [
      name(loopRow, 'loop'),
      name(callbackRow, 'callbacks'),
      ...recorder.records().map(span),
    ],
  };
}

function partOf(record: FlightRecord): Pick<TraceEvent, 'name' | 'cat' | 'args'> {
  switch (record.kind) {
    case 'iteration':
      return { name: 'iteration', cat: 'loop', args: {} };
    case 'wait': {
      const { timeoutMs, events, reason } = record;
      return { name: 'wait', cat: 'loop', args: { reason, events, timeoutMs } };
    }
    case 'callback': {
      const { name, phase, fd, lateMs } = record;
      return {
        name,
        cat: phase,
        args: { phase, ...(fd >= 0 ? { fd } : {}), ...(lateMs > 0 ? { lateMs } : {}) },
      };
    }
  }
}
