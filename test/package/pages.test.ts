// The pages in the package: their links lead to files of the package or to the repository,
// which is named in package.json at a release and nowhere else.
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, root, run, userEnv } from './support.js';

const PARTS = [
  ...[
    'package.json',
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'docs',
    'examples',
    'dist',
    'include',
  ],
  ...['scripts', 'native', 'binding.gyp'],
];

/** Packs a copy, without development dependencies to build with; and unpacks that. */
function pack(env: NodeJS.ProcessEnv): { copy: string; unpacked: string } {
  const copy = makeFolder();
  for (const name of PARTS) cpSync(join(root, name), join(copy, name), { recursive: true });
  const cache = { npm_config_cache: join(makeFolder(), 'cache') };
  const { GITHUB_REPOSITORY: _, GITHUB_SERVER_URL: __, ...rest } = userEnv();
  const { status, stdout, stderr } = run('npm', ['pack', '--silent'], copy, {
    ...{ ...rest, ...cache, ...env },
  });
  expect(status, stderr).toBe(0);
  const unpacked = makeFolder();
  run('tar', ['xzf', join(copy, stdout.trim()), '-C', unpacked], copy);
  return { copy, unpacked: join(unpacked, 'package') };
}

function pagesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.md'));
}

/** `{ page, target }` of every link of every page. */
function linksIn(folder: string): { page: string; target: string }[] {
  return pagesIn(folder).flatMap((page) => {
    const text = readFileSync(join(folder, page), 'utf8');
    const found = [...text.matchAll(/\[[^\]]+\]\(([^)\s]+)\)/g)];
    return found.map(([, target = '']) => ({ page, target }));
  });
}

function brokenLinks(folder: string): string[] {
  const broken = linksIn(folder).filter(({ page, target }) => {
    if (/^(https?:|#)/.test(target)) return false;
    const [file = ''] = target.split('#');
    return !existsSync(resolve(folder, dirname(page), file));
  });
  return broken.map(({ page, target }) => `${page}: ${target}`);
}

interface Manifest {
  repository?: { url: string };
  homepage?: string;
  bugs?: { url: string };
  version: string;
}

const manifestOf = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

describe('packed where nobody says what the repository is', () => {
  const { copy, unpacked } = pack({});

  test('no repository is named', () => {
    expect(manifestOf(unpacked)).not.toHaveProperty('repository');
    expect(manifestOf(unpacked)).not.toHaveProperty('homepage');
    expect(manifestOf(unpacked)).not.toHaveProperty('bugs');
  });

  test('every link of a page leads somewhere', () => {
    expect(pagesIn(unpacked).length).toBeGreaterThan(6);
    expect(linksIn(unpacked).length).toBeGreaterThan(10);
    expect(brokenLinks(unpacked)).toEqual([]);
  });

  test('a file that is not in the package is named, not linked', () => {
    const rules = readFileSync(join(unpacked, 'docs/loop.md'), 'utf8');
    expect(rules).toMatch(/phases \(test\/loop\/phases\.test\.ts\): “/);
  });

  test('the checkout is as it was', () => {
    for (const name of ['package.json', 'README.md', 'docs/loop.md']) {
      expect(readFileSync(join(copy, name))).toEqual(readFileSync(join(root, name)));
    }
    expect(existsSync(join(copy, '.cache/prepack'))).toBe(false);
  });
});

describe('packed by the workflow of a forge', () => {
  const env = { GITHUB_REPOSITORY: 'someone/rawloop', GITHUB_SERVER_URL: 'https://forge.example' };
  const { copy, unpacked } = pack(env);

  test('package.json names its repository', () => {
    expect(manifestOf(unpacked)).toMatchObject({
      repository: { type: 'git', url: 'git+https://forge.example/someone/rawloop.git' },
      homepage: 'https://forge.example/someone/rawloop#readme',
      bugs: { url: 'https://forge.example/someone/rawloop/issues' },
    });
    expect(manifestOf(copy)).not.toHaveProperty('repository');
  });

  test('a file that is not in the package is linked there, as of this version', () => {
    const readme = readFileSync(join(unpacked, 'README.md'), 'utf8');
    const { version } = manifestOf(unpacked);
    expect(readme).toContain(
      `[SECURITY.md](https://forge.example/someone/rawloop/blob/v${version}/SECURITY.md)`,
    );
    expect(readme).toContain('(docs/loop.md)');
    expect(brokenLinks(unpacked)).toEqual([]);
  });
});

test('an `npm pack` that was cut short is made good by the next', () => {
  const copy = makeFolder();
  for (const name of PARTS) cpSync(join(root, name), join(copy, name), { recursive: true });
  const dress = (env: NodeJS.ProcessEnv, what = 'dress') =>
    run(
      process.execPath,
      ['--input-type=module', '-e', `(await import('./scripts/pack/dress.mjs')).${what}()`],
      copy,
      userEnv(env),
    );
  dress({ GITHUB_REPOSITORY: 'someone/rawloop' });
  expect(manifestOf(copy)).toHaveProperty('repository');
  dress({ GITHUB_REPOSITORY: '' });
  expect(manifestOf(copy)).not.toHaveProperty('repository');
  dress({}, 'undress');
  expect(readFileSync(join(copy, 'README.md'))).toEqual(readFileSync(join(root, 'README.md')));
});
