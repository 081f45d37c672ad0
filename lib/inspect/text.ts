// A recording as text, for a terminal or a page: time goes from left to right, with a row for
// the loop and rows for what ran off it, by thread or by request. A trace (trace-events.ts) has
// every record; this has what is to be seen at a glance.
import { invalidType, invalidValue } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import type { FlightRecorder } from './flight-recorder.js';
import type { FlightRecord, RequestRecord } from './records.js';

/** Options of `toText`. */
export interface PictureOptions {
  /** Characters for the time: 10 to 1,000, default 60. */
  columns?: number;
  /**
   * What has a row. 'threads', the default: of each lane as many as had work at once, and in
   * them the share of the time that they had it. 'requests': each request, with its wait.
   */
  rows?: 'threads' | 'requests';
}

const NAMES: OptionNames<PictureOptions> = { columns: true, rows: true };
/** More are no picture: those that begin first are shown. */
const MOST_ROWS = 64;

/** A share of a column's time, in eighths. */
const EIGHTHS = ' ▁▂▃▄▅▆▇█';
const RUNS = '█';
const WAITS_FOR_THREAD = '░';
const WAITS_FOR_LOOP = '▒';
const RUNS_ON_LOOP = '▓';

/** A stretch of time, in ms. */
interface Span {
  fromMs: number;
  toMs: number;
}

/** A line of the picture. */
interface Row {
  label: string;
  cells: string;
}

/** The time of the picture: where in it, in columns, a moment is. */
class Scale {
  readonly columns: number;
  readonly fromMs: number;
  readonly lengthMs: number;

  constructor(columns: number, { fromMs, toMs }: Span) {
    this.columns = columns;
    this.fromMs = fromMs;
    // What took no time is a moment, and not a division by 0.
    this.lengthMs = Math.max(toMs - fromMs, 1e-3);
  }

  at(ms: number): number {
    const column = ((ms - this.fromMs) / this.lengthMs) * this.columns;
    return Math.min(Math.max(column, 0), this.columns);
  }

  /** The last column of all has the picture's end. */
  columnOf(ms: number): number {
    return Math.min(Math.floor(this.at(ms)), this.columns - 1);
  }

  /** Of each column the share that the spans have, in eighths; what is there at all shows. */
  shares(spans: readonly Span[]): string {
    const shares = new Float64Array(this.columns);
    for (const { fromMs, toMs } of spans) {
      const [from, to] = [this.at(fromMs), this.at(toMs)];
      const first = this.columnOf(fromMs);
      for (let i = first; i < to || i === first; i++) {
        // What took no time is still there.
        const share = Math.max(Math.min(to, i + 1) - Math.max(from, i), Number.MIN_VALUE);
        shares[i] = (shares[i] as number) + share;
      }
    }
    return Array.from(shares, (share) => EIGHTHS[Math.ceil(Math.min(share, 1) * 8)]).join('');
  }
}

/** When a thread had it. */
function runOf({ beginMs, queuedMs, runMs }: RequestRecord): Span {
  return { fromMs: beginMs + queuedMs, toMs: beginMs + queuedMs + runMs };
}

/** A request: how long it waited, ran, and waited again. */
function cellsOf(request: RequestRecord, scale: Scale): string {
  const { beginMs, endMs } = request;
  const { fromMs, toMs } = runOf(request);
  const cells = new Array<string>(scale.columns).fill(' ');
  const fill = (text: string, from: number, to: number) =>
    cells.fill(text, Math.round(scale.at(from)), Math.round(scale.at(to)));
  fill(WAITS_FOR_THREAD, beginMs, fromMs);
  fill(WAITS_FOR_LOOP, toMs, endMs);
  const runs = request.inline === true ? RUNS_ON_LOOP : RUNS;
  fill(runs, fromMs, toMs);
  // However short it was.
  cells[scale.columnOf((fromMs + toMs) / 2)] = runs;
  return cells.join('');
}

/** A row for each, numbered among those of its name. */
function requestRows(requests: readonly RequestRecord[], scale: Scale): Row[] {
  const counts = new Map<string, number>();
  return requests.slice(0, MOST_ROWS).map((request) => {
    const { name } = request;
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    return { label: `${name} ${number}`, cells: cellsOf(request, scale) };
  });
}

/**
 * Of each lane as many rows as had work at once. Which thread of a pool did what is not
 * recorded: a request goes to the first row that is free as it begins.
 */
