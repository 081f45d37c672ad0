#!/usr/bin/env node
// `npm run test:types`: the package's types in the eyes of the compilers that users have,
// from the oldest supported to the newest, and in each way of resolving a package. What the
// project's own compiler says is a test of `npm test` (types.test.ts).
// Exit code 1 when one of them complains; 77 when the older ones could not be fetched.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installTools } from './bundles/tools.mjs';
import { root } from './project.mjs';
import { installTarball } from './runtimes/tarball.mjs';
import { cases, compile, linkNodeTypes, placeOverrides } from './types/compile.mjs';

/** Oldest supported, the last two of the compiler in JavaScript; the project has the newest. */
const compilers = {
  'typescript-5.2': 'npm:typescript@5.2.2',
  'typescript-5.9': 'npm:typescript@5.9.3',
  'typescript-6.0': 'npm:typescript@6.0.3',
};

if (!existsSync(join(root, 'dist/index.d.cts'))) {
  console.error('test:types: the package is not built: npm run build');
  process.exit(2);
}
let tools;
try {
  tools = await installTools(compilers);
} catch ({ message }) {
  console.log(message);
  process.exit(77);
}
const folders = Object.keys(compilers).map((name) => join(tools, 'node_modules', name));
let passed = 0;
let failed = 0;

async function check(folder, project) {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const major = Number(version.split('.')[0]);
  for (const each of cases.filter(({ own, until = 99 }) => !own && major < until)) {
    const output = await compile(join(folder, 'bin/tsc'), project, each, version);
    if (output === '') passed += 1;
    else failed += 1;
    console.log(`${output === '' ? 'ok    ' : 'FAILED'}  TypeScript ${version}, ${each.name}`);
    if (output !== '') console.log(output.trimEnd().replace(/^/gm, '    | '));
  }
}

const { project, remove } = installTarball();
try {
  linkNodeTypes(project);
  placeOverrides(project);
  await Promise.all(folders.map((folder) => check(folder, project)));
} finally {
  remove();
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
