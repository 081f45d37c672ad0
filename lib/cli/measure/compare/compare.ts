// rawloop compare: what an event loop is good for, as a table and as a page with
// charts, in figures of this very machine.
import { Children } from '../demo/children.js';
import { type Cores, findCores } from '../demo/cores.js';
import { MESSAGE_BYTES } from '../demo/load.js';
import { Progress } from '../demo/progress.js';
import { counted, paintFor } from '../demo/text.js';
import { chartsOf } from './charts.js';
import { fitWithin } from './fitting.js';
import { findLimits } from './limits.js';
import { describeMachine, describeVersions } from './machine.js';
import { estimateSeconds, measure, OPENINGS } from './measure.js';
import { type CompareOptions, HELP, parseCompareOptions } from './options.js';
import { OutputFile } from './output-file.js';
import { readPageScript } from './package-files.js';
import { pageOf } from './page.js';
import { conclusionsOf } from './sentences.js';
import { textOf } from './terminal.js';
import type { Result } from './types.js';

export const summary = 'a loop, a thread per connection and node:net, with charts';

/** @throws UsageError; Error when a process fails, a byte was wrong or the page cannot be written */
export async function run(args: string[]): Promise<void> {
  const options = parseCompareOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  // Read now: a package that lacks it is told before the minute, too.
  const script = options.html === undefined ? '' : readPageScript();
  const page = options.html === undefined ? undefined : new OutputFile(options.html);
  const progress = new Progress('compare', options.json || process.stderr.isTTY !== true);
  const children = new Children();
  children.guard(() => progress.clear());
  try {
    const result = await Promise.race([compare(options, children, progress), children.failed]);
    progress.clear();
    page?.write(pageOf(result, script));
    if (options.json) printJson(result);
    else process.stdout.write(textOf(result, paintFor(process.stdout)));
    if (options.html !== undefined) progress.note(`the page is in ${options.html}`);
  } finally {
    progress.clear();
    page?.abandon();
    await children.stop();
  }
}

async function compare(
  options: CompareOptions,
  children: Children,
  progress: Progress,
): Promise<Result> {
  const { models, seconds } = options;
  const fitting = fitWithin(options.connections, models, findLimits(OPENINGS));
  const found = findCores();
  const cores = typeof found === 'string' ? null : found;
  const plan = { ...fitting, models, seconds };
  for (const note of fitting.notes) progress.note(note);
  progress.note(`takes about ${counted(estimateSeconds(plan), 'second')}`);
  const date = new Date().toISOString();
  const { rows, notes } = await measure(plan, children, cores ?? undefined, progress);
  const connections = [...new Set(rows.map((row) => row.connections))];
  return {
    date,
    machine: describeMachine(),
    versions: describeVersions(),
    cores,
    settings: { models, connections, seconds, messageBytes: MESSAGE_BYTES },
    notes: [placement(found), ...fitting.notes, ...notes],
    rows,
  };
}

function placement(found: Cores | string): string {
  if (typeof found === 'string') return `Servers and clients ran on any core: ${found}.`;
  return `Servers ran on core ${found.server}, clients on core ${found.client} (taskset).`;
}

function printJson(result: Result): void {
  const charts = chartsOf(result.rows).map(({ title, sentence }) => ({ title, sentence }));
  const report = { ...result, conclusions: conclusionsOf(result.rows), charts };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
