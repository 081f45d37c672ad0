// Debian packages of another architecture, unpacked in the cache and not installed:
// apt keeps its lists and locks there as well, and the system's stay as they are.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCommand } from '../project.mjs';
import { cacheFolder } from '../runtimes/fetch.mjs';

const exec = promisify(execFile);
const LIMIT_MS = 180_000;

/**
 * A folder that holds what `packages` install, as below /.
 *
 * @throws Error that says in one line why it could not be had
 */
export async function unpackDebian(arch, packages) {
  const folder = join(cacheFolder, 'debian', `${arch}-${packages.join('-')}`);
  if (existsSync(folder)) return folder;
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if (!hasCommand(tool)) throw new Error(`${tool} is not there`);
  }
  const fresh = `${folder}.${process.pid}`;
  const state = join(fresh, 'state');
  mkdirSync(join(state, 'lists/partial'), { recursive: true });
  mkdirSync(join(state, 'archives/partial'), { recursive: true });
  const apt = (...args) => aptGet(arch, state, ...args);
  try {
    await apt('update');
    await apt('download', ...packages);
    const files = readdirSync(state).filter((name) => name.endsWith('.deb'));
    const target = join(fresh, 'root');
    for (const name of files) await exec('dpkg-deb', ['-x', join(state, name), target]);
    // From Debian 13 on all is below /usr, and the link that leads there is no package's.
    if (!existsSync(join(target, 'lib'))) symlinkSync('usr/lib', join(target, 'lib'));
    renameSync(target, folder);
  } catch ({ message, stderr }) {
    const line = (stderr || message).split('\n').find((text) => /^E:|rror/.test(text)) ?? message;
    throw new Error(`no Debian packages for ${arch}: ${line.trim()}`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

function aptGet(arch, state, ...args) {
  const settings = {
    'APT::Architecture': arch,
    'APT::Architectures': arch,
    'Dir::State': state,
    'Dir::State::status': '/dev/null',
    'Dir::Cache': state,
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  return exec('apt-get', ['-qq', ...options, ...args], { cwd: state, timeout: LIMIT_MS });
}
