// Runs one step of `npm run ok` to its result: passed, failed or skipped. A step
// has a time limit, after which it and all that it started are killed.
import { spawn } from 'node:child_process';
import { root } from '../project.mjs';

const LIMIT_MINUTES = 10;
/** A command that ends so lacks what it needs; its last line says what. */
const SKIP_CODE = 77;

/** `{ name, result: 'passed' | 'failed' | 'skipped', seconds, output }` */
export async function runStep({ name, run }) {
  const startMs = performance.now();
  const outcome = await runTask(run).catch((error) => ({ result: 'failed', output: `${error}` }));
  return { name, seconds: (performance.now() - startMs) / 1000, ...outcome };
}

async function runTask(run) {
  const task = run();
  if (task.skip !== undefined) return { result: 'skipped', output: task.skip };
  const { why, output, code } = await runCommand(task);
  if (code === SKIP_CODE) return { result: 'skipped', output: output.trim().split('\n').at(-1) };
  return why === undefined
    ? { result: 'passed', output }
    : { result: 'failed', output: `${output}\n${why}` };
}

function runCommand({ command, cwd = root, env = process.env, limitMinutes = LIMIT_MINUTES }) {
  return new Promise((resolve) => {
    // A process group of its own, so that the limit reaches grandchildren.
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(process.execPath, command, { cwd, env, stdio, detached: true });
    let output = '';
    let why;
    const limit = setTimeout(() => {
      why = `it did not end within ${limitMinutes} minutes`;
      process.kill(-child.pid, 'SIGKILL');
    }, limitMinutes * 60_000);
    const take = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => {
      why = `${error}`;
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      if (code !== 0) why ??= `it ended with ${signal ?? `code ${code}`}`;
      resolve({ why, output, code });
    });
  });
}
