// A plugin of the build: what the loop's face takes from families becomes files of their
// own in dist/chunks, which are required when they are first used.
//
// The sources stay plain ES modules, which run as they are. Four files are changed as they
// are bundled: lib/faces/families.ts and the two of LISTS beside it, whose functions require
// instead of import, and the entry point, whose values of families become getters of `exports`.
// Every path is a literal in a `require`, so that other bundlers see through it.
import { dirname, posix } from 'node:path';

/** The files in dist/chunks by name, and what is in them. */
export const families = {
  checked: 'lib/poller/checked.ts',
  kqueue: 'lib/poller/kqueue.ts',
  datagram: 'lib/datagram/index.ts',
  dns: 'lib/dns/index.ts',
  resolver: 'lib/dns/resolver.ts',
  descriptor: 'lib/descriptor/index.ts',
  'host-crypto': 'lib/host-crypto/index.ts',
  models: 'lib/models/thread-per-connection.ts',
  net: 'lib/net/index.ts',
  paths: 'lib/paths/index.ts',
  pool: 'lib/pool/index.ts',
  process: 'lib/process/index.ts',
  pty: 'lib/pty/index.ts',
  relay: 'lib/relay/index.ts',
  spawn: 'lib/spawn/index.ts',
  streaming: 'lib/pool/fs/streaming.ts',
  'socket-options': 'lib/socket-options/index.ts',
  terminal: 'lib/terminal/index.ts',
  watch: 'lib/watch/index.ts',
  workers: 'lib/workers/index.ts',
  zlib: 'lib/zlib/index.ts',
};

/** The files whose functions give what they import. */
const LISTS = [
  'lib/faces/families.ts',
  'lib/dns/seldom.ts',
  'lib/poller/seldom.ts',
  'lib/pool/fs/seldom.ts',
  'lib/socket-options/seldom.ts',
];
const ENTRY = 'lib/faces/index.ts';
/** Stands for the path of a family, until it is known where it is asked for. */
const PLACE = 'family:';

const IMPORT = /^import \* as (\w+) from '(?:\.\.\/([\w-]+)\/index|\.\/(\w+))\.js';$/gm;
const FUNCTION = /^export const (\w+) = \(\) => (\w+);$/gm;
const EXPORT = /^export \{([^}]*)\} from '\.\.\/(\w+)\/index\.js';$/gm;

/** Each function of such a list: `let` what is loaded, and load it once. */
function lazyFunctions(code, list) {
  const known = new Map(
    [...code.matchAll(IMPORT)].map(([, name, folder, file]) => [name, folder ?? file]),
  );
  const rest = code
    .replace(/^\/\/.*$/gm, '')
    .replace(IMPORT, '')
    .replace(FUNCTION, '')
    .trim();
  if (rest !== '') throw new Error(`${list}: this would not be loaded on first use:\n${rest}`);
  return [...code.matchAll(FUNCTION)]
    .map(([, name, namespace]) => {
      const family = known.get(namespace);
      if (!(family in families)) throw new Error(`${list}: ${name}() is no family of lazy.mjs`);
      return `let $${name};\nexport const ${name} = () => ($${name} ??= require('${PLACE}${family}'));\n`;
    })
    .join('');
}

/** The entry point without the values of families, and those. */
function withoutFamilies(code) {
  const names = new Map();
  const left = code.replace(EXPORT, (all, list, family) => {
    if (!(family in families)) return all;
    // A list of several lines ends with a comma.
    for (const name of list.match(/\w+/g)) names.set(name, family);
    return '';
  });
  return { left, names };
}

/** Getters of `exports`, by the names of what they give. */
function getters(names) {
  const lines = [...names].map(
    ([name, family]) => `lazily('${name}', () => require('${PLACE}${family}'));`,
  );
  return `
const lazily = (name, load) =>
  Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] });
${lines.join('\n')}
`;
}

/** @param {string} root the checkout */
export function lazyFamilies(root) {
  /** What the entry point gives of families. */
  let names = new Map();
  return {
    name: 'lazy-families',
    resolveId: (source) => (source.startsWith(PLACE) ? { id: source, external: true } : null),
    transform(code, id) {
      const list = LISTS.find((file) => id === posix.join(root, file));
      if (list !== undefined) return { code: lazyFunctions(code, list), map: null };
      if (id !== posix.join(root, ENTRY)) return null;
      const { left, names: found } = withoutFamilies(code);
      names = found;
      return { code: left, map: null };
    },
    renderChunk(code, chunk) {
      const isEntry = chunk.facadeModuleId === posix.join(root, ENTRY);
      const all = isEntry ? code + getters(names) : code;
      if (!all.includes(PLACE)) return null;
      const from = dirname(chunk.fileName);
      const place = (_, family) => {
        const path = posix.relative(from, `chunks/${family}.cjs`);
        return path.startsWith('.') ? path : `./${path}`;
      };
      return { code: all.replace(/family:([\w-]+)/g, place), map: null };
    },
    /** The names that an entry has beside those of its chunk. */
    api: { lazyNames: () => [...names.keys()] },
  };
}
