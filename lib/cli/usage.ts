// Errors of the command line: exit code 2 and one clear line.
import { isIP } from 'node:net';

/** A load client has one thread, and a run has to end. */
export const MAX_CONNECTIONS = 20_000;
export const MIN_SECONDS = 0.1;
export const MAX_SECONDS = 600;

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

/** What stands between the commas. */
export function parseList(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/** A number of connections. @throws UsageError */
export function parseConnections(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_CONNECTIONS) return count;
  throw new UsageError(
    `--connections must be integers from 1 to ${MAX_CONNECTIONS}, separated by commas, not '${text}'`,
  );
}

/** A measured time. @throws UsageError */
export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d*\.?\d+$/.test(text) && seconds >= MIN_SECONDS && seconds <= MAX_SECONDS) return seconds;
  throw new UsageError(
    `--seconds must be a number from ${MIN_SECONDS} to ${MAX_SECONDS}, not '${text}'`,
  );
}
