// Starts a program on a terminal as forkpty(3) and execvp(3) would: what fails behind the fork is
// shown on the terminal, in their words, and the program has ended with 1 then.
import { accessSync, closeSync, constants as files, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { defaultLoop } from '../../faces/default-loop.js';
import type { Pty } from '../../pty/pty.js';
import { constant } from '../../raw/constants.js';
import { SystemError } from '../../raw/errors.js';
import type { Child, ChildHandlers } from '../../spawn/child.js';
import type { ProgramSettings } from './settings.js';

const SHELL = '/bin/sh';
const DEFAULT_PATH = '/usr/local/bin:/bin:/usr/bin';
const WRITE_NOCTTY = constant('O_WRONLY') | constant('O_NOCTTY');

/** What the child does before its program runs, as it tells of it. */
const IN_CHILD: Readonly<Record<string, string>> = {
  execve: 'execvp(3)',
  chdir: 'chdir(2)',
  setuid: 'setuid(2)',
  setgid: 'setgid(2)',
  setgroups: 'setgroups(2)',
};

/**
 * Returns undefined where the program cannot run, which the terminal shows.
 *
 * @throws SystemError EAGAIN, ENOMEM, EMFILE, ENFILE: there is no process
 */
export function startOn(
  pty: Pty,
  settings: ProgramSettings,
  handlers: ChildHandlers,
): Child | undefined {
  const { file, args, cwd, env, uid, gid } = settings;
  const user = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
  const options = { controllingTerminal: pty, cwd, env, ...user };
  const loop = defaultLoop();
  try {
    try {
      return loop.spawn(file, args, options, handlers);
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOEXEC') throw error;
      return loop.spawn(SHELL, [pathOf(settings), ...args], options, handlers);
    }
  } catch (error) {
    const call = error instanceof SystemError ? IN_CHILD[error.syscall] : undefined;
    if (call === undefined) throw error;
    show(pty, `${call} failed.: ${textOf((error as SystemError).errno)}\n`);
    return undefined;
  }
}

/** Where a script without `#!` is, which the shell is to run. */
function pathOf({ file, cwd, env }: ProgramSettings): string {
  if (file.includes('/')) return file;
  const folders = (env['PATH'] ?? DEFAULT_PATH).split(':');
  const places = folders.map((folder) => resolve(cwd, folder, file));
  return places.find(isExecutable) ?? file;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, files.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** As the C library has it. */
function textOf(errno: number): string {
  const [, text = 'Unknown error'] = getSystemErrorMap().get(errno) ?? [];
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function show(pty: Pty, text: string): void {
  const fd = openSync(pty.slavePath, WRITE_NOCTTY);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
