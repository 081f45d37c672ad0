#!/usr/bin/env node
// Runs the suites of poller, loop and handles on kqueue: plain, checked, and with the
// pipe waker. `node scripts/test-kqueue.mjs [files]`: with files, these on the plain one
// only. Which kqueue that is: kqueue-addon.mjs; with none it says so and ends well.
import { join } from 'node:path';
import { CARRIED, runRows } from './backend-suites.mjs';
import { kqueueAddon } from './kqueue-addon.mjs';
import { root, run } from './project.mjs';

// The traps of pollers; those of epoll alone, and of hosts, stay out.
const TRAPS = [
  'accept-without-descriptors',
  'busy-socket',
  'delete-before-close',
  'descriptor-owned-twice',
  'descriptor-through-processes',
  'descriptor-watched-twice',
  'descriptors-not-inherited',
  'hangup-without-interest',
  'inherited-blocking-socket',
  'kqueue',
  'passed-descriptors-left',
  'regular-file-polled',
  'short-read-by-edges',
  'stale-event',
  'throwing-callback',
  'unbounded-output',
  'unix-path-started-twice',
  'wait-deadline',
];
const OWN = [
  'test/poller',
  'test/kqueue',
  'test/paths',
  ...TRAPS.map((name) => `test/regressions/${name}`),
];

let found;
try {
  found = kqueueAddon();
} catch (error) {
  console.error(`test-kqueue: ${error.message}`);
  process.exit(2);
}
const { skip, on, env } = found;
if (skip !== undefined) {
  console.log(`kqueue: skipped: ${skip}`);
  process.exit(0);
}
// Tests run children that load dist/, and on a kernel's own the addon as well.
run(join(root, 'scripts/build.mjs'), env.RAWLOOP_ADDON === undefined ? [] : ['js']);
const row = (name, tests, more) => ({
  name: `kqueue (${on})${name}`,
  tests,
  env: { ...env, RAWLOOP_BACKEND: 'kqueue', ...more },
});
const files = process.argv.slice(2);
const ok = runRows(
  files.length > 0
    ? [row('', files)]
    : [
        row('', [...OWN, ...CARRIED]),
        row(', checked', CARRIED, { RAWLOOP_BACKEND: 'checked:kqueue' }),
        row(', pipe waker', CARRIED, { RAWLOOP_WAKER: 'pipe' }),
      ],
);
if (on.startsWith('libkqueue')) {
  console.log('Left out: guest mode, and what else test/support/libkqueue.ts says of libkqueue.');
}
process.exit(ok ? 0 : 1);
