// rawloop demo: what a message and a connection cost in each model, in a minute.
import { cpus } from 'node:os';
import type { Serve } from '../../usage.js';
import { Children } from '../children.js';
import { findLimits } from '../limits.js';
import { type Cores, findCores, placementText } from '../machine.js';
import type { Step } from '../pair.js';
import { MESSAGE_BYTES } from '../protocol.js';
import { Progress, paintFor } from '../terminal.js';
import { count, counted, wrap } from '../text.js';
import { estimateSeconds, measure } from './measure.js';
import { type DemoOptions, HELP, parseDemoOptions, recordedOf } from './options.js';
import { conclusionOf, footnotesOf, stepTable } from './report.js';

/** Each connection is opened once. */
const OPENINGS = 1;
const TEXT_COLUMNS = 94;

/** @throws UsageError; Error when a process fails, or a byte was wrong */
export async function run(args: string[]): Promise<Serve | undefined> {
  const options = parseDemoOptions(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    return undefined;
  }
  const progress = new Progress('demo');
  const children = new Children();
  children.guard(() => progress.clear());
  try {
    await Promise.race([compare(options, children, progress), children.failed]);
  } finally {
    progress.clear();
    await children.stop();
  }
  return undefined;
}

async function compare(
  options: DemoOptions,
  children: Children,
  progress: Progress,
): Promise<void> {
  const fitting = fitConnections(options);
  const settings = { ...options, connections: fitting.connections };
  const found = findCores();
  const cores = typeof found === 'string' ? undefined : found;
  const notes = [...fitting.notes, placementText(found), ...traceNotes(settings)];
  for (const note of fitting.notes) progress.note(note);
  progress.note(`takes about ${counted(estimateSeconds(settings), 'second')}`);
  const steps = await measure(settings, children, cores, progress);
  progress.clear();
  const print = options.json ? printJson : printTable;
  print({ options: settings, cores, notes, steps });
}

/** The numbers of connections that are possible; larger ones become the largest such. */
function fitConnections({ connections, models }: DemoOptions) {
  const { any, threads } = findLimits(OPENINGS);
  const { most, why } = models.includes('threads') ? threads : any;
  const greatest = connections.at(-1) as number;
  if (greatest <= most) return { connections, notes: [] };
  if (most < 1) throw new Error(`${why}: too few for a connection`);
  return {
    connections: [...new Set(connections.map((wanted) => Math.min(wanted, most)))],
    notes: [`${why}, too few for ${count(greatest)}: ${count(most)} instead.`],
  };
}

function traceNotes({ models, trace }: DemoOptions): string[] {
  if (trace === undefined) return [];
  return [
    `What ${recordedOf(models)} did last is in ${trace}, for ui.perfetto.dev.`,
    'Its figures include what recording costs.',
  ];
}

/** What a run found. */
interface Result {
  options: DemoOptions;
  cores: Cores | undefined;
  notes: readonly string[];
  steps: readonly Step[];
}

function printTable({ steps, notes }: Result): void {
  const paint = paintFor(process.stdout);
  const lines = [
    '',
    `Echo over TCP: ${MESSAGE_BYTES} bytes a message, one message on the way per connection`,
    '',
    stepTable(steps, paint),
    ...[...footnotesOf(steps, paint), ...notes].map(paint.faint),
    '',
    wrap(conclusionOf(steps), TEXT_COLUMNS),
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

function printJson({ options, cores, notes, steps }: Result): void {
  const report = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model ?? null,
    cores: cores ?? null,
    messageBytes: MESSAGE_BYTES,
    secondsPerStep: options.seconds,
    notes,
    steps,
    conclusion: conclusionOf(steps),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}
