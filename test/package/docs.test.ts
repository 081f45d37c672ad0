// What the documentation links to is there: files, headings, and the tests whose titles
// docs/loop.md quotes. A test that is renamed, and a rule without a test, fail here.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const LINK = /\[[^\]]+\]\(([^)\s]+)\)/g;
/** A quoted title: “...”. */
const QUOTE = /“([^”]+)”/g;

function pages(): string[] {
  const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
  const others = [
    ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
    ...['bench/README.md', 'examples/inside-out/README.md', 'test/fuzz/README.md'],
  ];
  return [...docs.map((name) => `docs/${name}`), ...others];
}

const read = (page: string) => readFileSync(join(root, page), 'utf8');
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** A heading's anchor, as GitHub makes it. */
function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '');
  return words.trim().replace(/\s/g, '-');
}

/** Why a link of `page` leads nowhere; undefined when it does not. */
function brokenLink(page: string, target: string): string | undefined {
  if (/^https?:/.test(target)) return undefined;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), path);
  if (!existsSync(file)) return `${target}: no such file`;
  if (anchor === undefined) return undefined;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)];
  const found = headings.some(([, heading = '']) => anchorOf(heading) === anchor);
  return found ? undefined : `${target}: no such heading`;
}

/** Each quoted title with the link that it follows. */
function quotesOf(text: string): { title: string; target: string }[] {
  const parts = [...text.matchAll(new RegExp(`${LINK.source}|${QUOTE.source}`, 'g'))];
  let target = '';
  return parts.flatMap(([, link, quote]) => {
    if (link !== undefined) target = link;
    return quote === undefined ? [] : { title: oneLine(quote), target };
  });
}

/** Whether a test file has a test, or a table of them, with this title. */
function hasTest(source: string, title: string): boolean {
  const quoted = [`'${title}'`, `"${title}"`, `\`${title}\``, `'${title.replace(/'/g, "\\'")}'`];
  return quoted.some((text) => source.includes(text));
}

/** The list items of docs/loop.md that are rules: up to what differs from others. */
function rules(): string[] {
  const [text = ''] = read('docs/loop.md').split('## What differs from libuv');
  const items = text.split(/^(?=- )|^(?=#)|\n\n/m).filter((part) => part.startsWith('- '));
  return items.map(oneLine);
}

describe.each(pages())('%s', (page) => {
  it('links to files and headings that are there', () => {
    const targets = [...read(page).matchAll(LINK)].map(([, target = '']) => target);
    expect(targets.map((target) => brokenLink(page, target)).filter(Boolean)).toEqual([]);
  });
});

describe('docs/loop.md', () => {
  it('quotes titles of tests that are in the files it links', () => {
    const wrong = quotesOf(read('docs/loop.md')).filter(({ title, target }) => {
      const file = resolve(root, 'docs', target);
      const isTest = relative(root, file).startsWith('test/') && existsSync(file);
      return !isTest || !hasTest(readFileSync(file, 'utf8'), title);
    });
    expect(wrong).toEqual([]);
  });

  it('names a test for each rule', () => {
    expect(rules().length).toBeGreaterThan(40);
    expect(rules().filter((rule) => quotesOf(rule).length === 0)).toEqual([]);
  });
});

describe('this check', () => {
  it('finds a file, a heading and a title that are not there', () => {
    expect(brokenLink('docs/loop.md', '../test/loop/none.test.ts')).toContain('no such file');
    expect(brokenLink('docs/loop.md', '#no-such-rule')).toContain('no such heading');
    expect(brokenLink('docs/loop.md', '#one-iteration')).toBeUndefined();
    const quotes = quotesOf('- a rule. [a](x.ts): “one\n  two”, “three”; [b](y.ts): “four”');
    expect(quotes.map(({ title, target }) => [target, title])).toEqual([
      ['x.ts', 'one two'],
      ['x.ts', 'three'],
      ['y.ts', 'four'],
    ]);
    expect(hasTest("it('is never early', () => {", 'is never early')).toBe(true);
    expect(hasTest("it('is never early', () => {", 'is early')).toBe(false);
  });
});
