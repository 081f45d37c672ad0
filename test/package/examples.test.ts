// The programs that the documentation shows are type-checked as a user's are: strict, with
// the libraries (no skipLibCheck). `npm run examples` runs them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, root, run } from './support.js';

const { linkNodeTypes } = (await import(join(root, 'scripts/types/compile.mjs'))) as {
  linkNodeTypes(project: string): void;
};

const SUFFIXES: Readonly<Record<string, [string, string]>> = {
  js: ['.cjs', '.mjs'],
  ts: ['.cts', '.mts'],
};

/** Blocks that are programs of the package: `{ name, code }`, the name as a file's. */
function programsOf(page: string): { name: string; code: string }[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```(js|ts)\b[^\n]*\n(.*?)^```$/gms)].flatMap((match) => {
    const [, language = '', code = ''] = match;
    if (!/(require\(|from )'rawloop/.test(code)) return [];
    const line = text.slice(0, match.index).split('\n').length;
    const suffix = SUFFIXES[language]?.[/\brequire\(/.test(code) ? 0 : 1];
    return [{ name: `${page.replace(/\W/g, '-')}-line-${line}${suffix}`, code }];
  });
}

const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const programs = ['README.md', ...docs.map((name) => `docs/${name}`)].flatMap(programsOf);

test('there are programs in the README', () => {
  expect(programs.filter(({ name }) => name.startsWith('README')).length).toBeGreaterThan(2);
});

test('each compiles', () => {
  const { project } = makeProject();
  linkNodeTypes(project);
  const folder = join(project, 'programs');
  mkdirSync(folder);
  for (const { name, code } of programs) writeFileSync(join(folder, name), code);
  const compilerOptions = {
    ...{ module: 'node16', moduleResolution: 'node16', target: 'es2022', noEmit: true },
    ...{ lib: ['es2022'], types: ['node'], allowJs: true, checkJs: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
  };
  const files = programs.map(({ name }) => name);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  expect(run(process.execPath, [tsc, '-p', folder], folder).stdout).toBe('');
});
