// What the reader of the figures has to know, in the terminal and on the page.
import { MIN_CONNECTIONS_FOR_MEMORY } from '../pair.js';
import { count, UNKNOWN, whole } from '../text.js';
import type { Result, Row } from './types.js';

const COUNTED: readonly (keyof Row)[] = [
  'cpuUsPerMessage',
  'voluntarySwitchesPerMessage',
  'threads',
];

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
