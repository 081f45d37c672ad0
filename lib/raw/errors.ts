// Errors: SystemError for what the kernel said, coded errors for misuse.
import { getSystemErrorMap } from 'node:util';
import { constants } from './constants.js';

export { codedError } from '../base/errors.js';

/** What a failed call was about, as far as it applies. */
export interface SystemErrorDetails {
  /** An IP address. */
  address?: string | undefined;
  /** The port at it. */
  port?: number | undefined;
  /** The path of a file or a Unix socket. */
  path?: string | undefined;
  /** The second path, of a call that has two. */
  dest?: string | undefined;
}

let names: Map<number, string> | undefined;
/** Node's texts by errno; its map is copied anew each time that it is asked for. */
let texts: ReturnType<typeof getSystemErrorMap> | undefined;

/** Of those that libuv, and so Node, has no text for. */
const OTHER_TEXTS: Readonly<Record<string, string>> = {
  ENOEXEC: 'neither a program nor a script with #!',
  ECHILD: 'no such child',
  EDEADLK: 'a lock would wait for itself',
};
/** Among the names with an E those that are no errors: EPOLLIN, ECHO and their like. */
const NO_ERROR = /^E(POLL|CHO)/;

/** The E* name of a positive errno; 'EAGAIN' and 'EWOULDBLOCK' are one number. */
function nameOf(errno: number): string {
  if (names === undefined) {
    names = new Map();
    for (const [name, value] of Object.entries(constants)) {
      if (/^E[A-Z0-9]+$/.test(name) && !NO_ERROR.test(name) && !names.has(value)) {
        names.set(value, name);
      }
    }
  }
  return names.get(errno) ?? `E${errno}`;
}

function textOf(errno: number): string {
  texts ??= getSystemErrorMap();
  return texts.get(-errno)?.[1] ?? OTHER_TEXTS[nameOf(errno)] ?? 'unknown error';
}

/** As the host's own file system says it. */
function fileText(errno: number, syscall: string, { path, dest }: SystemErrorDetails): string {
  const place = path === undefined ? '' : ` '${path}'`;
  const target = dest === undefined ? '' : ` -> '${dest}'`;
  return `${nameOf(-errno)}: ${textOf(-errno)}, ${syscall}${place}${target}`;
}

function placeOf({ address, port, path }: SystemErrorDetails): string {
  // An abstract name, as ss(8) and socat write it: a NUL would be invisible.
  if (path !== undefined) return ` '${path.replace(/^\0/, '@')}'`;
  if (address === undefined) return '';
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? ` ${host}` : ` ${host}:${port}`;
}

/**
 * A failure that the kernel reported, in the shape of Node's own system errors.
 * See errno(3).
 */
export class SystemError extends Error {
  /** The name, such as 'EADDRINUSE'. */
  readonly code: string;
  /** The number, negative as Node has it. */
  readonly errno: number;
  /** The call that failed, such as 'bind'. */
  readonly syscall: string;
  /** The address that the call was about. */
  declare readonly address?: string;
  /** The port that it was about. */
  declare readonly port?: number;
  /** The path that it was about. */
  declare readonly path?: string;
  /** The second path, of a call that has two. */
  declare readonly dest?: string;

  /**
   * @param errno negative, as the raw calls return it
   * @param hint a sentence for the message that says what to do instead
   */
  constructor(errno: number, syscall: string, details?: SystemErrorDetails, hint?: string) {
    const code = nameOf(-errno);
    // Without a prototype: a polluted one must not add details.
    const place: SystemErrorDetails | undefined =
      details && Object.assign(Object.create(null), details);
    super(
      `${syscall} ${code}: ${textOf(-errno)}${place === undefined ? '' : placeOf(place)}${hint === undefined ? '' : `. ${hint}`}`,
    );
    this.name = 'SystemError';
    this.code = code;
    this.errno = errno;
    this.syscall = syscall;
    if (place === undefined) return;
    for (const key of ['address', 'port', 'path', 'dest'] as const) {
      if (place[key] !== undefined) {
        Object.defineProperty(this, key, { value: place[key], enumerable: true });
      }
    }
  }
}

/** What the kernel runs out of, and has again later. */
const TRANSIENT = new Set(['ENOMEM', 'ENOSPC', 'ENOBUFS', 'EMFILE', 'ENFILE', 'EAGAIN']);

/** Whether trying again later may do. @internal */
export function isTransient(error: Error): boolean {
  return error instanceof SystemError && TRANSIENT.has(error.code);
}

/**
 * Turns the result of a raw call into a value or a throw.
 *
 * @param result what the call returned: negative is `-errno`
 * @param syscall its name, for the error
 * @returns `result`, when it is not negative
 * @throws SystemError
 * @example
 * const fd = check(socket(constants.AF_INET, constants.SOCK_STREAM, 0), 'socket');
 */
export function check(result: number, syscall: string, details?: SystemErrorDetails): number;
export function check<T extends object>(
  result: T | number,
  syscall: string,
  details?: SystemErrorDetails,
): T;
export function check(result: unknown, syscall: string, details?: SystemErrorDetails): unknown {
  if (typeof result === 'number' && result < 0) throw new SystemError(result, syscall, details);
  return result;
}
/** What a call of the host's returns; the error of a system call that it throws as one of ours. */
export function byHost<T>(syscall: string, call: () => T, details?: SystemErrorDetails): T {
  try {
    return call();
  } catch (error) {
    const { errno } = error as { errno?: number };
    throw errno === undefined ? error : new SystemError(errno, syscall, details);
  }
}

/**
 * An error that the loop tells through a callback, made by `make` without a stack: it
 * would lead into the loop and say nothing, and to capture one costs several times as
 * much as the rest of a connection's end. @internal
 */
export function withoutStack<E extends Error>(make: () => E): E {
  const { stackTraceLimit } = Error;
  if (!setStackTraceLimit(0)) return make();
  try {
    return make();
  } finally {
    setStackTraceLimit(stackTraceLimit);
  }
}

/** False where a program froze `Error`. */
function setStackTraceLimit(limit: number): boolean {
  try {
    Error.stackTraceLimit = limit;
    return true;
  } catch {
    return false;
  }
}

/** The SystemError of a call that the loop made by itself; see `withoutStack`. @internal */
export function systemError(
  errno: number,
  syscall: string,
  details?: SystemErrorDetails,
): SystemError {
  return withoutStack(() => new SystemError(errno, syscall, details));
}

/** A failure of a call on files, in the words of `node:fs`. */
class FileError extends SystemError {
  constructor(errno: number, syscall: string, details: SystemErrorDetails) {
    super(errno, syscall, details);
    this.message = fileText(errno, syscall, details);
  }
}

/** The same of a call on files, in the words of `node:fs`. @internal */
export function fileError(
  errno: number,
  syscall: string,
  details: SystemErrorDetails = {},
): SystemError {
  const error = withoutStack(() => new FileError(errno, syscall, details));
  // What was captured has the message that it was made with.
  const value = `${error.name}: ${error.message}`;
  Object.defineProperty(error, 'stack', { value, configurable: true, writable: true });
  return error;
}
