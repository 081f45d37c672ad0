// A server as a process of ours: in a folder of its own, by a user without rights, ended with
// SIGKILL whatever happens, to this process as well where setpriv(1) is there.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect as hostConnect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCommand } from '../../project.mjs';

const START_LIMIT_MS = 30_000;
const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Of a root some servers want nothing. Where we are none it is us. */
export const user = unprivileged();

function unprivileged() {
  if (process.getuid() !== 0) return {};
  const entry = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (entry === null) throw new Error('there is no user nobody to run servers as');
  return { uid: Number(entry[1]), gid: Number(entry[2]) };
}

/** A folder below the scratch folder that is the servers' to write. */
export function folderFor(scratch, name) {
  const folder = join(scratch, name);
  mkdirSync(folder, { mode: 0o755 });
  own(folder);
  return folder;
}

/** A file that only they may read, or all. */
export function writeFor(folder, name, content, mode = 0o644) {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  own(path);
  return path;
}

function own(path) {
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid);
}

/** Runs a command of theirs to its end. @throws Error with what it said */
export function runFor(folder, command, args) {
  const env = { ...process.env, HOME: folder, TMPDIR: folder };
  const stdio = ['ignore', 'pipe', 'pipe'];
  execFileSync(command, args, { ...user, cwd: folder, env, stdio, timeout: START_LIMIT_MS });
}

/** A TCP port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server that can be killed and started again. */
export class ServerProcess {
  #command;
  #folder;
  #isReady;
  #child;
  #output = '';

  /**
   * @param {string} folder where it runs
   * @param {readonly string[]} command
   * @param {() => Promise<boolean>} isReady
   */
  constructor(folder, command, isReady) {
    this.#folder = folder;
    this.#command = command;
    this.#isReady = isReady;
  }

  get pid() {
    return this.#child?.pid;
  }

  /** Starts it unless it runs, and waits until it serves. @throws Error with the end of what it said */
  async start() {
    if (this.#child === undefined) this.#spawn();
    const endMs = performance.now() + START_LIMIT_MS;
    while (!(await this.#isReady())) {
      const failed =
        this.#child === undefined ? 'it ended' : performance.now() > endMs && 'too late';
      if (failed) throw new Error(`${this.#command[0]}: ${failed}: ${this.#output.slice(-2000)}`);
      await sleep(20);
    }
  }

  #spawn() {
    const diesWithUs = hasCommand('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : [];
    const [command, ...args] = [...diesWithUs, ...this.#command];
    const env = { ...process.env, HOME: this.#folder, TMPDIR: this.#folder };
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { ...user, cwd: this.#folder, env, stdio });
    const take = (chunk) => {
      this.#output = `${this.#output}${chunk}`.slice(-10_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', take);
    running.add(child);
    child.on('exit', () => {
      running.delete(child);
      if (this.#child === child) this.#child = undefined;
    });
    this.#child = child;
  }

  /** Ends it and waits for that. */
  async stop(signal = 'SIGKILL') {
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

/** Whether somebody accepts at each of them: a server listens at one after another. */
export async function accepts(...places) {
  return (await Promise.all(places.map(acceptsAt))).every(Boolean);
}

function acceptsAt(where) {
  return new Promise((resolve) => {
    const socket = hostConnect(where);
    const end = (is) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

/** What a command says that it is; some say so on stderr. */
export function versionOf(command, flag, pattern) {
  const { stdout, stderr } = spawnSync(command, [flag], { encoding: 'utf8' });
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? '?';
}
