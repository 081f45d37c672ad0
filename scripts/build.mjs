#!/usr/bin/env node
// Builds everything: `node scripts/build.mjs [native] [js]`, default both.
//   native  the addon, by node-gyp (incremental: a second run takes a second);
//           options (`--debug`) are passed on to it
//   js      dist/: CommonJS by rolldown, thin ES modules that re-export it (so
//           that there is one instance however it is loaded), real ES modules for
//           bundlers, types by tsc
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { removeStalePrebuilds } from './prebuilds.mjs';
import { headerEnv, root, run, tool } from './project.mjs';

function buildNative(options) {
  // cmake-js shares build/ and takes its cache as a sign that it is configured.
  rmSync(join(root, 'build/CMakeCache.txt'), { force: true });
  run(tool('node-gyp'), ['configure', 'build', '--silent', '--jobs=max', ...options], {
    env: headerEnv(),
  });
  removeStalePrebuilds();
}

async function buildJs() {
  const { rolldown } = await import('rolldown');
  const { default: config, entries, ...others } = await import('../rolldown.config.mjs');
  // Built beside and put in place at once: a process that loads dist/ meanwhile
  // sees the old one or the new one.
  const fresh = join(root, `.dist-${process.pid}`);
  try {
    const bundleTo = async ({ output, ...input }) => {
      const bundle = await rolldown({ ...input, cwd: root });
      const written = await bundle.write({ ...output, dir: fresh });
      await bundle.close();
      return written;
    };
    const { output } = await bundleTo(config);
    for (const other of Object.values(others)) await bundleTo(other);
    run(tool('typescript', 'tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(fresh, 'types')]);
    dropImplements(join(fresh, 'types'));
    for (const [entry, source] of Object.entries(entries)) {
      const chunk = output.find(({ fileName }) => fileName === `${entry}.cjs`);
      const lazy = entry === 'index' ? config.plugins[0].api.lazyNames() : [];
      writeEntry(fresh, entry, source, [...chunk.exports, ...lazy]);
    }
    chmodSync(join(fresh, 'cli/main.cjs'), 0o755);
    putInPlace(fresh, join(root, 'dist'));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/**
 * Types as published do not say what a class implements: members that are @internal are not
 * in them, and an interface with such members would be a complaint of the user's compiler.
 */
function dropImplements(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const without = text.replace(/^(export declare .*class .*) implements [^{]+ \{/gm, '$1 {');
    if (without !== text) writeFileSync(join(folder, name), without);
  }
}

function writeEntry(folder, entry, source, exported) {
  const names = exported.filter((name) => name !== 'default').sort();
  const up = entry.includes('/') ? '../' : './';
  const types = source.replace(/^lib\//, `${up}types/`).replace(/\.ts$/, '.js');
  // Handles have [Symbol.dispose]; a project on an older `lib` lacks its type.
  const declarations = `/// <reference lib="esnext.disposable" />\nexport * from '${types}';\n`;
  const write = (suffix, text) => writeFileSync(join(folder, `${entry}${suffix}`), text);
  write(
    '.mjs',
    `import cjs from './${basename(entry)}.cjs';\nexport const {\n  ${names.join(',\n  ')},\n} = cjs;\n`,
  );
  write('.d.cts', declarations);
  write('.d.mts', declarations);
}

function putInPlace(fresh, target) {
  const old = `${fresh}-old`;
  mkdirSync(target, { recursive: true });
  renameSync(target, old);
  renameSync(fresh, target);
  rmSync(old, { recursive: true, force: true });
}

const args = process.argv.slice(2);
const options = args.filter((arg) => arg.startsWith('--'));
const parts = args.filter((arg) => !arg.startsWith('--'));
const unknown = parts.find((part) => part !== 'native' && part !== 'js');
if (unknown !== undefined) {
  console.error(`build: unknown part '${unknown}': use native, js or nothing for both`);
  process.exit(2);
}
if (!existsSync(join(root, 'node_modules'))) {
  console.error('build: the development dependencies are missing: npm ci');
  process.exit(2);
}
if (parts.length === 0 || parts.includes('native')) buildNative(options);
if (parts.length === 0 || parts.includes('js')) await buildJs();
