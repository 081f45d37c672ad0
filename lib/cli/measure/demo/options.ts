// The options of rawloop demo.
import { LOOP_MODELS, MODELS_HELP, type Model } from '../../models.js';
import { parseFile, parseOptions, UsageError } from '../../usage.js';
import {
  MODELS_LINE,
  parseConnections,
  parseList,
  parseModels,
  parseSeconds,
  SECONDS_LINE,
  SHARED_OPTIONS,
} from '../options.js';

export interface DemoOptions {
  json: boolean;
  /** Ascending, each once. */
  connections: number[];
  models: Model[];
  /** Measured time of each model at each number of connections. */
  seconds: number;
  /** Where the trace of the first model that is recorded goes. */
  trace: string | undefined;
}

const DEFAULTS = { connections: '10,100,1000', seconds: '2' } as const;

export const HELP = `Usage: rawloop demo [options]

Runs an echo server in four models, each in a process of its own, drives it over
TCP with a client on rawloop's loop, checks every byte that comes back, and prints
what a message and a connection cost. Under a minute.

Options:
  --connections LIST  how many at once, default ${DEFAULTS.connections}
${MODELS_LINE}
${SECONDS_LINE}
                      default ${DEFAULTS.seconds}
  --json              the figures as JSON on stdout
  --trace FILE        record the loop of the loop (else of the guest) server, and write
                      what it did last, for ui.perfetto.dev; recording costs it time
  -h, --help          this text

${MODELS_HELP}
The table is on stdout, progress on stderr. NO_COLOR is respected.

Exit code 0: done; 1: a byte was wrong, a process failed or FILE cannot be written;
2: a wrong option; 130: Ctrl-C; 141: whoever read the output went away.
`;

const OPTIONS = { ...SHARED_OPTIONS, trace: { type: 'string' } } as const;

/** @returns undefined: the help was asked for. @throws UsageError */
export function parseDemoOptions(args: string[]): DemoOptions | undefined {
  const values = parseOptions(args, OPTIONS);
  if (values.help) return undefined;
  const counts = parseList(values.connections ?? DEFAULTS.connections, parseConnections);
  const models = parseModels(values.models);
  const trace = parseFile('trace', values.trace);
  if (trace !== undefined && recordedOf(models) === undefined) {
    throw new UsageError(`--trace needs ${LOOP_MODELS.join(' or ')} among the --models`);
  }
  return {
    json: values.json,
    connections: counts.sort((a, b) => a - b),
    models,
    seconds: parseSeconds(values.seconds ?? DEFAULTS.seconds),
    trace,
  };
}

/** The model whose loop `--trace` records. */
export function recordedOf(models: readonly Model[]): Model | undefined {
  return LOOP_MODELS.find((model) => models.includes(model));
}
