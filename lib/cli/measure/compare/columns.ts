// The columns of the two tables of rawloop compare, which the terminal and the page
// share: speed, and what it costs.
import { decimal, whole } from '../demo/text.js';
import type { Column } from '../text-table.js';
import type { Figure } from './chart-data.js';
import type { Row } from './types.js';

export const UNKNOWN = '—';
const KIB = 1024;
/** Counts per message are small and of any size. */
const RARE = 0.01;

type Text = (value: number) => string;

const known = (value: number | null, text: Text) => (value === null ? UNKNOWN : text(value));
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
  { head: ['', 'min–max'], width: 17, text: (row) => range(row.messagesPerSecond, whole) },
  { head: ['round trip', 'p50, µs'], width: 10, text: (row) => whole(row.p50Us.median) },
  { head: ['round trip', 'p99, µs'], width: 10, text: (row) => whole(row.p99Us.median) },
  {
    head: ['CPU per', 'message, µs'],
    width: 11,
    text: (row) => median(row.cpuUsPerMessage, micros),
  },
  { head: ['', 'min–max'], width: 11, text: (row) => range(row.cpuUsPerMessage, micros) },
];

export const COST: readonly Column<Row>[] = [
  ...WHOSE,
  {
    head: ['switches per message', 'voluntary'],
    width: 20,
    text: (row) => median(row.voluntarySwitchesPerMessage, perMessage),
  },
  {
    head: ['', 'involuntary'],
    width: 11,
    text: (row) => median(row.involuntarySwitchesPerMessage, perMessage),
  },
  { head: ['', 'threads'], width: 7, text: (row) => known(row.threads, whole) },
  {
    head: ['KiB per', 'conn.: own'],
    width: 10,
    text: (row) => known(row.residentBytesPerConnection, kib),
  },
  { head: ['', 'kernel'], width: 6, text: (row) => known(row.kernelBytesPerConnection, kib) },
  { head: ['accepted', 'in ms'], width: 8, text: (row) => median(row.acceptMs, milliseconds) },
];
