// What lessons printed: now, and as it stands in their README. Of both is asked that the sentence
// is true of the figures, and that they have the same form, whatever the figures are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Run, root } from '../cli/support.js';
import { CHECKS } from './checks.js';

export const folder = join(root, 'examples/inside-out');

/** What the README says that a lesson printed: in the block behind a comment with its command. */
export function recorded(name: string): string {
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const pattern = new RegExp(
    `^<!-- node ${name.replaceAll('.', '\\.')}[^\\n]* -->\n\`\`\`text\n(.*?)^\`\`\`$`,
    'ms',
  );
  return pattern.exec(page)?.[1] ?? '';
}

/** A row of a picture: what it is of, and what is to be seen. */
const PICTURE_ROW = /^(.*?)\s*│.*│$/;

/**
 * The form of what was printed: each kind of line once. Numbers may be any, so may the order in
 * which things ended, the words by which a sentence says which way it was, and how many rows a
 * picture has of a kind.
 */
export function formOf(text: string): string[] {
  const lines = text.split('\n').map((line) => {
    const [, label] = PICTURE_ROW.exec(line) ?? [];
    if (label !== undefined) return `picture of ${label.replace(/( \d+)+$/, '')}`;
    return line
      .replace(/(?:(?:hash|file|request) [\d.]+(?:, )?)+$/, 'who ended')
      .replace(/\b(?:behind|ahead of)\b/g, 'before or behind')
      .replace(/\b(?:no|a) thread\b/g, 'thread or none')
      .replace(/(?:\d+ online(?:, )?)+/, 'processes online')
      .replace(/once more on this processor/, 'on one processor')
      .replace(/processors?/g, 'processors')
      .replace(/\d+(?:\.\d+)?/g, '0')
      .replace(/\s+/g, ' ')
      .trim();
  });
  return [...new Set(lines)];
}

/** Runs a lesson to its end: what it printed, which must be true of itself. */
export async function printedBy(name: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Run(process.execPath, [join(folder, name), ...args])
    .ended;
  expect([code, stderr]).toEqual([0, '']);
  CHECKS[name]?.(stdout);
  return stdout;
}