function threadRows(requests: readonly RequestRecord[], scale: Scale): Row[] {
  const lanes = new Map<string, Span[][]>();
  const onThreads = requests.filter(({ inline }) => inline !== true);
  const byStart = onThreads.map((request) => ({ ...runOf(request), lane: request.lane }));
  byStart.sort((a, b) => a.fromMs - b.fromMs);
  for (const { lane, fromMs, toMs } of byStart) {
    const rows = lanes.get(lane) ?? [];
    lanes.set(lane, rows);
    // The loop may have been interrupted as it read its clock: half of a job is as good as none.
    const slackMs = Math.min(scale.lengthMs / scale.columns, toMs - fromMs) / 2;
    const free = rows.find((row) => (row.at(-1) as Span).toMs <= fromMs + slackMs);
    if (free === undefined) rows.push([{ fromMs, toMs }]);
    else free.push({ fromMs, toMs });
  }
  // 'thread 10' comes behind 'thread 9'.
  const { compare } = new Intl.Collator('en', { numeric: true });
  const byName = [...lanes].sort(([a], [b]) => compare(a, b));
  const rows = byName.flatMap(([lane, spans]) =>
    spans.map((row, i) => {
      const label = spans.length === 1 ? lane : `${lane} ${i + 1}`;
      return { label, cells: scale.shares(row) };
    }),
  );
  return rows.slice(0, MOST_ROWS);
}

/** The whole of what was recorded, or undefined: nothing was. */
function wholeOf(records: readonly FlightRecord[]): Span | undefined {
  if (records.length === 0) return undefined;
  let [fromMs, toMs] = [Infinity, -Infinity];
  for (const { beginMs, endMs } of records) {
    fromMs = Math.min(fromMs, beginMs);
    toMs = Math.max(toMs, endMs);
  }
  return { fromMs, toMs };
}

/** One of the loop, if it is recorded. */
function loopRows(records: readonly FlightRecord[], scale: Scale): Row[] {
  const turns = records.filter(({ kind }) => kind === 'iteration');
  if (turns.length === 0) return [];
  const spans = turns.map(({ beginMs, endMs }) => ({ fromMs: beginMs, toMs: endMs }));
  return [{ label: 'loop', cells: scale.shares(spans) }];
}

function recordsOf(recording: FlightRecorder | readonly FlightRecord[]): readonly FlightRecord[] {
  if (Array.isArray(recording)) return recording;
  const { records } = (recording ?? {}) as Partial<FlightRecorder>;
  // By what it can do: it may be of another copy of the package.
  if (typeof records === 'function') return (recording as FlightRecorder).records();
  throw invalidType('recording', 'a FlightRecorder or an array of its records');
}

/** Three digits, or all of those before the point. */
function lengthText(ms: number): string {
  return ms >= 100 ? `${Math.round(ms)} ms` : `${Number(ms.toPrecision(3))} ms`;
}

/**
 * The recording as a picture of text: a header with its length, and a row each for
 *
 * - the loop: how much of the time it worked, in eighths; not at all where it slept, or its
 *   host had its turn;
 * - the threads of each lane of the pool, and each thread of `loop.workers`, likewise; or each
 *   request: `░` it waits for a thread, `█` it is on one, `▒` its result waits for the loop; `▓` it
 *   was answered at once, on the loop's thread.
 *
 * Of threads and requests 64 are shown at most.
 *
 * @param recording a recorder, or records: those of several loops, say, with their times
 *   brought together and with lanes of other names. Without iterations there is no row of a loop
 * @returns lines, the last without its end; '' where nothing was recorded
 * @throws TypeError for what is no recording, and for bad options; RangeError for bad columns
 * @example
 * const recorder = new FlightRecorder(loop).start();
 * loop.run();
 * console.log(toText(recorder, { rows: 'requests' }));
 */
export function toText(
  recording: FlightRecorder | readonly FlightRecord[],
  options: PictureOptions = {},
): string {
  const { columns = 60, rows = 'threads' } = readOptions('options', options, NAMES);
  checkInteger('options.columns', columns, 10, 1000);
  if (rows !== 'threads' && rows !== 'requests') {
    throw invalidValue('options.rows', "'threads' or 'requests'");
  }
  const records = recordsOf(recording);
  const whole = wholeOf(records);
  if (whole === undefined) return '';
  const scale = new Scale(columns, whole);
  const requests = records.filter((record) => record.kind === 'request');
  requests.sort((a, b) => a.beginMs - b.beginMs);
  const lines = [
    ...loopRows(records, scale),
    ...(rows === 'threads' ? threadRows : requestRows)(requests, scale),
  ];
  const width = Math.max(...lines.map(({ label }) => label.length), 0);
  const header = `${' '.repeat(width)}  0${lengthText(scale.lengthMs).padStart(columns - 1)}`;
  return [header, ...lines.map(({ label, cells }) => `${label.padEnd(width)} │${cells}│`)].join(
    '\n',
  );
}
