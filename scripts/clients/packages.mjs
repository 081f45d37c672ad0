// The clients' packages, pinned, in a folder of the cache: installed once, no script of theirs
// run, nothing of them in the repository. There `rawloop` is this checkout, and `usocket` what an
// override puts in its place.
import { cpSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../project.mjs';
import { installFolder } from '../runtimes/folder.mjs';

/** As of Node 20, the oldest that rawloop runs on. */
export const VERSIONS = {
  'dbus-next': '0.10.2',
  ioredis: '6.0.0',
  mysql2: '3.24.6',
  pg: '8.23.1',
  'pg-copy-streams': '7.0.0',
  'pg-cursor': '2.22.1',
  undici: '7.30.2',
  ws: '8.23.0',
};

/** The folder in which they can be required. @throws Error when they cannot be fetched */
export async function installClients() {
  const folder = await installFolder('clients', VERSIONS);
  const modules = join(folder, 'node_modules');
  rmSync(join(modules, 'rawloop'), { force: true });
  symlinkSync(root, join(modules, 'rawloop'), 'dir');
  // Beside it, not a link to it: from there `rawloop` is looked for.
  rmSync(join(modules, 'usocket'), { recursive: true, force: true });
  cpSync(join(root, 'compat/usocket'), join(modules, 'usocket'), { recursive: true });
  return folder;
}
