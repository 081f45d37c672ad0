// Runs one program of the matrix to its end, with a limit, and reads its counts: a cell.
// A cell that the limit ended says so, whatever had passed or failed until then.
import { spawn } from 'node:child_process';

const LIMIT_MS = 180_000;

/** `{ code, signal, output, tooLong, limitMs }`; a process group of its own, ended as one. */
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
      resolve({ code, signal, output, tooLong, limitMs });
    });
  });
}

/** Why a program did not end well; undefined when it did. */
export function badEnd({ code, signal, tooLong, limitMs }) {
  if (tooLong) return `the limit of ${limitMs / 1000} s ended it`;
  return code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}`;
}

/**
 * Counts from the last line that is JSON. A program that did not end well, though no
 * test of it failed, has failed once.
 */
export function countsOf(ended) {
  const line = ended.output.split('\n').findLast((text) => /^\{"passed":/.test(text));
  const counts = line === undefined ? { passed: 0, failed: 0, skipped: 0 } : JSON.parse(line);
  const why = badEnd(ended) ?? (line === undefined ? 'it counted no tests' : undefined);
  if (why === undefined || (counts.failed > 0 && !ended.tooLong)) return counts;
  return { ...counts, failed: Math.max(1, counts.failed), tooLong: ended.tooLong, why };
}

/** What the matrix shows: passed, "+N" skipped, "!N" failed, and "limit" if that ended it. */
export function cellText(counts) {
  if (counts === undefined) return '-';
  const { passed, failed, skipped, tooLong } = counts;
  const parts = [`${passed}`];
  if (skipped > 0) parts.push(`+${skipped}`);
  if (failed > 0) parts.push(`!${failed}`);
  if (tooLong) parts.push('limit');
  return parts.join(' ');
}
