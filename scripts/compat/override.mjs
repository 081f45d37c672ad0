// A project that depends on hot-shots and run-pty, and on rawloop as it is packed, with overrides in
// the place of unix-dgram and of node-pty, which run-pty has by another name: installed with scripts
// blocked and with no compiler on the PATH, it sends to a server of Unix datagrams, under each
// runtime that is asked for, and runs programs on terminals.
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { badEnd, runProgram } from '../runtimes/run.mjs';
import { findRuntime } from '../runtimes/runtimes.mjs';
import { packBuilt } from '../runtimes/tarball.mjs';
import { SUITES } from './suites.mjs';

const PROGRAM = `
const { createSocket } = require('unix-dgram');
const StatsD = require('hot-shots');
const path = require('node:path').join(process.cwd(), process.argv[2]);
const server = createSocket('unix_dgram', (message) => {
  console.log(String(message));
  client.close(() => server.close());
});
server.bind(path);
const client = new StatsD({ protocol: 'uds', path, errorHandler: (error) => { throw error; } });
client.increment('sent');
`;

/** Two programs at once, each with a terminal of its own, and how they end. */
const RUN_PTY = [
  ...['node_modules/run-pty/run-pty-bin.js', '--auto-exit'],
  ...['%', 'sh', '-c', 'test -t 0 && echo terminal'],
  ...['%', 'sh', '-c', 'echo failed; exit 3'],
];
const RUN_PTY_SAYS = [/^terminal\r?$/m, /^failed\r?$/m, /exit 0/, /exit 3/, /2\/2 exited/];

/** @returns the folder of the project, and an environment in which nothing compiles */
function install(scratch) {
  const project = join(scratch, 'project');
  const bin = join(project, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of ['node', 'npm']) {
    symlinkSync(join(dirname(process.execPath), name), join(bin, name));
  }
  symlinkSync('/bin/sh', join(bin, 'sh'));
  const { version } = SUITES.find(({ name }) => name === 'hot-shots');
  const dependencies = {
    'hot-shots': version,
    'run-pty': '6.0.2',
    rawloop: `file:${packBuilt(scratch)}`,
    'unix-dgram': 'file:node_modules/rawloop/compat/unix-dgram',
    '@lydell/node-pty': 'file:node_modules/rawloop/compat/node-pty',
  };
  const overrides = { 'unix-dgram': '$unix-dgram', '@lydell/node-pty': '$@lydell/node-pty' };
  const manifest = { name: 'project', private: true, dependencies, overrides };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(project, 'program.cjs'), PROGRAM);
  const env = { ...process.env, PATH: bin, NO_COLOR: '1' };
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: project, env, timeout: 300_000 };
  execFileSync(join(bin, 'npm'), ['install', ...quiet], options);
  return { project, env };
}

/**
 * @param {string} scratch
 * @param {readonly any[]} runtimes of runtimes.mjs
 * @returns {Promise<{ name: string, sent?: boolean, why?: string, absent?: string }[]>}
 */
export async function sendsByOverride(scratch, runtimes) {
  const { project, env } = install(scratch);
  const results = [];
  for (const runtime of runtimes) {
    const { name, args = [] } = runtime;
    try {
      const path = await findRuntime(runtime);
      const options = { cwd: project, env, limitMs: 20_000 };
      const ended = await runProgram(path, [...args, 'program.cjs', `${name}.sock`], options);
      const sent = badEnd(ended) === undefined && ended.output.trim() === 'sent:1|c';
      results.push({ name, sent, why: `${badEnd(ended) ?? 'it said'}: ${ended.output.trim()}` });
    } catch ({ message }) {
      results.push({ name, absent: message });
    }
  }
  return [...results, await runsOnTerminals(project, env)];
}

/** By this Node: run-pty is a command. It ends with 1, as one of its programs fails. */
async function runsOnTerminals(project, env) {
  const options = { cwd: project, env, limitMs: 20_000 };
  const { output } = await runProgram(process.execPath, RUN_PTY, options);
  const missing = RUN_PTY_SAYS.filter((said) => !said.test(output));
  return {
    name: 'run-pty',
    sent: missing.length === 0,
    why: `${missing.join()}: ${output.trim()}`,
  };
}
