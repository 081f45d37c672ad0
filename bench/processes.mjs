// Starts the programs to measure, pins each to a core, and sees to it that
// none outlives the harness: whatever ends this process kills them first.
// See taskset(1).
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

const startTimeoutMs = 20_000;
const keptErrorBytes = 4096;

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

function killAll() {
  for (const child of children) child.kill('SIGKILL');
}

process.on('exit', killAll);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    killAll();
    process.exit(128 + constants.signals[signal]);
  });
}

/**
 * Tells whether processes can be pinned to these cores.
 * @param {number[]} cpus
 * @returns {string | undefined} why not
 */
export function pinningProblem(cpus) {
  for (const cpu of cpus) {
    const probe = spawnSync('taskset', ['-c', String(cpu), 'true']);
    if (probe.error) return 'taskset(1) was not found';
    if (probe.status !== 0) return `this process may not use core ${cpu}`;
  }
  return undefined;
}

/** A child process whose output is collected. */
export class Child {
  /** @type {Promise<void>} resolves when the process has ended */
  ended;
  stdout = '';
  stderr = '';
  #child;
  #onOutput = () => {};

  /**
   * @param {string[]} command program and arguments
   * @param {number | undefined} cpu the core to run on; undefined: any
   */
  constructor(command, cpu) {
    const pinned = cpu === undefined ? command : ['taskset', '-c', String(cpu), ...command];
    const [program, ...args] = pinned;
    const child = spawn(program, args, { stdio: 'pipe' });
    this.#child = child;
    children.add(child);
    child.stdin.on('error', () => {}); // it ended before its input did
    child.stdout.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
      this.#onOutput();
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      this.stderr = (this.stderr + text).slice(-keptErrorBytes);
    });
    /** @type {Promise<void>} */
    const ended = new Promise((resolve) => {
      child.once('error', (error) => {
        this.stderr += error.message;
        resolve();
      });
      child.once('close', () => resolve());
    });
    this.ended = ended.then(() => {
      children.delete(child);
      this.#onOutput();
    });
  }

  /** taskset(1) turns into the program, so that this is the program's own. */
  get pid() {
    return this.#child.pid;
  }

  get hasEnded() {
    return !children.has(this.#child);
  }

  /** @returns {string} how it ended and the last that it had to say */
  get lastWords() {
    const { exitCode, signalCode } = this.#child;
    const how = signalCode ?? (exitCode === null ? 'alive' : `exit ${exitCode}`);
    const said = this.stderr.trim().split('\n').filter(Boolean);
    const telling = said.find((line) => /error/i.test(line)) ?? said.at(-1);
    return telling === undefined ? how : `${how}: ${telling.trim()}`;
  }

  /**
   * Waits for a line of output.
   * @param {RegExp} pattern
   * @param {number} [timeoutMs]
   * @returns {Promise<RegExpExecArray>}
   * @throws {Error} when the process ends or the time is up before
   */
  waitFor(pattern, timeoutMs = startTimeoutMs) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#onOutput = () => {};
        reject(new Error(`no ${pattern} on stdout in ${timeoutMs} ms`));
      }, timeoutMs);
      this.#onOutput = () => {
        const match = pattern.exec(this.stdout);
        if (match === null && !this.hasEnded) return;
        clearTimeout(timer);
        this.#onOutput = () => {};
        if (match !== null) resolve(match);
        else reject(new Error(this.lastWords));
      };
      this.#onOutput();
    });
  }

  /**
   * Writes a line and waits for the one that answers it; one at a time.
   * @param {string} line
   * @param {number} timeoutMs
   * @returns {Promise<string>}
   * @throws {Error} when the process ends or the time is up before
   */
  async ask(line, timeoutMs) {
    this.stdout = '';
    this.#child.stdin.write(`${line}\n`);
    const [answer] = await this.waitFor(/^.*\n/, timeoutMs);
    return answer;
  }

  /**
   * Sends a signal and waits for the line that answers it; one at a time.
   * @param {NodeJS.Signals} signal
   * @param {number} timeoutMs
   * @returns {Promise<string>}
   * @throws {Error} when the process ends or the time is up before
   */
  async askBySignal(signal, timeoutMs) {
    this.stdout = '';
    this.#child.kill(signal);
    const [answer] = await this.waitFor(/^.*\n/, timeoutMs);
    return answer;
  }

  endInput() {
    this.#child.stdin.end();
  }

  /** Kills the process if need be and waits for its end. */
  async stop() {
    if (!this.hasEnded) this.#child.kill('SIGKILL');
    await this.ended;
  }
}

/**
 * Each round has another order than the one before.
 * @template T
 * @param {T[]} list
 * @param {number} by
 * @returns {T[]}
 */
export function rotated(list, by) {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
