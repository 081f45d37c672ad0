#!/usr/bin/env node
// Builds everything: `node scripts/build.mjs [native] [js]`, default both.
//   native  the addon, by node-gyp (incremental: a second run takes a second)
//   js      dist/: CommonJS by rolldown, thin ES modules that re-export it (so
//           that there is one instance however it is loaded), types by tsc
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

function run(packageBin, args) {
  execFileSync(process.execPath, [packageBin, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Headers beside this very node: nothing is downloaded when they are there. */
function headerArgs() {
  const folder = resolve(process.execPath, '../..');
  return existsSync(join(folder, 'include/node/node_api.h')) ? [`--nodedir=${folder}`] : [];
}

function buildNative() {
  const nodeGyp = join(dirname(require.resolve('node-gyp/package.json')), 'bin/node-gyp.js');
  const options = ['--silent', '--jobs=max', ...headerArgs()];
  run(nodeGyp, ['configure', 'build', ...options, ...process.argv.filter((arg) => arg.startsWith('--'))]);
}

async function buildJs() {
  const { rolldown } = await import('rolldown');
  const { default: config, entries } = await import('../rolldown.config.mjs');
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const bundle = await rolldown({ ...config, cwd: root });
  const { output } = await bundle.write({ ...config.output, dir: join(root, 'dist') });
  await bundle.close();
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  run(tsc, ['-p', 'tsconfig.build.json']);
  mkdirSync(join(root, 'dist'), { recursive: true });
  for (const entry of entries) {
    const chunk = output.find(({ fileName }) => fileName === `${entry}.cjs`);
    writeEntry(entry, chunk.exports.filter((name) => name !== 'default'));
  }
}

function writeEntry(entry, names) {
  const source = entry === 'index' ? 'index' : `${entry}/index`;
  const list = names.sort().join(',\n  ');
  const write = (file, text) => writeFileSync(join(root, 'dist', file), text);
  write(`${entry}.mjs`, `import cjs from './${entry}.cjs';\nexport const {\n  ${list},\n} = cjs;\n`);
  write(`${entry}.d.cts`, `export * from './types/${source}.js';\n`);
  write(`${entry}.d.mts`, `export * from './types/${source}.js';\n`);
}

const parts = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const unknown = parts.filter((part) => part !== 'native' && part !== 'js');
if (unknown.length > 0) {
  console.error(`build: unknown part '${unknown[0]}': use native, js or nothing for both`);
  process.exit(2);
}
if (parts.length === 0 || parts.includes('native')) buildNative();
if (parts.length === 0 || parts.includes('js')) await buildJs();
