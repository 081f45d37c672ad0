// The packed package on a machine without a compiler: packed from what is built,
// installed by npm without scripts, and some examples run by each runtime.
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
import { badEnd, runProgram } from './run.mjs';

const PACKED = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'compat', 'docs', 'dist'];
/** What is run, and what it has to say. */
const EXAMPLES = {
  'echo-guest.mjs': /^rawloop {2}echoed 5 bytes$/m,
  'echo-owned.cjs': /^10000 round trips/m,
  // A Worker beside a loop that owns its thread.
  'inside-out/04-wake-up.cjs': /eventfd says 1000 .*\n.* 1000 bytes$/m,
};

const npm = (cwd, ...args) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function prebuildName() {
  if (process.platform !== 'linux') return 'rawloop.node';
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime === undefined ? 'rawloop.musl.node' : 'rawloop.glibc.node';
}

/** The tarball of what is built, which stays as it is: its path, below `folder`. */
export function packBuilt(folder) {
  const stage = join(folder, 'stage');
  mkdirSync(stage);
  for (const name of PACKED.filter((part) => existsSync(join(root, part)))) {
    cpSync(join(root, name), join(stage, name), { recursive: true });
  }
  const platform = `${process.platform}-${process.arch}`;
  const prebuild = join(stage, 'prebuilds', platform, prebuildName());
  mkdirSync(dirname(prebuild), { recursive: true });
  cpSync(join(root, 'build/Release/rawloop.node'), prebuild);
  return join(stage, npm(stage, 'pack', '--silent', '--ignore-scripts').trim());
}

/** A project with the tarball installed: `{ project, folder, env, remove() }`. */
export function installTarball() {
  const folder = mkdtempSync(join(tmpdir(), 'rawloop-runtimes-'));
  const project = join(folder, 'project');
  mkdirSync(join(project, 'examples'), { recursive: true });
  const tarball = packBuilt(folder);
  writeFileSync(join(project, 'package.json'), '{ "name": "empty", "private": true }');
  const options = ['--ignore-scripts', '--offline', '--no-audit', '--no-fund'];
  npm(project, 'install', ...options, tarball);
  for (const name of Object.keys(EXAMPLES)) {
    cpSync(join(root, 'examples', name), join(project, 'examples', name), { recursive: true });
  }
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

/** Runs the examples; counts as a suite does. */
export async function runExamples({ project, env }, path, args) {
  const counts = { passed: 0, failed: 0, skipped: 0, output: '' };
  for (const [name, said] of Object.entries(EXAMPLES)) {
    const file = join(project, 'examples', name);
    const ended = await runProgram(path, [...args, file], { cwd: project, env });
    const isSaid = said.test(ended.output);
    const why = badEnd(ended) ?? (isSaid ? undefined : `it did not say ${said}`);
    counts[why === undefined ? 'passed' : 'failed'] += 1;
    counts.tooLong ||= ended.tooLong;
    if (why !== undefined) counts.output += `${name}: ${why}\n${ended.output}`;
  }
  return counts;
}
