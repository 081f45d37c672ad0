#!/usr/bin/env node
// rawloop: the command line. Each command is a module with `run(args)`.
import { UsageError } from './usage.js';

interface Command {
  summary: string;
  run(args: string[]): void | Promise<void>;
}

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  compare: () => import('./measure/compare/compare.js'),
  demo: () => import('./measure/demo/demo.js'),
  // Started by these two, not by people.
  'demo-client': () => import('./measure/demo/client.js'),
  echo: () => import('./echo.js'),
};

const HELP = `Usage: rawloop <command> [options]

Commands:
  compare   a loop, a thread per connection and node:net side by side, from one
            connection to as many as possible, as a table or a page with charts
  demo      what a message and a connection cost in each model, in a minute
  echo      an echo server: on the raw loop, inside Node's loop, with a thread
            per connection, or on node:net

rawloop <command> --help shows the options of a command.
`;

async function main(args: string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    if (name === undefined) process.exitCode = 2;
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) throw new UsageError(`unknown command '${name}'`);
  const command = await load();
  // Outside the promise: inside one, a loop that owns the thread could run no
  // microtask.
  setImmediate(() => {
    try {
      Promise.resolve(command.run(rest)).catch(fail);
    } catch (error) {
      fail(error);
    }
  });
}

function fail(error: unknown): void {
  const usage = error instanceof UsageError || hasCode(error, 'ERR_PARSE_ARGS');
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`rawloop: ${message}\n${usage ? 'Try: rawloop --help\n' : ''}`);
  process.exit(usage ? 2 : 1);
}

function hasCode(error: unknown, prefix: string): boolean {
  return String((error as { code?: unknown } | null)?.code ?? '').startsWith(prefix);
}

// Nobody takes what is said: a pipe that was closed, a disk that is full.
process.stdout.on('error', fail);
main(process.argv.slice(2)).catch(fail);
