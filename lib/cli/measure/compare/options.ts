// The flags of rawloop compare, checked before anything is started.
import { parseArgs } from 'node:util';
import { MODELS, type Model } from '../../echo-models.js';
import {
  MAX_SECONDS,
  MIN_SECONDS,
  parseChoice,
  parseConnections,
  parseList,
  parseSeconds,
  UsageError,
} from '../../usage.js';

/** A number of connections, or as many as the limits allow. */
export type Wanted = number | 'most';

export interface CompareOptions {
  help: boolean;
  json: boolean;
  /** Where the page goes. */
  html: string | undefined;
  connections: Wanted[];
  models: Model[];
  /** Measured time of each model at each number of connections. */
  seconds: number;
}

const FULL = { connections: '1,10,100,1000,most', seconds: '1' } as const;
const QUICK = { connections: '1,10,100,1000', seconds: '0.5' } as const;

export const HELP = `Usage: rawloop compare [options]

Runs the same echo server in four models, each in a process of its own, from one
connection to as many as the limits of this system allow, checks every byte that
comes back, and shows what a message and a connection cost in each. Under two minutes.

Options:
  --connections LIST  how many at once; 'most': as many as the limits allow;
                      default ${FULL.connections}
  --models LIST       of ${MODELS.join(', ')}; default all
  --seconds N         measured per model and number of connections, ${MIN_SECONDS} to ${MAX_SECONDS};
                      default ${FULL.seconds}
  --quick             --connections ${QUICK.connections} --seconds ${QUICK.seconds}; about 20 seconds
  --html FILE         writes a page with charts, which needs nothing but a browser
  --json              every figure as JSON on stdout, no progress
  -h, --help          this text

Models:
  loop     rawloop's loop owns the thread
  guest    rawloop's loop inside Node's
  threads  one thread per connection, in C++
  net      node:net

The table is on stdout; progress is on stderr when that is a terminal. Exit code 0:
done; 1: a byte was wrong, a process failed or FILE cannot be written; 2: a bad flag;
130: Ctrl-C. NO_COLOR is respected.
`;

const OPTIONS = {
  connections: { type: 'string' },
  models: { type: 'string', default: MODELS.join(',') },
  seconds: { type: 'string' },
  quick: { type: 'boolean', default: false },
  html: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** @throws UsageError; TypeError ERR_PARSE_ARGS_* for an unknown flag */
export function parseCompareOptions(args: string[]): CompareOptions {
  const { values } = parseArgs({ args, options: OPTIONS, strict: true });
  const defaults = values.quick ? QUICK : FULL;
  if (values.html === '') throw new UsageError('--html must name a file');
  const wanted = parseList(values.connections ?? defaults.connections).map(
    (text): Wanted => (text === 'most' ? text : parseConnections(text)),
  );
  const models = parseList(values.models).map((text) => parseChoice('models', text, MODELS));
  return {
    help: values.help,
    json: values.json,
    html: values.html,
    connections: [...new Set(wanted)],
    // In one order, whatever theirs: a model has the same place everywhere.
    models: MODELS.filter((model) => models.includes(model)),
    seconds: parseSeconds(values.seconds ?? defaults.seconds),
  };
}
