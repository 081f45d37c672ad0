// The two tables of rawloop compare, speed and what it costs, which the terminal and the
// page share; and what the terminal says with them.
import { MIN_CONNECTIONS_FOR_MEMORY } from '../pair.js';
import { type Column, tableOf } from '../table.js';
import type { Paint } from '../terminal.js';
import { count, decimal, known, UNKNOWN, whole, wrap } from '../text.js';
import type { Figure } from './figures.js';
import { conclusionsOf } from './sentences.js';
import type { Result, Row } from './types.js';

const TEXT_COLUMNS = 98;
/** The head of a column that belongs to the one before. */
export const RANGE = 'min–max';
const KIB = 1024;
/** Counts per message are small and of any size. */
const RARE = 0.01;

type Text = (value: number) => string;

const median = (figure: Figure | null, text: Text) => known(figure?.median ?? null, text);

function range(figure: Figure | null, text: Text): string {
  return figure === null ? UNKNOWN : `${text(figure.min)}–${text(figure.max)}`;
}

/** Short, so that two of them fit: hundreds are those of a busy machine. */
const micros: Text = (value) => decimal(value, value < 100 ? 2 : 0);
const kib: Text = (bytes) => decimal(bytes / KIB, 1);
const milliseconds: Text = (value) => decimal(value, value < 10 ? 1 : 0);

function perMessage(value: number): string {
  return value > 0 && value < RARE ? `<${RARE}` : decimal(value, 2);
}

/** Whose row it is. */
const WHOSE: readonly Column<Row>[] = [
  { head: ['', 'connections'], width: 11, text: (row) => whole(row.connections) },
  { head: ['', 'model'], width: -7, text: (row) => row.model },
];

export const SPEED: readonly Column<Row>[] = [
  ...WHOSE,
  { head: ['messages', 'per s'], width: 9, text: (row) => whole(row.messagesPerSecond.median) },
  { head: ['', RANGE], width: 17, text: (row) => range(row.messagesPerSecond, whole) },
  { head: ['round trip', 'p50, µs'], width: 10, text: (row) => whole(row.p50Us.median) },
  { head: ['round trip', 'p99, µs'], width: 10, text: (row) => whole(row.p99Us.median) },
  {
    head: ['CPU per', 'message, µs'],
    width: 11,
    text: (row) => median(row.cpuUsPerMessage, micros),
  },
  { head: ['', RANGE], width: 11, text: (row) => range(row.cpuUsPerMessage, micros) },
];

export const COST: readonly Column<Row>[] = [
  ...WHOSE,
  {
    head: ['switches per message', 'voluntary'],
    name: 'voluntary switches per message',
    width: 20,
    text: (row) => median(row.voluntarySwitchesPerMessage, perMessage),
  },
  {
    head: ['', 'involuntary'],
    name: 'involuntary switches per message',
    width: 11,
    text: (row) => median(row.involuntarySwitchesPerMessage, perMessage),
  },
  { head: ['', 'threads'], width: 7, text: (row) => known(row.threads, whole) },
  {
    head: ['KiB per', 'conn.: own'],
    name: 'KiB per conn., own',
    width: 10,
    text: (row) => known(row.residentBytesPerConnection, kib),
  },
  {
    head: ['', 'kernel'],
    name: 'KiB per conn., kernel',
    width: 6,
    text: (row) => known(row.kernelBytesPerConnection, kib),
  },
  { head: ['accepted', 'in ms'], width: 8, text: (row) => median(row.acceptMs, milliseconds) },
];

/** What makes a reader ask why there is no figure. */
const COUNTED: readonly (keyof Row)[] = [
  'cpuUsPerMessage',
  'voluntarySwitchesPerMessage',
  'threads',
];

/** What the reader of the figures has to know, in the terminal and on the page. */
export function footnotesOf({ rows, notes }: Result): string[] {
  const bytes = rows.reduce((sum, row) => sum + row.bytesVerified, 0);
  const rounds = [...new Set(rows.map((row) => row.rounds))].sort((a, b) => a - b);
  const all = [
    `${whole(bytes)} bytes came back, and each was compared with the one that was sent.`,
    `Figures are medians of ${rounds.join(' or ')} rounds, in which the models took turns; min–max is the lowest and the highest round.`,
    'CPU time and context switches are those of the server process, as the kernel accounts for them, while messages were on the way.',
    'Accepted: from the first connect until every connection had echoed a message, 64 at a time being opened.',
  ];
  if (rows.some((row) => row.residentBytesPerConnection !== null)) {
    all.push(
      'Memory is what idle connections added: own, the resident set of the server; kernel, of the whole machine, so with both ends and what else happened meanwhile (Slab, KernelStack, PageTables and Percpu of /proc/meminfo).',
    );
  }
  const few = (row: Row) => row.connections < MIN_CONNECTIONS_FOR_MEMORY;
  if (rows.some(few)) {
    const least = count(MIN_CONNECTIONS_FOR_MEMORY);
    all.push(`Memory is told from ${least} on: with fewer, the runtime's own garbage hides it.`);
  }
  const untold = (row: Row) =>
    COUNTED.some((name) => row[name] === null) ||
    (!few(row) && (row.residentBytesPerConnection ?? row.kernelBytesPerConnection) === null);
  if (rows.some(untold)) all.push(`${UNKNOWN} is what this system does not tell.`);
  return [...all, ...notes];
}

export function textOf(result: Result, paint: Paint): string {
  const { rows, settings } = result;
  const about = `${settings.messageBytes} bytes a message, one message on the way per connection`;
  const lines = [
    '',
    `Echo over TCP: ${about}`,
    '',
    tableOf(rows, SPEED, paint),
    tableOf(rows, COST, paint),
    ...footnotesOf(result).map((note) => paint.faint(wrap(note, TEXT_COLUMNS))),
    '',
    wrap(conclusionsOf(rows).join(' '), TEXT_COLUMNS),
    '',
  ];
  return lines.join('\n');
}
