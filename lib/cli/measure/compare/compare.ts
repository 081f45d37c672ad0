// rawloop compare: what an event loop is good for, as a table and as a page with
// charts, in figures of this very machine.
import type { Serve } from '../../usage.js';
import { Children } from '../children.js';
import { findLimits } from '../limits.js';
import { describeMachine, describeVersions, findCores, placementText } from '../machine.js';
import { MESSAGE_BYTES } from '../protocol.js';
import { Progress, paintFor } from '../terminal.js';
import { counted } from '../text.js';
import { chartsOf } from './charts.js';
import { OutputFile, readPageScript } from './files.js';
import { fitWithin } from './fitting.js';
import { estimateSeconds, measure, OPENINGS } from './measure.js';
import { type CompareOptions, HELP, parseCompareOptions } from './options.js';
import { pageOf } from './page.js';
import { textOf } from './report.js';
import { conclusionsOf } from './sentences.js';
import type { Result } from './types.js';

/** @throws UsageError; Error when a process fails, a byte was wrong or the page cannot be written */
export async function run(args: string[]): Promise<Serve | undefined> {
  const options = parseCompareOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return undefined;
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
  return undefined;
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
    notes: [placementText(found), ...fitting.notes, ...notes],
    rows,
  };
}

function printJson(result: Result): void {
  const charts = chartsOf(result.rows).map(({ title, sentence }) => ({ title, sentence }));
  const report = { ...result, conclusions: conclusionsOf(result.rows), charts };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
