// What the suites share: the built package, ways to drive a loop, and programs run by
// the same host as this one.
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

/** Another folder may be named, say that of an installed package. */
const DIST = process.env.RAWLOOP_DIST ?? path.join(__dirname, '../../dist');
const rawloop = require(path.join(DIST, 'index.cjs'));
const raw = require(path.join(DIST, 'raw.cjs'));
const { constants } = raw;

const host = process.versions.bun ? 'bun' : process.versions.deno ? 'deno' : 'node';
/** How this host is told to run a file. */
const HOST_ARGS = { bun: [], deno: ['run', '-A'], node: [] }[host];
const PROGRAM_LIMIT_MS = 20_000;
/** Under a sanitizer are this host's own processes: a shell with ThreadSanitizer's library crashes. */
const { LD_PRELOAD: PRELOADED } = process.env;
delete process.env.LD_PRELOAD;

/** Runs `loop` on this thread, outside any promise's callback. */
function run(loop, mode) {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(loop.run(mode));
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** Drives `loop`, 'owned' or 'guest', until nothing referenced is left. */
function drive(loop, mode) {
  if (mode === 'owned') return run(loop);
  return new Promise((resolve) => {
    loop.attach();
    const look = () => (loop.alive ? setTimeout(look, 1) : resolve(loop.detach()));
    look();
  });
}

/** Waits, with the host's own timers, until a condition holds. */
async function until(condition) {
  for (;;) {
    const met = condition();
    if (met) return met;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** A pipe that does not block: [readEnd, writeEnd]. */
function pipe() {
  return raw.check(raw.pipe2(constants.O_NONBLOCK), 'pipe2');
}

const fdFolder = fs.existsSync('/proc/self/fd') ? '/proc/self/fd' : '/dev/fd';

/** How many descriptors are open. */
function countDescriptors() {
  return fs.readdirSync(fdFolder).length;
}

/** Does `action` often; the promise settles once what it opened is closed. */
async function leavesNothing(action, times = 10) {
  await action();
  const before = countDescriptors();
  for (let i = 0; i < times; i++) await action();
  // What each leaves would be `times` in all; the host takes a few of its own at some
  // time, and closes some a little later.
  await until(() => countDescriptors() < before + times);
}

let folders;
/** A new folder, which goes with the process. */
function folder() {
  if (folders === undefined) {
    folders = [];
    process.on('exit', () => {
      for (const made of folders) fs.rmSync(made, { recursive: true, force: true });
    });
  }
  folders.push(fs.mkdtempSync(path.join(os.tmpdir(), 'rawloop-runtime-')));
  return folders.at(-1);
}

const PRELUDE = `'use strict';
const rawloop = require(${JSON.stringify(path.join(DIST, 'index.cjs'))});
const raw = require(${JSON.stringify(path.join(DIST, 'raw.cjs'))});
const { EventLoop, defaultLoop, watch } = rawloop;
const say = (word) => require('node:fs').writeSync(1, word + '\\n');
`;

/**
 * Runs a script in a process of its own: `{ status, signal, said, stderr }`. `redirect`: a shell's
 * words for its stdio; `said` is its status then, as a shell has it.
 */
function runProgram(source, options = {}) {
  const { env = {}, suffix = 'cjs', prelude = PRELUDE, input, redirect } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rawloop-runtime-'));
  try {
    const file = path.join(folder, `program.${suffix}`);
    fs.writeFileSync(file, prelude + source);
    const command = [process.execPath, ...HOST_ARGS, file];
    if (PRELOADED !== undefined) command.unshift('env', `LD_PRELOAD=${PRELOADED}`);
    if (redirect !== undefined) {
      command.unshift('/bin/sh', '-c', `"$0" "$@" ${redirect}; echo $?`);
    }
    const { status, signal, stdout, stderr, error } = spawnSync(command[0], command.slice(1), {
      input,
      env: { ...process.env, NO_COLOR: '1', ...env },
      encoding: 'utf8',
      timeout: PROGRAM_LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    if (error) throw error;
    return {
      status,
      signal,
      said: stdout.split('\n').filter((line) => line !== ''),
      stderr,
    };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

const MODES = ['owned', 'guest'];

module.exports = {
  ...{ DIST, MODES, rawloop, raw, constants, host },
  ...{ run, drive, until, pipe, folder, leavesNothing, countDescriptors, runProgram },
};
