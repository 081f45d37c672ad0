// A table for the terminal: columns of a fixed width with two lines of heads, and the rows
// of one number of connections together.
import type { Paint } from './terminal.js';

export interface Column<Row> {
  head: readonly [string, string];
  /** Where it does not stand beside its neighbours; else the head. */
  name?: string;
  /** Negative: aligned on the left. */
  width: number;
  text(row: Row): string;
}

type Columns<Row> = readonly Column<Row>[];

/** A line of the table. */
function lineOf<Row>(columns: Columns<Row>, texts: readonly string[]): string {
  const cells = columns.map(({ width }, i) => {
    const text = texts[i] ?? '';
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  });
  return cells.join('  ').trimEnd();
}

/**
 * The table; the first column, which is the number of connections, stands once for the rows
 * that share it.
 *
 * @param isBest which rows to show so
 */
export function tableOf<Row extends { connections: number }>(
  rows: readonly Row[],
  columns: Columns<Row>,
  paint: Paint,
  isBest: (row: Row, group: readonly Row[]) => boolean = () => false,
): string {
  const lines = ([0, 1] as const).map((at) => {
    const heads = columns.map(({ head }) => head[at]);
    return paint.strong(lineOf(columns, heads));
  });
  for (const connections of new Set(rows.map((row) => row.connections))) {
    const group = rows.filter((row) => row.connections === connections);
    for (const row of group) {
      const texts = columns.map((column) => column.text(row));
      if (row !== group[0]) texts[0] = '';
      const line = lineOf(columns, texts);
      lines.push(isBest(row, group) ? paint.good(line) : line);
    }
    lines.push('');
  }
  return lines.join('\n');
}
