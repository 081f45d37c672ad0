// Errors of the command line: exit code 2 and one clear line.
import { isIP } from 'node:net';

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A port from a flag's text. @throws UsageError */
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
