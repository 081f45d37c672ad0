// What rawloop demo prints: the table, and the sentence that says what it shows.
import { MIN_CONNECTIONS_FOR_MEMORY, type Step } from '../pair.js';
import { type Column, tableOf } from '../table.js';
import type { Paint } from '../terminal.js';
import { count, decimal, known, listText, rate, UNKNOWN, whole } from '../text.js';

const KIB = 1024;
/** Below, two figures differ by less than two runs do. */
const NOTABLE_FACTOR = 1.05;

const micros = (value: number) => decimal(value, 2);

const COLUMNS: readonly Column<Step>[] = [
  { head: ['', 'connections'], width: 11, text: (step) => whole(step.connections) },
  { head: ['', 'model'], width: -7, text: (step) => step.model },
  { head: ['messages', 'per s'], width: 9, text: (step) => whole(step.messagesPerSecond) },
  { head: ['round trip', 'p50, µs'], width: 10, text: (step) => whole(step.p50Us) },
  { head: ['round trip', 'p99, µs'], width: 10, text: (step) => whole(step.p99Us) },
  {
    head: ['CPU per', 'message, µs'],
    width: 11,
    text: (step) => known(step.cpuUsPerMessage, micros),
  },
  { head: ['', 'threads'], width: 7, text: (step) => known(step.threads, whole) },
  {
    head: ['memory per', 'connection, KiB'],
    width: 15,
    text: (step) => known(step.bytesPerConnection, (bytes) => decimal(bytes / KIB, 1)),
  },
];

/** The table, with the least CPU time of each number of connections marked. */
export function stepTable(steps: readonly Step[], paint: Paint): string {
  return tableOf(steps, COLUMNS, paint, (step, group) => step === byCpu(group)[0]);
}

/** What the reader of the table has to know. */
export function footnotesOf(steps: readonly Step[], paint: Paint): string[] {
  const bytes = steps.reduce((sum, step) => sum + step.bytesVerified, 0);
  const notes = [
    `${whole(bytes)} bytes came back, and each was compared with the one that was sent.`,
    "CPU time is the server's, user and kernel; memory its resident set, without kernel buffers.",
  ];
  const few = (step: Step) => step.connections < MIN_CONNECTIONS_FOR_MEMORY;
  if (steps.some(few)) {
    const least = count(MIN_CONNECTIONS_FOR_MEMORY);
    notes.push(`Memory is told from ${least} on: with fewer, the runtime's own garbage hides it.`);
  }
  const untold = ({ cpuUsPerMessage, threads }: Step) =>
    cpuUsPerMessage === null || threads === null;
  const noMemory = (step: Step) => !few(step) && step.bytesPerConnection === null;
  if (steps.some((step) => untold(step) || noMemory(step))) {
    notes.push(`${UNKNOWN} is what this system does not tell of another process.`);
  }
  if (paint.coloured) notes.push('Green: the least CPU time per message.');
  return notes;
}

type Known<K extends keyof Step> = Step & Record<K, number>;

/** Those whose CPU time is known, the least first. */
function byCpu(steps: readonly Step[]): Known<'cpuUsPerMessage'>[] {
  const isKnown = (step: Step): step is Known<'cpuUsPerMessage'> => step.cpuUsPerMessage !== null;
  return steps.filter(isKnown).sort((a, b) => a.cpuUsPerMessage - b.cpuUsPerMessage);
}

/** Those whose threads are known, the fewest first. */
function byThreads(steps: readonly Step[]): Known<'threads'>[] {
  const isKnown = (step: Step): step is Known<'threads'> => step.threads !== null;
  return steps.filter(isKnown).sort((a, b) => a.threads - b.threads);
}

/** One sentence from the rows with the most connections, where models differ most. */
export function conclusionOf(steps: readonly Step[]): string {
  const connections = Math.max(...steps.map((step) => step.connections));
  const last = steps.filter((step) => step.connections === connections);
  return `With ${count(connections)}, ${costText(last)}${threadsText(last)}.`;
}

function costText(steps: readonly Step[]): string {
  const [least, ...others] = byCpu(steps);
  if (least === undefined) {
    const fastest = steps.toSorted((a, b) => b.messagesPerSecond - a.messagesPerSecond);
    return listText(
      fastest.map((step) => `${step.model} answered ${rate(step.messagesPerSecond)}`),
    );
  }
  const time = `${micros(least.cpuUsPerMessage)} µs`;
  if (others.length === 0) return `${least.model} spent ${time} of CPU time per message`;
  const factors = others.map(({ model, cpuUsPerMessage }) => {
    const factor = cpuUsPerMessage / least.cpuUsPerMessage;
    if (factor < NOTABLE_FACTOR) return `${model} about as much`;
    return `${model} ${decimal(factor, 1)} times as much`;
  });
  return `${least.model} spent the least CPU time per message, ${time}: ${listText(factors)}`;
}

function threadsText(steps: readonly Step[]): string {
  const sorted = byThreads(steps);
  const fewest = sorted[0];
  const most = sorted.at(-1);
  if (fewest === undefined || most === undefined) return '';
  if (sorted.length === 1) return `; it had ${whole(most.threads)} threads`;
  if (fewest.threads === most.threads) return `; each had ${whole(most.threads)} threads`;
  const who =
    sorted.at(-2)?.threads === fewest.threads && sorted.length > 2 ? 'the others' : fewest.model;
  return `; ${most.model} had ${whole(most.threads)} threads, ${who} ${whole(fewest.threads)}`;
}
