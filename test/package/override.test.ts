// What an override puts in the place of a package (docs/moving.md): as Node loads it, and in a
// bundle, whose tool takes the ES modules of rawloop for it. Tried with `module.exports = require(…)`
// in those folders: by esbuild and webpack `import dgram from 'unix-dgram'` was undefined, and the
// last test here fails.
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { beforeAll, expect, test } from 'vitest';
import {
  makeFolder,
  makeProject,
  place,
  prebuildPath,
  root,
  run,
  runScript,
  userEnv,
} from './support.js';

const { project, packageFolder } = makeProject();
/** Each with what it has to have. */
const PACKAGES = {
  'abstract-socket': 'connect',
  epoll: 'Epoll',
  'fs-ext': 'flockSync',
  'node-pty': 'spawn',
  'unix-dgram': 'createSocket',
  usocket: 'USocket',
};
const names = Object.entries(PACKAGES);
const modules = names.map(
  ([name, member], i) => `
    import all${i}, { ${member} as named${i} } from '${name}';
    import * as space${i} from '${name}';
    told.push(all${i}?.${member} === named${i}, space${i}.${member} === named${i}, typeof named${i});`,
);
const PROGRAM = `const told = [];${modules.join('')}\nconsole.log(told.join());`;
const EXPECTED = names.map(() => 'true,true,function').join();

beforeAll(() => {
  for (const [name] of names) {
    const folder = join(project, 'node_modules', name);
    cpSync(join(root, 'compat', name), folder, { recursive: true });
  }
  place(prebuildPath(packageFolder));
  // Where a bundle looks.
  place(prebuildPath(project));
});

test('by import it is what it is by require', () => {
  const program = join(project, 'program.mjs');
  writeFileSync(program, PROGRAM);
  const { stdout, stderr } = run(process.execPath, [program], project, userEnv());
  expect({ stdout, stderr }).toEqual({ stdout: `${EXPECTED}\n`, stderr: '' });
});

test('also in a bundle', async () => {
  const input = join(project, 'program.js');
  writeFileSync(input, PROGRAM);
  const build = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  const file = join(project, 'bundle.cjs');
  await build.write({ format: 'cjs', file });
  await build.close();
  const { stdout, stderr } = run(process.execPath, [file], project, userEnv());
  expect({ stdout, stderr }).toEqual({ stdout: `${EXPECTED}\n`, stderr: '' });
});

test.each(names)('%s is no ES module, also where rawloop is marked as one', (name, member) => {
  const folder = makeFolder();
  const modules = join(folder, 'node_modules');
  cpSync(join(root, 'compat', name), join(modules, name), { recursive: true });
  const rawloop = join(modules, 'rawloop/compat', name);
  mkdirSync(rawloop, { recursive: true });
  // As esbuild and webpack have an ES module for who requires it.
  const mark = `Object.defineProperty(exports, '__esModule', { value: true });`;
  writeFileSync(join(rawloop, 'index.js'), `${mark} exports.${member} = 1;`);
  const script = `const all = require('${name}'); console.log(all.__esModule, all.${member});`;
  expect(runScript(script, folder).stdout).toBe('undefined 1\n');
});
