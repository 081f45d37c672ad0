#!/usr/bin/env node
// clang-tidy with the flags that cmake knows: `clang-tidy.mjs <folder> <sources>`.
// An option of the developer's machine: CI has none and says so.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, run, tool } from '../project.mjs';

const [folder, ...sources] = process.argv.slice(2);

run(tool('cmake-js'), ['configure', '--out', folder, '--CDCMAKE_EXPORT_COMPILE_COMMANDS=ON']);
// The sources of other systems are not compiled here.
const commands = JSON.parse(readFileSync(join(folder, 'compile_commands.json'), 'utf8'));
const compiled = new Set(commands.map(({ file }) => relative(join(root, 'native'), file)));
execFileSync(
  'clang-tidy',
  [
    '-p',
    folder,
    '--quiet',
    '--checks=-*,bugprone-*,performance-*,-bugprone-easily-swappable-parameters',
    '--warnings-as-errors=*',
    ...sources.filter((name) => compiled.has(name)).map((name) => join(root, 'native', name)),
  ],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
