// A project with rawloop installed, made by hand, and programs run in it: what a
// user has, without packing first.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

export const root = join(import.meta.dirname, '../..');

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone after the tests of this file. */
export function makeFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rawloop-package-')));
  folders.push(folder);
  return folder;
}

/** The addon that the tests run on. */
export function builtAddon(): string {
  const path = process.env['RAWLOOP_ADDON'];
  if (path === undefined || !existsSync(path)) throw new Error('no addon: npm run build');
  return path;
}

/** The name that `npm run prebuildify` gives the addon of this platform. */
export function prebuildName(): string {
  if (process.platform !== 'linux') return 'rawloop.node';
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined ? 'rawloop.musl.node' : 'rawloop.glibc.node';
}

export function prebuildPath(packageFolder: string, name = prebuildName()): string {
  return join(packageFolder, 'prebuilds', `${process.platform}-${process.arch}`, name);
}

export function buildPath(packageFolder: string): string {
  return join(packageFolder, 'build', 'Release', 'rawloop.node');
}

/** Copies the addon, or any other file, to where the loader looks. */
export function place(path: string, source = builtAddon()): string {
  mkdirSync(dirname(path), { recursive: true });
  cpSync(source, path);
  return path;
}

/** An empty project whose node_modules holds the package, as yet without an addon. */
export function makeProject(): { project: string; packageFolder: string } {
  const project = makeFolder();
  const packageFolder = join(project, 'node_modules', 'rawloop');
  mkdirSync(packageFolder, { recursive: true });
  for (const name of ['package.json', 'dist', 'compat']) {
    cpSync(join(root, name), join(packageFolder, name), { recursive: true });
  }
  return { project, packageFolder };
}

export interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** The environment of a user: nothing of npm's or of these tests' own. */
export function userEnv(changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const isOurs = (name: string) => /^(npm_|RAWLOOP_|VITEST|NODE_)/i.test(name);
  const kept = Object.entries(process.env).filter(([name]) => !isOurs(name));
  return { ...Object.fromEntries(kept), ...changes };
}

/** Runs a program to its end, at most `limitMs`. */
export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env = userEnv(),
  limitMs = 60_000,
): Result {
  const options = { cwd, env, timeout: limitMs, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  return { status, stdout, stderr };
}

/** Runs a script with this Node: `-e` for CommonJS, `--input-type=module -e` for ES modules. */
export function runScript(
  code: string,
  cwd: string,
  { module = false, env = {} as NodeJS.ProcessEnv } = {},
): Result {
  const kind = module ? ['--input-type=module'] : [];
  return run(process.execPath, [...kind, '-e', code], cwd, userEnv(env));
}
