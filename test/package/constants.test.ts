// The lists of names that the tables of constants are made of: what the script makes of a
// line, and that each name that this system has arrived in `constants`.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { constants } from '../../lib/raw/index.js';
import { root } from './support.js';

const { generate } = createRequire(import.meta.url)(
  join(root, 'native/constants/generate.cjs'),
) as { generate(text: string, source: string): string };

const folder = join(root, 'native/constants/names');
const files = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

function namesIn(text: string): string[] {
  const lines = text.split('\n').filter((line) => line !== '' && !/^(\/\/|#)/.test(line));
  return lines.map((line) => line.replace(/ = .*/, '')).filter((line) => line !== 'unsigned');
}

test('a name is in one list only', () => {
  const names = files.flatMap(({ text }) => namesIn(text));
  expect(names.length).toBeGreaterThan(400);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('`constants` has no name that the lists lack', () => {
  const names = new Set(files.flatMap(({ text }) => namesIn(text)));
  expect(Object.keys(constants).filter((name) => !names.has(name))).toEqual([]);
});

test('a name is left out where it is no macro; an expression never is', () => {
  const made = generate('// Head.\n#include <a.h>\n\nONE\nTWO = kTwo\nunsigned\nTHREE\n', 'a.txt');
  expect(made).toContain('// Head.\n#include <a.h>\n');
  const rows = /kConstants\[\] = \{\n(.*)\n {4}\{nullptr, 0\},/s.exec(made)?.[1];
  expect(rows?.split('\n')).toEqual([
    '#ifdef ONE',
    '    {"ONE", static_cast<double>(ONE)},',
    '#endif',
    '    {"TWO", static_cast<double>(kTwo)},',
    '#ifdef THREE',
    '    {"THREE", static_cast<double>(static_cast<uint32_t>(THREE))},',
    '#endif',
  ]);
});

test('a line that is no name is an error', () => {
  expect(() => generate('ONE, TWO\n', 'a.txt')).toThrow("no name: 'ONE, TWO'");
});

const hasCompiler = spawnSync('c++', ['--version']).error === undefined;

// As the compiler's preprocessor tells, without anything of the addon.
test.skipIf(!hasCompiler || process.platform !== 'linux')(
  'every name that the headers define is there, and no other',
  () => {
    const defined = new Set<string>();
    for (const { name, text } of files.filter(({ name }) => !name.startsWith('kqueue'))) {
      // What has an expression is there whatever the headers have.
      for (const [, one = ''] of text.matchAll(/^(\w+) = /gm)) defined.add(one);
      const includes = text.split('\n').filter((line) => line.startsWith('#include <'));
      const asks = namesIn(text).map((one) => `#ifdef ${one}\n"${one}"\n#endif`);
      const args = ['-x', 'c++', '-std=c++17', '-E', '-P', '-'];
      const input = `${[...includes, ...asks].join('\n')}\n`;
      const { stdout, status } = spawnSync('c++', args, { input, encoding: 'utf8' });
      expect([name, status]).toEqual([name, 0]);
      for (const [, one = ''] of stdout.matchAll(/^"(\w+)"$/gm)) defined.add(one);
    }
    const found = Object.keys(constants).filter((name) => !/^(EV_|EVFILT_|NOTE_)/.test(name));
    expect(found.sort()).toEqual([...defined].sort());
  },
);
