#!/usr/bin/env node
// Runs the suites of poller, loop and handles on this platform's own backend: plain,
// checked, and with the pipe waker. Then scripts/test-kqueue.mjs, where that is another.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CARRIED, runRows } from './backend-suites.mjs';
import { root } from './project.mjs';

const own = process.platform === 'linux' ? 'epoll' : 'kqueue';
const ok = runRows([
  { name: own, tests: ['test/poller', ...CARRIED], env: { RAWLOOP_BACKEND: own } },
  { name: `${own}, checked`, tests: CARRIED, env: { RAWLOOP_BACKEND: `checked:${own}` } },
  { name: `${own}, pipe waker`, tests: CARRIED, env: { RAWLOOP_WAKER: 'pipe' } },
]);
let status = ok ? 0 : 1;
if (own !== 'kqueue') {
  const script = join(root, 'scripts/test-kqueue.mjs');
  status = spawnSync(process.execPath, [script], { stdio: 'inherit' }).status || status;
}
process.exit(status);
