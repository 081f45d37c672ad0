// The options of rawloop compare.
import { MODELS, MODELS_HELP, type Model } from '../../models.js';
import { parseFile, parseOptions } from '../../usage.js';
import {
  MODELS_LINE,
  parseConnections,
  parseList,
  parseModels,
  parseSeconds,
  SECONDS_LINE,
  SHARED_OPTIONS,
} from '../options.js';

/** A number of connections, or as many as the limits allow. */
export type Wanted = number | 'most';

export interface CompareOptions {
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
${MODELS_LINE}
${SECONDS_LINE}
                      default ${FULL.seconds}
  --quick             --connections ${QUICK.connections} --seconds ${QUICK.seconds}; about 20 seconds
  --html FILE         writes a page with charts, which needs nothing but a browser
  --json              every figure as JSON on stdout, no progress
  -h, --help          this text

${MODELS_HELP}
The table is on stdout; progress is on stderr when that is a terminal. NO_COLOR is
respected.

Exit code 0: done; 1: a byte was wrong, a process failed or FILE cannot be written;
2: a wrong option; 130: Ctrl-C; 141: whoever read the output went away.
`;

const OPTIONS = {
  ...SHARED_OPTIONS,
  quick: { type: 'boolean', default: false },
  html: { type: 'string' },
} as const;

/** @returns undefined: the help was asked for. @throws UsageError */
export function parseCompareOptions(args: string[]): CompareOptions | undefined {
  const values = parseOptions(args, OPTIONS);
  if (values.help) return undefined;
  const defaults = values.quick ? QUICK : FULL;
  const models = parseModels(values.models);
  return {
    json: values.json,
    html: parseFile('html', values.html),
    connections: parseList(
      values.connections ?? defaults.connections,
      (text): Wanted => (text === 'most' ? text : parseConnections(text)),
    ),
    // In one order, whatever theirs: a model has the same place everywhere.
    models: MODELS.filter((model) => models.includes(model)),
    seconds: parseSeconds(values.seconds ?? defaults.seconds),
  };
}
