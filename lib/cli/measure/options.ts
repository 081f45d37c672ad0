// The options that demo and compare share.
import { MODELS, type Model } from '../models.js';
import { HELP_OPTION, parseChoice, UsageError } from '../usage.js';

/** A load client has one thread, and a run has to end. */
export const MAX_CONNECTIONS = 20_000;
const MIN_SECONDS = 0.1;
const MAX_SECONDS = 600;

/** Connections and seconds have no default that both share. */
export const SHARED_OPTIONS = {
  connections: { type: 'string' },
  models: { type: 'string', default: MODELS.join(',') },
  seconds: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: HELP_OPTION,
} as const;

export const MODELS_LINE = `  --models LIST       of ${MODELS.join(', ')}; default all`;
export const SECONDS_LINE = `  --seconds N         measured per model and number of connections, ${MIN_SECONDS} to ${MAX_SECONDS};`;

/** What stands between the commas, each once. @throws UsageError by `parse` */
export function parseList<T>(text: string, parse: (item: string) => T): T[] {
  return [...new Set(text.split(',').map((item) => parse(item.trim())))];
}

/** @throws UsageError */
export function parseModels(text: string): Model[] {
  return parseList(text, (item) => parseChoice('models', item, MODELS));
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
