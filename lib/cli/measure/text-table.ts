// A table of text: columns of a fixed width, with two lines of heads.

export interface Column<Row> {
  head: readonly [string, string];
  /** Negative: aligned on the left. */
  width: number;
  text(row: Row): string;
}

type Widths = readonly { width: number }[];

/** A line; texts that are missing are blank. */
export function rowOf(columns: Widths, texts: readonly string[]): string {
  const cells = columns.map(({ width }, i) => {
    const text = texts[i] ?? '';
    return width < 0 ? text.padEnd(-width) : text.padStart(width);
  });
  return cells.join('  ').trimEnd();
}

/** The two lines above the rows. */
export function headsOf<Row>(columns: readonly Column<Row>[]): string[] {
  return [0, 1].map((line) =>
    rowOf(
      columns,
      columns.map(({ head }) => head[line] as string),
    ),
  );
}
