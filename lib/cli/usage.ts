// What commands share: their arguments, checked before anything is started. What is
// wrong with them is a UsageError: exit code 2 and one clear line.
import { openSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ParseArgsConfig, parseArgs } from 'node:util';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command leaves to do: it may own the thread, and is called outside of any promise. */
export type Serve = () => void | Promise<void>;

export const HELP_OPTION = { type: 'boolean', short: 'h', default: false } as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; strict: true }>
>['values'];

/** The options of a command that takes nothing else. @throws UsageError */
export function parseOptions<const O extends Options>(args: string[], options: O): Values<O> {
  try {
    return parseArgs({ args, options, strict: true }).values as Values<O>;
  } catch (error) {
    // It writes sentences, some of them on lines of their own.
    const [first = '', ...rest] = (error as Error).message.replaceAll('\n', ' ');
    throw new UsageError(`${first.toLowerCase()}${rest.join('')}`);
  }
}

/** A port. @throws UsageError */
export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  throw new UsageError(`--port must be an integer from 0 to 65535, not '${text}'`);
}

/** An address to listen on. @throws UsageError */
export function parseHost(text: string): string {
  if (text === 'localhost' || isIP(text) !== 0) return text;
  throw new UsageError(`--host must be an IPv4 or IPv6 address, not '${text}'`);
}

/** One of `choices`. @throws UsageError */
export function parseChoice<T extends string>(
  flag: string,
  text: string,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${flag} must be one of ${choices.join(', ')}, not '${text}'`);
}

/** A file to write, if one is named. @throws UsageError */
export function parseFile(flag: string, text: string | undefined): string | undefined {
  if (text === '') throw new UsageError(`--${flag} must name a file`);
  return text;
}

/** Opens a file that is written later. @throws Error now and not at the end, when it would be lost */
export function openOutput(path: string, flags: 'w' | 'a'): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
}
