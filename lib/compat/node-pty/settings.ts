// What `spawn` and `open` are given, checked before anything is opened. What the original checks
// has its error's words; what it takes to where it crashes or is cut short is refused here.
import { checkInteger } from '../../base/validate.js';
import { invalidType, invalidValue } from '../../loop/errors.js';
import { encodingOf } from './text.js';
import type { IPtyForkOptions, IPtyOpenOptions } from './types.js';

const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
const DEFAULT_FILE = 'sh';
const DEFAULT_TERM = 'xterm';
/** What tells of the terminal that this process runs in, which is not the program's. */
const OF_OTHERS = ['TMUX', 'TMUX_PANE', 'STY', 'WINDOW', 'WINDOWID', 'TERMCAP', 'COLUMNS', 'LINES'];

type Environment = Record<string, string>;

/** The size and the encoding of a terminal. */
export interface TerminalSettings {
  /** As the program gave them; the terminal has them without their fractions. */
  readonly cols: number;
  readonly rows: number;
  readonly encoding: BufferEncoding | null;
}

/** A program to start on one. */
export interface ProgramSettings extends TerminalSettings {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** @throws Error */
export function checkType(name: string, value: unknown, type: string): void {
  if (!value || typeof value === type) return;
  throw new Error(`${name} must be a ${type} (not a ${typeof value})`);
}

/** A number of columns or rows, which may have a fraction. @throws TypeError, RangeError */
export function checkLength(name: string, value: unknown): number {
  checkInteger(name, typeof value === 'number' ? Math.trunc(value) : value, 1, 65535);
  return value as number;
}

/** @throws Error, TypeError, RangeError */
export function terminalSettings(options: IPtyOpenOptions): TerminalSettings {
  const { cols, rows, encoding } = options;
  checkType('cols', cols, 'number');
  checkType('rows', rows, 'number');
  checkType('encoding', encoding, 'string');
  return {
    cols: checkLength('cols', cols || DEFAULT_COLUMNS),
    rows: checkLength('rows', rows || DEFAULT_ROWS),
    encoding: encodingOf(encoding),
  };
}

/** A string for the kernel. @throws TypeError */
function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidType(name, 'a string');
  if (value.includes('\0')) throw invalidValue(name, 'a string without NUL characters');
  return value;
}

function argumentsOf(args: unknown): string[] {
  if (typeof args === 'string') throw new Error('args as a string is not supported on unix.');
  if (!args) return [];
  if (!Array.isArray(args)) throw invalidType('args', 'an array of strings');
  return Array.from(args, (each, index) => checkText(`args[${index}]`, each));
}

function environmentOf({ env: given, name }: IPtyForkOptions, cwd: string): Environment {
  const source = given || process.env;
  const env: Environment = {};
  for (const key of Object.keys(source)) {
    const value = source[key];
    if (value === undefined) continue;
    env[checkText('env', key)] = checkText(`env.${key}`, String(value));
  }
  if (source === process.env) for (const key of OF_OTHERS) delete env[key];
  env['PWD'] = cwd;
  env['TERM'] = name || env['TERM'] || DEFAULT_TERM;
  return env;
}

/** -1 and nothing alike: it stays who it is. @throws RangeError */
function idOf(name: string, id: number | null | undefined): number | undefined {
  if (id === undefined || id === null || id === -1) return undefined;
  return checkInteger(name, id, 0, 2 ** 32 - 1);
}

/** @throws Error, TypeError, RangeError */
export function programSettings(
  file: unknown,
  args: unknown,
  options: IPtyForkOptions,
): ProgramSettings {
  for (const name of ['name', 'cwd'] as const) checkType(name, options[name], 'string');
  checkType('env', options.env, 'object');
  for (const name of ['uid', 'gid'] as const) checkType(name, options[name], 'number');
  const terminal = terminalSettings(options);
  const cwd = checkText('cwd', options.cwd || process.cwd());
  return {
    ...terminal,
    args: argumentsOf(args),
    file: checkText('file', file || DEFAULT_FILE),
    cwd,
    env: environmentOf(options, cwd),
    uid: idOf('uid', options.uid),
    gid: idOf('gid', options.gid),
  };
}
