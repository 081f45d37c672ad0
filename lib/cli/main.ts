#!/usr/bin/env node
// rawloop: the command line. Each command is a module of its own, loaded when it is asked
// for, with `run(args)`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Serve, UsageError } from './usage.js';

interface Command {
  /** @returns what is left to do for a command that may own the thread */
  run(args: string[]): Promise<Serve | undefined>;
}

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  compare: () => import('./measure/compare/compare.js'),
  demo: () => import('./measure/demo/demo.js'),
  // Started by these two, not by people.
  'demo-client': () => import('./measure/client.js'),
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
rawloop --version shows the version.

Exit code 0: done; 1: it failed; 2: a wrong command or option; 141: whoever read the
output went away. NO_COLOR is respected.
`;

/** As of a program that SIGPIPE ended, which Node does not get. */
const EXIT_PIPE = 141;

/** Of the package.json two levels above: above dist/cli/ and above lib/cli/. */
function version(): string {
  const text = readFileSync(join(__dirname, '../../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function main(args: string[]): Promise<void> {
  const [first, ...rest] = args;
  if (first === undefined) {
    process.stderr.write(HELP);
    process.exitCode = 2;
    return;
  }
  const asksForHelp = first === 'help' || first === '--help' || first === '-h';
  const name = asksForHelp ? rest[0] : first;
  if (name === undefined) {
    process.stdout.write(HELP);
    return;
  }
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${version()}\n`);
    return;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    throw new UsageError(`unknown ${name.startsWith('-') ? 'option' : 'command'} '${name}'`);
  }
  const failed = (error: unknown) => fail(error, name);
  try {
    const command = await load();
    const serve = await command.run(asksForHelp ? ['--help'] : rest);
    // Inside a promise callback a loop that owns the thread could run no microtask.
    if (serve !== undefined) setImmediate(() => start(serve, failed));
  } catch (error) {
    failed(error);
  }
}

function start(serve: Serve, failed: (error: unknown) => void): void {
  try {
    Promise.resolve(serve()).catch(failed);
  } catch (error) {
    failed(error);
  }
}

/** Says what is wrong in one line. @param command whose help may help */
function fail(error: unknown, command?: string): never {
  const message = error instanceof Error ? error.message : String(error);
  const isUsage = error instanceof UsageError;
  const hint = command === undefined ? 'rawloop --help' : `rawloop ${command} --help`;
  process.stderr.write(`rawloop: ${message}\n${isUsage ? `Try: ${hint}\n` : ''}`);
  process.exit(isUsage ? 2 : 1);
}

/** Nobody takes what is said: a pipe that was closed, a disk that is full. */
function unheard(error: NodeJS.ErrnoException): never {
  if (error.code === 'EPIPE') process.exit(EXIT_PIPE);
  fail(error);
}

process.stdout.on('error', unheard);
process.stderr.on('error', unheard);
main(process.argv.slice(2)).catch(fail);
