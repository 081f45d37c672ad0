// Children that run points, one at a time, and what becomes of one that does not come
// back: a crash, or a hang. A violation counts when a fresh process shows it again.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LIBRARY_VARIABLE } from './control.mjs';

/** No round needs so long, also on a machine with no time for it. By looks: see referee.mjs. */
const ANSWER_LOOKS = 250;
const LOOK_MS = 100;
const CHILD = join(import.meta.dirname, 'child.mjs');
/** A violation that comes again in one of so many is one. */
const CONFIRMATIONS = 2;
const SHOWN_BYTES = 600;

class Child {
  #process;
  #answers;
  #stderr = '';
  #ended;

  constructor({ folder, workload, mode, dist, library }) {
    const file = join(folder, `${workload}.mjs`);
    this.#process = spawn(process.execPath, ['--no-warnings', CHILD, file, mode, dist], {
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        RAWLOOP_BACKEND: '',
        LD_PRELOAD: library,
        [LIBRARY_VARIABLE]: library,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#process.stdin.on('error', () => {});
    this.#process.stderr.on('data', (text) => {
      this.#stderr = `${this.#stderr}${text}`.slice(-4096);
    });
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => {
      this.#process.once('close', (code, signal) => resolve(signal ?? `code ${code}`));
    });
  }

  /** The answer of the first round, or to the point that was sent. */
  async answer() {
    let late = false;
    let looks = 0;
    const limit = setInterval(() => {
      looks++;
      if (looks < ANSWER_LOOKS) return;
      late = true;
      this.#process.kill('SIGKILL');
    }, LOOK_MS);
    const { value, done } = await this.#answers.next();
    clearInterval(limit);
    if (!done) return JSON.parse(value);
    const how = await this.#ended;
    if (late) return gone('hang', `no answer within ${(ANSWER_LOOKS * LOOK_MS) / 1000} s`);
    const words = this.#stderr.trim().slice(-SHOWN_BYTES);
    return gone('crash', `the process ended with ${how}: ${words}`);
  }

  ask(point) {
    this.#process.stdin.write(`${JSON.stringify(point)}\n`);
    return this.answer();
  }

  async end() {
    this.#process.stdin.end();
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

function gone(kind, text) {
  return { gone: true, struck: 1, uses: {}, violations: [{ kind, text }] };
}

/** Uses of each call when nothing fails. @throws Error when even that does not hold */
export async function countUses(setting) {
  let seen;
  for (let i = 0; i <= CONFIRMATIONS; i++) {
    const result = await askFresh(setting, { count: true });
    if (result.violations.length === 0) return result.uses;
    [seen] = result.violations;
  }
  const { workload, mode } = setting;
  throw new Error(`${workload} ${mode} without a failure: ${seen.kind}: ${seen.text}`);
}

async function askFresh(setting, point) {
  const child = new Child(setting);
  try {
    const first = await child.answer();
    return first.violations.length > 0 ? first : await child.ask(point);
  } finally {
    await child.end();
  }
}

/** Runs points of one workload and mode; `tell(point, result)` for each. */
export async function runPoints(setting, points, tell) {
  let child;
  for (const point of points) {
    let result;
    if (child === undefined) {
      child = new Child(setting);
      const first = await child.answer();
      if (first.violations.length > 0) result = first;
    }
    result ??= await child.ask(point);
    if (result.violations.length > 0) {
      await child.end();
      child = undefined;
      result = await confirm(setting, point, result);
    }
    tell(point, result);
  }
  await child?.end();
}

/** Shown again by a process of its own, or unsteady. */
async function confirm(setting, point, seen) {
  for (let i = 0; i < CONFIRMATIONS; i++) {
    const again = await askFresh(setting, point);
    if (again.violations.length > 0) return again;
  }
  return { ...seen, violations: [], unsteady: seen.violations };
}
