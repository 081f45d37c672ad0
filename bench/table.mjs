// Plain text: numbers in a few forms, and rows in columns.

/**
 * @param {string[][]} rows the first one is the heading
 * @returns {string[]} the first column to the left, the others to the right
 */
export function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]),
    );
    return `  ${cells.join('  ')}`;
  });
}

/**
 * @param {{ min: number, max: number }} spread
 * @param {(value: number) => string} [text]
 */
export function range({ min, max }, text = (value) => fixed(value, 2)) {
  return `${text(min)}-${text(max)}`;
}

/**
 * @param {number} value
 * @param {number} digits
 */
export function fixed(value, digits) {
  return value.toFixed(digits);
}

/** @param {number} value rounded to a whole number, thousands apart */
export function grouped(value) {
  return Math.round(value).toLocaleString('en-US');
}
