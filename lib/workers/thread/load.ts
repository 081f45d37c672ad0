// Finds the function that does the jobs: the default export of an ES module, or
// `module.exports`, of a file or of text.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { codedError } from '../../base/errors.js';
import type { ThreadData } from '../messages.js';
import type { JobContext } from './context.js';

/** The program's function. */
export type JobHandler = (input: unknown, context: JobContext) => unknown;

/** @throws what loading the file throws; Error ERR_WORKER_NO_HANDLER */
export async function loadHandler({ file, code }: ThreadData): Promise<JobHandler> {
  const exported = code === undefined ? await import(file as string) : await evaluate(code);
  const handler = functionOf(exported);
  if (handler !== undefined) return handler;
  throw codedError(
    Error,
    'ERR_WORKER_NO_HANDLER',
    `${code === undefined ? file : 'the code'} of the worker exports no function: it needs ` +
      '`export default (input, context) => result`, or the same as module.exports',
  );
}

/** What was compiled from TypeScript or bundled has its default export as `default` once more. */
function functionOf(exported: unknown): JobHandler | undefined {
  let value = exported;
  for (let depth = 0; depth < 3; depth++) {
    if (typeof value === 'function') return value as JobHandler;
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as { default?: unknown }).default;
  }
  return undefined;
}

/** Text is a CommonJS module, or an ES module where it is no CommonJS. */
async function evaluate(code: string): Promise<unknown> {
  const filename = join(process.cwd(), '[worker code]');
  const module = { exports: {} };
  let run: (...parts: unknown[]) => void;
  try {
    run = compileFunction(code, ['exports', 'require', 'module'], { filename }) as typeof run;
  } catch (error) {
    if ((error as Error).name !== 'SyntaxError') throw error;
    return import(`data:text/javascript,${encodeURIComponent(code)}`);
  }
  run(module.exports, createRequire(filename), module);
  return module.exports;
}
