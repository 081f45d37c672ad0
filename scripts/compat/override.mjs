// A project that depends on hot-shots, and on rawloop as it is packed, with an override in
// the place of unix-dgram: installed with scripts blocked and with no compiler on the PATH, it
// sends to a server of Unix datagrams.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packBuilt } from '../runtimes/tarball.mjs';
import { SUITES } from './suites.mjs';

const PROGRAM = `
const { createSocket } = require('unix-dgram');
const StatsD = require('hot-shots');
const path = require('node:path').join(process.cwd(), 'socket');
const server = createSocket('unix_dgram', (message) => {
  console.log(String(message));
  client.close(() => server.close());
});
server.bind(path);
const client = new StatsD({ protocol: 'uds', path, errorHandler: (error) => { throw error; } });
client.increment('sent');
`;

/** @returns {boolean} whether it was sent */
export function sendsByOverride(scratch) {
  const options = { encoding: /** @type {const} */ ('utf8'), timeout: 300_000 };
  const project = join(scratch, 'project');
  mkdirSync(join(project, 'bin'), { recursive: true });
  for (const name of ['node', 'npm']) {
    symlinkSync(join(dirname(process.execPath), name), join(project, 'bin', name));
  }
  symlinkSync('/bin/sh', join(project, 'bin/sh'));
  const { version } = SUITES.find(({ name }) => name === 'hot-shots');
  const dependencies = {
    'hot-shots': version,
    rawloop: `file:${packBuilt(scratch)}`,
    'unix-dgram': 'file:node_modules/rawloop/compat/unix-dgram',
  };
  const overrides = { 'unix-dgram': '$unix-dgram' };
  const manifest = { name: 'project', private: true, dependencies, overrides };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(project, 'program.js'), PROGRAM);
  const bare = { ...options, cwd: project, env: { ...process.env, PATH: join(project, 'bin') } };
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync(join(project, 'bin/npm'), ['install', ...quiet], bare);
  const said = execFileSync(process.execPath, ['program.js'], { ...bare, timeout: 20_000 });
  return said.trim() === 'sent:1|c';
}
