// What rawloop compare prints on a terminal: the two tables, what their reader has to
// know, and what they show.
import { type Paint, wrap } from '../demo/text.js';
import { type Column, headsOf, rowOf } from '../text-table.js';
import { COST, SPEED } from './columns.js';
import { footnotesOf } from './footnotes.js';
import { conclusionsOf } from './sentences.js';
import type { Result, Row } from './types.js';

const TEXT_COLUMNS = 98;

/** Models together for each number of connections. */
export function tableOf(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  paint: Paint,
): string {
  const lines = headsOf(columns).map(paint.strong);
  for (const connections of new Set(rows.map((row) => row.connections))) {
    const group = rows.filter((row) => row.connections === connections);
    for (const row of group) {
      const texts = columns.map((column) => column.text(row));
      if (row !== group[0]) texts[0] = '';
      lines.push(rowOf(columns, texts));
    }
    lines.push('');
  }
  return lines.join('\n');
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
