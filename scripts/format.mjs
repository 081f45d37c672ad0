#!/usr/bin/env node
// One form for all code: `node scripts/format.mjs` says what differs and fails,
// with `--write` it changes it. Biome for TypeScript, JavaScript and JSON;
// clang-format for C and C++, whose package has binaries for x64 alone: elsewhere it
// says that C++ was not looked at.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

function formatNative(options) {
  const platform = `${process.platform}-${process.arch}`;
  const script = tool('clang-format');
  if (!existsSync(join(dirname(script), 'bin', platform.replace('-', '_')))) {
    console.log(`skipped: clang-format has no binary for ${platform}: C++ is checked on x64`);
    return true;
  }
  return succeeds(script, [...options, ...nativeFiles()]);
}

const clangFormat = write ? ['-i'] : ['--dry-run', '-Werror'];
// `check` without the linter: the order of imports is a matter of form as well.
const biome = ['check', '--linter-enabled=false', ...(write ? ['--write'] : [])];
const results = [succeeds(tool('@biomejs/biome', 'biome'), biome), formatNative(clangFormat)];
if (results.includes(false)) {
  if (!write) console.error('format: npm run format changes what differs');
  process.exit(1);
}
