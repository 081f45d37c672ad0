// dbus-daemon(1) between two connections of a program in examples/: a method call that carries
// a descriptor, on a socket that nobody else knows.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Run, root } from '../cli/support.js';
import { temporaryFolder } from '../support/folder.js';

const installed = spawnSync('dbus-daemon', ['--version'], { stdio: 'ignore' }).status === 0;

it.runIf(installed)('dbus-daemon hands a descriptor from one connection to another', async () => {
  const address = `unix:path=${join(temporaryFolder(), 'bus')}`;
  const options = ['--session', '--nofork', '--nopidfile', '--print-address=1', '--address'];
  const daemon = spawn('dbus-daemon', [...options, address], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(daemon, 'close');
  const [said] = (await once(daemon.stdout, 'data')) as [Buffer];
  const program = join(root, 'examples/dbus/pass-descriptor.mjs');
  const { code, stdout, stderr } = await new Run(process.execPath, [program, `${said}`.trim()])
    .ended;
  daemon.kill();
  await ended;
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^on the bus are :1\.0, who reads, and :1\.1, who opens$/m);
  expect(stdout).toContain("the answer is 'FirstLine: // A method call over D-Bus");
});
