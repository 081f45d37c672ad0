// What the tests of the benchmark share: the harness as a child process.
import { execFile } from 'node:child_process';
import { join } from 'node:path';

const BENCH = join(import.meta.dirname, '../../bench/run.mjs');

export interface Outcome {
  status: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

export function runBench(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [BENCH, ...args], (error, stdout, stderr) => {
      resolve({ status: error ? error.code : 0, stdout, stderr });
    });
  });
}
