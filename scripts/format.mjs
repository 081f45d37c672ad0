#!/usr/bin/env node
// One form for all code: `node scripts/format.mjs` says what differs and fails,
// with `--write` it changes it. Biome for TypeScript, JavaScript and JSON;
// clang-format for C and C++.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, tool } from './project.mjs';

const write = process.argv.includes('--write');

function nativeFiles() {
  const found = ['native', 'bench/native', 'test', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)),
  );
  return found.filter((name) => /\.(cc|c|h)$/.test(name)).sort();
}

function succeeds(script, args) {
  try {
    run(script, args);
    return true;
  } catch {
    return false;
  }
}

const clangFormat = write ? ['-i'] : ['--dry-run', '-Werror'];
// `check` without the linter: the order of imports is a matter of form as well.
const biome = ['check', '--linter-enabled=false', ...(write ? ['--write'] : [])];
const results = [
  succeeds(tool('@biomejs/biome', 'biome'), biome),
  succeeds(tool('clang-format'), [...clangFormat, ...nativeFiles()]),
];
if (results.includes(false)) {
  if (!write) console.error('format: npm run format changes what differs');
  process.exit(1);
}
