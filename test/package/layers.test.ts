// Imports of lib/ point down only, to the same folder or a lower layer, never in a circle,
// and never out of lib/ but to Node's own modules. The table is the order of
// docs/architecture. Type imports count: who reads a file has to know what it names.
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
  ['socket options', 'socket-options/'],
  ['stream', 'stream/', 'unix/'],
  // Files are streams as well.
  ['pool', 'pool/'],
  ['families', 'watch/', 'net/', 'process/', 'descriptor/', 'workers/', 'paths/'],
  // A master is a stream over a descriptor.
  ['pty', 'pty/'],
  // UDP has its addresses, and the way it opens sockets, from TCP's.
  // What is compressed is a job of workers, and so is what OpenSSL on the pool cannot do. What a
  // process has for stdin and stdout are streams over descriptors, and its end may be a signal; so are terminals, which hear signals.
  ['datagram, zlib, spawn, terminal', 'datagram/', 'zlib/', 'host-crypto/', 'spawn/', 'terminal/'],
  // It joins streams of both families.
  ['relay', 'relay/'],
  // Questions to name servers go by both.
  ['dns', 'dns/'],
  // The families come together in EventLoop.
  ['faces', 'faces/'],
  ['adapters', 'inspect/', 'models/', 'node/', 'compat/'],
  // The entry point has the models as well, which make use of the default loop.
  ['entry', 'faces/index.ts'],
  ['cli', 'cli/'],
];

const lib = join(root, 'lib');

/** The folder or file of the table that `file` belongs to: a file's own place counts first. */
function placeOf(file: string): string | undefined {
  const path = relative(lib, file);
  const places = LAYERS.flatMap(([, ...all]) => all);
  return (
    places.find((place) => path === place) ??
    places.find((place) => place.endsWith('/') && path.startsWith(place))
  );
}

function layerOf(file: string): number {
  const place = placeOf(file);
  return LAYERS.findIndex(([, ...places]) => place !== undefined && places.includes(place));
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

test('folders side by side in a layer do not import each other', () => {
  const sideways = inside.filter((each) => {
    const [from, to] = [each.from, targetOf(each)];
    return layerOf(from) === layerOf(to) && placeOf(from) !== placeOf(to);
  });
  expect(sideways.map(tell)).toEqual([]);
});

/** Groups of more than one node, each of which leads to all others of its group; Tarjan's. */
function circles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string): number => {
    let low = order.size;
    order.set(node, low);
    const own = low;
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) ?? low);
    }
    if (low === own) {
      const group = stack.splice(stack.indexOf(node));
      if (group.length > 1) found.push(group.sort());
    }
    return low;
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found;
}

test('no circle among imports, type imports counted', () => {
  const edges = new Map(files.map((file): [string, string[]] => [relative(lib, file), []]));
  for (const each of inside) {
    edges.get(relative(lib, each.from))?.push(relative(lib, targetOf(each)));
  }
  expect(circles(edges)).toEqual([]);
});

test('a circle would be found', () => {
  const edges = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['e']],
    ['e', []],
  ]);
  expect(circles(edges)).toEqual([['a', 'b', 'c']]);
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
  // What asks name servers has the reader of their messages in it, in dist/.
  const asking = imports.filter(({ from }) => relative(lib, from).startsWith('dns/'));
  expect(asking.filter(({ specifier }) => !/^(\.|node:|dns-packet$)/.test(specifier))).toEqual([]);
  const others = imports.filter(
    (each) => !page.includes(each) && !asking.includes(each) && !/^(\.|node:)/.test(each.specifier),
  );
  expect(others.map(tell)).toEqual([]);
});
