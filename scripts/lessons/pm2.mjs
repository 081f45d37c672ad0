// pm2 for lesson 16: pinned, fetched from npm into a folder of the cache, no script of it run.
import { join } from 'node:path';
import { installFolder } from '../runtimes/folder.mjs';

const VERSION = '7.0.4';

/** Its program. @throws Error when it cannot be fetched */
export async function findPm2() {
  const folder = await installFolder('pm2', { pm2: VERSION });
  return join(folder, 'node_modules/pm2/bin/pm2');
}
