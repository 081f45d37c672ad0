// The packed package on a machine without a compiler: packed from what is built,
// installed by npm without scripts, and its echo examples run by each runtime.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from '../project.mjs';
import { runProgram } from './run.mjs';

const PACKED = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'docs', 'dist'];
const ECHO = ['echo-guest.mjs', 'echo-owned.cjs'];

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function prebuildName() {
  if (process.platform !== 'linux') return 'rawloop.node';
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime === undefined ? 'rawloop.musl.node' : 'rawloop.glibc.node';
}

/** A project with the tarball installed: `{ project, folder, env, remove() }`. */
export function installTarball() {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-runtimes-'));
  const stage = join(folder, 'stage');
  const project = join(folder, 'project');
  mkdirSync(stage);
  mkdirSync(join(project, 'examples'), { recursive: true });
  for (const name of PACKED.filter((part) => existsSync(join(root, part)))) {
    cpSync(join(root, name), join(stage, name), { recursive: true });
  }
  const platform = `${process.platform}-${process.arch}`;
  const prebuild = join(stage, 'prebuilds', platform, prebuildName());
  mkdirSync(dirname(prebuild), { recursive: true });
  cpSync(join(root, 'build/Release/rawloop.node'), prebuild);
  const tarball = npm(stage, 'pack', '--silent', '--ignore-scripts').trim();
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }');
  const options = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund'];
  npm(project, 'install', ...options, join(stage, tarball));
  for (const name of ECHO) cpSync(join(root, 'examples', name), join(project, 'examples', name));
  return {
    project,
    folder,
    env: bareEnv(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A PATH of one shell, so that nothing can compile or download. */
function bareEnv(folder) {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  symlinkSync('/bin/sh', join(bin, 'sh'));
  const home = join(folder, 'home');
  mkdirSync(home);
  return { PATH: bin, HOME: home, TMPDIR: home, NO_COLOR: '1' };
}

/** Runs the echo examples; counts as a suite does. */
export async function runEcho({ project, env }, path, args) {
  const counts = { passed: 0, failed: 0, skipped: 0, output: '' };
  for (const name of ECHO) {
    const file = join(project, 'examples', name);
    const { code, signal, output } = await runProgram(path, [...args, file], { cwd: project, env });
    counts[code === 0 ? 'passed' : 'failed'] += 1;
    if (code !== 0) counts.output += `${name} ended with ${signal ?? code}\n${output}`;
  }
  return counts;
}
