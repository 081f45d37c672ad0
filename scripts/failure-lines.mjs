// What is shown of the output of something that failed: its end, without what passed, or the last
// of several failures would be the only one that is seen.
import { stripVTControlCharacters } from 'node:util';

const PASSED = /^[\s|]*(?:✓|↓|ok {2})/;
const SHOWN_LINES = 200;

/** The lines of `output` to show, each behind a bar. */
export function failureLines(output) {
  const lines = output.trimEnd().split('\n');
  const told = lines
    .filter((line) => !PASSED.test(stripVTControlCharacters(line)))
    .slice(-SHOWN_LINES);
  return told.map((line) => `    | ${line}`).join('\n');
}
