// Runs one program of the matrix to its end, with a limit, and reads its counts.
import { spawn } from 'node:child_process';

const LIMIT_MS = 180_000;

/** `{ code, signal, output, tooLong }`; a process group of its own, ended as one. */
export function runProgram(command, args, options = {}) {
  return new Promise((resolve) => {
    const { limitMs = LIMIT_MS, ...rest } = options;
    const stdio = ['ignore', 'pipe', 'pipe'];
    const child = spawn(command, args, { stdio, detached: true, ...rest });
    let output = '';
    let tooLong = false;
    const take = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const limit = setTimeout(() => {
      tooLong = true;
      process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    child.on('error', (error) => {
      output += `${error}\n`;
    });
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, output, tooLong });
    });
  });
}

/**
 * Counts from the last line that is JSON. A program that did not end well, though no
 * test of it failed, has failed once.
 */
export function countsOf({ code, signal, output, tooLong }) {
  const line = output.split('\n').findLast((text) => /^\{"passed":/.test(text));
  const counts = line === undefined ? { passed: 0, failed: 0, skipped: 0 } : JSON.parse(line);
  const endedWell = code === 0 && line !== undefined;
  if (endedWell || counts.failed > 0) return counts;
  const why = tooLong ? 'it did not end by itself' : `it ended with ${signal ?? `code ${code}`}`;
  return { ...counts, failed: 1, why };
}
