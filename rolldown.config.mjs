// Bundles lib/ to CommonJS with shared chunks, so that every entry point shares
// one instance of the module's state. scripts/build.mjs adds the ES modules and
// the types of each entry; package.json's exports map names them all.
import { join } from 'node:path';
import { defineConfig } from 'rolldown';
import { families, lazyFamilies } from './scripts/lazy.mjs';

/** The package's entry points by their name in dist/. */
export const entries = {
  index: 'lib/faces/index.ts',
  raw: 'lib/raw/index.ts',
  inspect: 'lib/inspect/index.ts',
  node: 'lib/node/index.ts',
  'compat/abstract-socket': 'lib/compat/abstract-socket/index.ts',
  'compat/epoll': 'lib/compat/epoll/index.ts',
  'compat/fs-ext': 'lib/compat/fs-ext/index.ts',
  'compat/node-pty': 'lib/compat/node-pty/index.ts',
  'compat/unix-dgram': 'lib/compat/unix-dgram/index.ts',
  'compat/usocket': 'lib/compat/usocket/index.ts',
};

/** The script of the page of `rawloop compare`: one file for a browser, a library in it. */
export const pageScript = defineConfig({
  input: { 'cli/compare-page': 'lib/cli/measure/compare/page/main.ts' },
  platform: 'browser',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  transform: { target: 'es2022' },
  output: { format: 'iife', entryFileNames: '[name].js', minify: true },
});

/**
 * dns-packet asks for the host's Buffer by `require`, which is none of an ES module's: what is
 * bundled once more would not find it. It is a global of every host that this runs on.
 */
const globalBuffer = {
  name: 'global-buffer',
  transform(code, id) {
    if (!/\/dns-packet\/index\.js$/.test(id)) return null;
    const asked = "const Buffer = require('buffer').Buffer\n";
    if (!code.includes(asked)) throw new Error(`${id}: it asks for Buffer in another way`);
    return { code: code.replace(asked, '\n'), map: null };
  },
};

const shared = defineConfig({
  platform: 'node',
  resolve: { extensionAlias: { '.js': ['.ts'] } },
  transform: { target: 'node20' },
});

/** A file that ncc can read; see its head. */
export const prebuildsFile = defineConfig({
  ...shared,
  input: { 'binding/prebuilds': 'lib/binding/prebuilds.ts' },
  output: { format: 'cjs', entryFileNames: '[name].js' },
});

/**
 * The same as ES modules, for bundlers alone (the condition "module"): they leave out what
 * a program does not use, and need no `require` in what they make. Node itself has one
 * instance by `require` and `import`, that of CommonJS.
 */
export const forBundlers = defineConfig({
  ...shared,
  resolve: {
    ...shared.resolve,
    alias: { './here.js': join(import.meta.dirname, 'lib/binding/here-in-bundle.ts') },
  },
  input: entries,
  plugins: [globalBuffer],
  output: {
    format: 'esm',
    entryFileNames: 'esm/[name].mjs',
    chunkFileNames: 'esm/chunk-[name].mjs',
    codeSplitting: {
      groups: [
        { name: 'raw', test: /\/lib\/(binding|raw)\// },
        { name: 'loop', test: /\/lib\/(?!binding|raw|inspect|compat|node)/ },
      ],
    },
  },
});

const chunks = Object.entries(families).map(([name, file]) => [`chunks/${name}`, file]);

export default defineConfig({
  ...shared,
  external: './prebuilds.js',
  input: {
    ...entries,
    ...Object.fromEntries(chunks),
    // What runs in the threads of `loop.workers`.
    'chunks/worker-thread': 'lib/workers/thread/main.ts',
    'cli/main': 'lib/cli/main.ts',
  },
  plugins: [lazyFamilies(import.meta.dirname), globalBuffer],
  output: {
    dir: 'dist',
    format: 'cjs',
    exports: 'named',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    sourcemap: true,
    // The source map has them; without, there is a third less to read at each start.
    comments: { jsdoc: false, annotation: true, legal: true },
    strict: true,
    // Named after the layers, so that a stack trace tells where it is. Lower ones first: a
    // group takes what it imports along.
    codeSplitting: {
      groups: [
        { name: 'raw', test: /\/lib\/(binding|raw)\// },
        { name: 'loop', test: /\/lib\/(base|poller(?!\/(checked|kqueue)\.ts)|loop|faces)\// },
        { name: 'stream', test: /\/lib\/(stream|socket-options\/(handle|initial|seldom))/ },
        // Processes have streams over descriptors, and hear of SIGCHLD where nothing else tells.
        // They may be given a pty for a terminal.
        {
          name: 'descriptor-stream',
          test: /\/lib\/(descriptor\/(?!index)|pty\/(open|slave)\.ts)/,
        },
        { name: 'signals', test: /\/lib\/process\/(signal|realtime|host-listeners)/ },
        { name: 'endpoint', test: /\/lib\/net\/(endpoint|open)\.ts/ },
        { name: 'unix', test: /\/lib\/unix\// },
        { name: 'requests', test: /\/lib\/pool\/(?!index|fs\/stream(ing|\/))/ },
        { name: 'names', test: /\/lib\/dns\/(errors|lookup-options|names|questions)\.ts/ },
        { name: 'worker-layout', test: /\/lib\/workers\/layout\.ts/ },
        { name: 'jobs', test: /\/lib\/workers\/(?!index|thread\/)/ },
      ],
    },
  },
});
