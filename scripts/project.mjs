// What every script needs: where the project is, how to run a tool of it, and
// where Node's C headers are, so that no native build downloads them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const require = createRequire(import.meta.url);

/** Is this development dependency installed? */
export function hasTool(name) {
  return existsSync(join(root, 'node_modules', name, 'package.json'));
}

/** The script behind a development dependency's command. */
export function tool(name, command = name) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}

/** Runs a tool's script to its end. @throws Error when it fails */
export function run(script, args, options = {}) {
  execFileSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
}

/** Is this command on the PATH? */
export function hasCommand(name) {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, name)));
}

/**
 * The environment for node-gyp: npm's `nodedir` as it is, else the folder of the
 * headers that came with this very node, else nothing, and node-gyp downloads.
 */
export function headerEnv() {
  if (process.env.npm_config_nodedir) return process.env;
  const folder = resolve(process.execPath, '../..');
  return hasHeaders(folder) ? { ...process.env, npm_config_nodedir: folder } : process.env;
}

/** A distribution may hold headers of another Node, or half of them. */
function hasHeaders(folder) {
  const include = join(folder, 'include/node');
  const needed = ['node_api.h', 'common.gypi', 'config.gypi', 'node_version.h'];
  if (!needed.every((file) => existsSync(join(include, file)))) return false;
  const text = readFileSync(join(include, 'node_version.h'), 'utf8');
  const major = /^#define NODE_MAJOR_VERSION (\d+)/m.exec(text)?.[1];
  return major === process.versions.node.split('.')[0];
}
