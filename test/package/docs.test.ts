// What the documentation links to is there: files, headings, and the tests whose titles
// docs/loop.md and docs/descriptors.md quote; so are the paths that it names, and it names every environment
// variable that is read. A test that is renamed, and a rule without a test, fail here.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KERNEL_OBJECTS } from '../watch/kernel-objects.js';

const root = resolve(import.meta.dirname, '../..');
const LINK = /\[[^\]]+\]\(([^)\s]+)\)/g;
/** A quoted title: “...”. */
const QUOTE = /“([^”]+)”/g;

/** A path of the checkout, perhaps with stars. */
const PATH =
  /`((?:\.ci|\.github|bench|docs|examples|include|lib|native|scripts|test)\/[\w./*-]+)`/g;
/** What may read an environment variable. */
const SOURCES = [
  'lib',
  'native',
  'scripts',
  'test',
  'bench',
  'examples',
  '.ci',
  'vitest.config.mts',
];
const IN_CPP = /getenv\("(\w+)"/g;
const IN_SCRIPT =
  /process\.env\.(\w+)|process\.env\['(\w+)'\]|(?<!\w)(RAWLOOP_[A-Z_]+[A-Z])\b(?!\()/g;

function filesBelow(folder: string, pattern: RegExp): string[] {
  if (!statSync(join(root, folder)).isDirectory()) return [folder];
  return readdirSync(join(root, folder), { encoding: 'utf8', recursive: true })
    .map((name) => join(folder, name))
    .filter((name) => pattern.test(name) && statSync(join(root, name)).isFile());
}

function pages(): string[] {
  return [
    ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
    // Not those of packages that are compared with.
    ...['docs', 'bench', 'examples', 'test']
      .flatMap((folder) => filesBelow(folder, /\.md$/))
      .filter((page) => !page.startsWith('bench/build/')),
  ];
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

/** Whether there is such a path below `folder`: a star, or a name in capitals, is any. */
function hasPath(folder: string, path: string): boolean {
  let found = [folder];
  for (const name of path.split('/').filter((part) => part !== '')) {
    const text = name.replace(/\./g, '\\.').replace(/\*|[A-Z]{3,}/g, '.*');
    const pattern = new RegExp(`^${text}$`);
    found = found
      .filter((parent) => existsSync(parent) && statSync(parent).isDirectory())
      .flatMap((parent) => readdirSync(parent).map((entry) => join(parent, entry)))
      .filter((entry) => pattern.test(basename(entry)));
  }
  return found.length > 0;
}

/** The paths that a page names, from the root or from its own folder, and that are not there. */
function lostPaths(page: string, text = read(page)): string[] {
  const folders = [root, join(root, dirname(page))];
  return [...text.matchAll(PATH)]
    .map(([, path = '']) => path)
    .filter((path) => !folders.some((folder) => hasPath(folder, path)));
}

/** The environment variables that the sources read: ours, and those of others in lib/. */
function variables(): Set<string> {
  const files = SOURCES.flatMap((source) => filesBelow(source, /\.(ts|mts|[cm]?js|cc|h)$|\/run$/));
  const found = files.flatMap((file) => {
    // This file names some that are not.
    if (relative(import.meta.dirname, join(root, file)) === 'docs.test.ts') return [];
    const pattern = /\.(cc|h)$/.test(file) ? IN_CPP : IN_SCRIPT;
    const names = [...read(file).matchAll(pattern)].map(
      ([, one, other, ours]) => one ?? other ?? ours ?? '',
    );
    return names.filter((name) => name.startsWith('RAWLOOP_') || file.startsWith('lib/'));
  });
  return new Set(found);
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

  // The changelog tells of what was.
  it.skipIf(page === 'CHANGELOG.md')('names paths that are there', () => {
    expect(lostPaths(page)).toEqual([]);
  });
});

describe('docs/debugging.md', () => {
  const named = [...read('docs/debugging.md').matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=\w+)?`/g)];
  const documented = new Set(named.map(([, name = '']) => name));

  it('has each environment variable that is read', () => {
    expect(variables().size).toBeGreaterThan(20);
    expect([...variables()].filter((name) => !documented.has(name)).sort()).toEqual([]);
  });

  it('has none that nobody reads', () => {
    expect([...documented].filter((name) => !variables().has(name))).toEqual([]);
  });
});

describe('docs/decisions', () => {
  it('has each page in its list, by the number and title of the page', () => {
    const names = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d/.test(name));
    const rows = names.sort().map((name) => {
      const [, number, title] = /^# (\d{4}): (.*)$/m.exec(read(`docs/decisions/${name}`)) ?? [];
      return `| [${number}](${name}) | ${title} |`;
    });
    const list = read('docs/decisions/README.md').match(/^\| \[.*$/gm);
    expect(list).toEqual(rows);
    expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, i) => i + 1));
  });

  it.each(filesBelow('docs/decisions', /\/\d.*\.md$/))(
    '%s says what, why, instead of what, and what would change it',
    (page) => {
      for (const word of ['Decided', 'Why', 'Instead of', 'It would change']) {
        expect(read(page)).toMatch(new RegExp(`^\\*\\*${word}`, 'm'));
      }
    },
  );
});

describe.each(['docs/loop.md', 'docs/descriptors.md'])('%s', (page) => {
  it('quotes titles of tests that are in the files it links', () => {
    const wrong = quotesOf(read(page)).filter(({ title, target }) => {
      const file = resolve(root, 'docs', target);
      const isTest = relative(root, file).startsWith('test/') && existsSync(file);
      return !isTest || !hasTest(readFileSync(file, 'utf8'), title);
    });
    expect(wrong).toEqual([]);
  });
});

describe('docs/descriptors.md', () => {
  /** The cells of each kind's row. */
  const rows = (read('docs/descriptors.md').match(/^\| .*(?= \|$)/gm) ?? [])
    .map((line) => line.slice(2).split(' | '))
    .filter(([first]) => first !== 'kind' && !first?.startsWith('---'));

  it('has mechanism, use and test of each kind', () => {
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter((cells) => cells.length !== 6 || cells.includes(''))).toEqual([]);
    const bare = rows.filter((cells) => {
      const tested = cells.at(-1) ?? '';
      return quotesOf(tested).length === 0 && !/^none: ./.test(tested);
    });
    expect(bare.map(([kind]) => kind)).toEqual([]);
  });

  it('has each kernel object that loop.watch is tested with', () => {
    const kinds = rows.map(([kind]) => kind);
    expect(Object.keys(KERNEL_OBJECTS).filter((kind) => !kinds.includes(kind))).toEqual([]);
  });
});

describe('docs/loop.md', () => {
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
    const named =
      '`lib/none.ts`, `native/*/no_*.h`, `docs/loop.md`, `native/*/epoll*.cc`, `lib/X/`';
    expect(lostPaths('README.md', named)).toEqual(['lib/none.ts', 'native/*/no_*.h', 'lib/X/']);
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
