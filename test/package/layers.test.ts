// Imports of lib/ point down only, to the same layer or a lower one, and never out
// of lib/ but to Node's own modules. The table is the order of docs/architecture.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './support.js';

/** Lowest first: a layer's name and its folders and files below lib/. */
const LAYERS: readonly (readonly [string, ...string[]])[] = [
  ['base', 'base/'],
  ['binding', 'binding/'],
  ['raw', 'raw/'],
  ['poller', 'poller/'],
  ['loop', 'loop/'],
  ['stream, pool', 'stream/', 'pool/', 'net/'],
  ['families', 'watch/', 'process/'],
  // The families come together in EventLoop.
  ['faces', 'faces/', 'models/'],
  ['adapters', 'inspect/'],
  ['cli', 'cli/'],
];

const lib = join(root, 'lib');

function layerOf(file: string): number {
  const path = relative(lib, file);
  return LAYERS.findIndex(([, ...places]) =>
    places.some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place)),
  );
}

interface Import {
  from: string;
  specifier: string;
}

/** Static, dynamic and type imports, and re-exports. */
function importsOf(file: string): Import[] {
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(['"])([^'"]+)\1/g;
  return [...code.matchAll(pattern)].map(([, , specifier = '']) => ({ from: file, specifier }));
}

const files = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(lib, name));
const imports = files.flatMap(importsOf);
const inside = imports.filter(({ specifier }) => specifier.startsWith('.'));

const targetOf = ({ from, specifier }: Import) =>
  resolve(dirname(from), specifier).replace(/\.js$/, '.ts');
const tell = ({ from, specifier }: Import) => `${relative(root, from)} imports ${specifier}`;

test('every file of lib/ has a layer', () => {
  expect(files.filter((file) => layerOf(file) < 0).map((file) => relative(root, file))).toEqual([]);
});

test('the imports are found at all', () => {
  expect(inside.length).toBeGreaterThan(files.length);
});

test('relative imports lead to files of lib/', () => {
  const known = new Set(files);
  expect(inside.filter((each) => !known.has(targetOf(each))).map(tell)).toEqual([]);
});

test('imports point down only', () => {
  const upward = inside.filter((each) => layerOf(each.from) < layerOf(targetOf(each)));
  expect(upward.map(tell)).toEqual([]);
});

test('the binding is loaded in one place', () => {
  const loading = inside.filter((each) => targetOf(each).endsWith('binding/load.ts'));
  expect(loading.map(tell)).toEqual(['lib/binding/index.ts imports ./load.js']);
});

test('lib/ imports nothing else than itself and node: modules', () => {
  // What is bundled for a browser has the chart library in it, and nothing of Node's.
  const page = imports.filter(({ from }) =>
    relative(lib, from).startsWith('cli/measure/compare/page/'),
  );
  const foreign = page.filter(({ specifier }) => !/^(\.|chart\.js$)/.test(specifier));
  expect(foreign.map(tell)).toEqual([]);
  const others = imports.filter(
    (each) => !page.includes(each) && !/^(\.|node:)/.test(each.specifier),
  );
  expect(others.map(tell)).toEqual([]);
});
