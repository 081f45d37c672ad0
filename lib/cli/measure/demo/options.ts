// The flags of rawloop demo, checked before anything is started.
import { parseArgs } from 'node:util';
import { LOOP_MODELS, MODELS, type Model } from '../../echo-models.js';
import {
  MAX_SECONDS,
  MIN_SECONDS,
  parseChoice,
  parseConnections,
  parseList,
  parseSeconds,
  UsageError,
} from '../../usage.js';

export interface DemoOptions {
  help: boolean;
  json: boolean;
  /** Ascending, each once. */
  connections: number[];
  models: Model[];
  /** Measured time of each model at each number of connections. */
  seconds: number;
  /** Where the trace of the first model that is recorded goes. */
  trace: string | undefined;
}

export const HELP = `Usage: rawloop demo [options]

Runs an echo server in four models, each in a process of its own, drives it over
TCP with a client on rawloop's loop, checks every byte that comes back, and prints
what a message and a connection cost. Under a minute.

Options:
  --connections LIST  how many at once, default 10,100,1000
  --models LIST       of ${MODELS.join(', ')}; default all
  --seconds N         measured per model and number of connections, ${MIN_SECONDS} to ${MAX_SECONDS};
                      default 2
  --json              the figures as JSON on stdout
  --trace FILE        record the loop of the loop (else of the guest) server, and write
                      what it did last, for ui.perfetto.dev; recording costs it time
  -h, --help          this text

Models:
  loop     rawloop's loop owns the thread
  guest    rawloop's loop inside Node's
  threads  one thread per connection, in C++
  net      node:net, to compare

The table is on stdout, progress on stderr. Exit code 0: done; 1: a byte was wrong
or a process failed; 2: a bad flag; 130: Ctrl-C. NO_COLOR is respected.
`;

const OPTIONS = {
  connections: { type: 'string', default: '10,100,1000' },
  models: { type: 'string', default: MODELS.join(',') },
  seconds: { type: 'string', default: '2' },
  json: { type: 'boolean', default: false },
  trace: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws UsageError; TypeError ERR_PARSE_ARGS_* for an unknown flag */
export function parseDemoOptions(args: string[]): DemoOptions {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  const counts = parseList(values.connections).map(parseConnections);
  const models = parseList(values.models).map((text) => parseChoice('models', text, MODELS));
  if (values.trace !== undefined && recordedOf(models) === undefined) {
    throw new UsageError(`--trace needs ${LOOP_MODELS.join(' or ')} among the --models`);
  }
  return {
    help: values.help,
    json: values.json,
    connections: [...new Set(counts)].sort((a, b) => a - b),
    models: [...new Set(models)],
    seconds: parseSeconds(values.seconds),
    trace: values.trace,
  };
}

/** The model whose loop `--trace` records. */
export function recordedOf(models: readonly Model[]): Model | undefined {
  return LOOP_MODELS.find((model) => models.includes(model));
}
