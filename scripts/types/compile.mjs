// Compiles a program of a user against the package's types, in a project of its own: by any
// compiler, in each way in which TypeScript resolves a package. The libraries are checked
// too (no skipLibCheck).
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { runProgram } from '../runtimes/run.mjs';

const esm = { module: 'esnext', target: 'es2022' };

/**
 * `until`: the major of TypeScript that no longer has it. `own`: for the project's compiler
 * alone. `config`: beside what all have.
 */
export const cases = [
  {
    name: 'node10',
    until: 7,
    file: 'program.ts',
    config: { module: 'commonjs', moduleResolution: 'node' },
  },
  {
    name: 'node16, CommonJS',
    file: 'program.cts',
    config: { module: 'node16', moduleResolution: 'node16' },
  },
  {
    name: 'node16, ES module',
    file: 'program.mts',
    config: { module: 'node16', moduleResolution: 'node16' },
  },
  {
    name: 'nodenext',
    own: true,
    file: 'program.mts',
    config: { module: 'nodenext', moduleResolution: 'nodenext' },
  },
  { name: 'bundler', file: 'program.ts', config: { ...esm, moduleResolution: 'bundler' } },
  {
    name: 'bundler, without the types of Node',
    own: true,
    file: 'program.ts',
    config: { ...esm, moduleResolution: 'bundler', types: [], lib: ['es2022', 'dom'] },
  },
];

/** Puts the types of Node, which the development dependencies have, into a project. */
export function linkNodeTypes(project) {
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'dir');
  }
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
}

/**
 * Puts `compat/NAME` in the place of the packages, as an override does: the one a link to where rawloop
 * is, as npm makes of a dependency by its path, the next a copy of the folder, as others make.
 */
export function placeOverrides(project) {
  const modules = join(project, 'node_modules');
  const folders = join(modules, 'rawloop/compat');
  for (const [i, name] of readdirSync(folders).entries()) {
    const [from, to] = [join(folders, name), join(modules, name)];
    if (i % 2 === 0) symlinkSync(from, to, 'dir');
    else cpSync(from, to, { recursive: true });
  }
}

/**
 * What the compiler says; '' when nothing.
 *
 * @param tsc the compiler's script
 * @param project a folder with the package and the types of Node in node_modules
 * @param version of the compiler
 */
export async function compile(tsc, project, { name, file, config }, version) {
  const [major, minor] = version.split('.').map(Number);
  const folder = join(project, `${version}-${name.replace(/\W+/g, '-')}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const files = [[file, 'program.ts']];
  if (major > 5 || minor >= 9) files.push([file.replace('program', 'self'), 'self-reference.ts']);
  if (config.types === undefined) {
    files.push([file.replace('program', 'node-streams'), 'node-streams.ts']);
    files.push([file.replace('program', 'compat'), 'compat.ts']);
  }
  for (const [to, from] of files) cpSync(join(root, 'scripts/types', from), join(folder, to));
  const compilerOptions = {
    ...{ target: 'es2022', lib: ['es2022'], types: ['node'], noEmit: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
    ...(major === 6 && name === 'node10' ? { ignoreDeprecations: '6.0' } : {}),
    ...config,
  };
  const names = files.map(([to]) => to);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: names }));
  const { code, output } = await runProgram(process.execPath, [tsc, '-p', folder], { cwd: folder });
  return code === 0 ? output : output || `it ended with ${code}`;
}
