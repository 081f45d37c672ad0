// rawloop demo: what a message and a connection cost in each model, in a minute.
import { cpus } from 'node:os';
import { Children } from './children.js';
import { type Cores, findCores } from './cores.js';
import { fitConnections } from './limits.js';
import { MESSAGE_BYTES } from './load.js';
import { estimateSeconds, measure } from './measure.js';
import { type DemoOptions, HELP, parseDemoOptions, recordedOf } from './options.js';
import type { Step } from './pair.js';
import { Progress } from './progress.js';
import { conclusionOf, footnotesOf, tableOf } from './report.js';
import { counted, paintFor, wrap } from './text.js';

export const summary = 'the models side by side, in a minute';

const TEXT_COLUMNS = 94;

/** @throws UsageError; Error when a process fails, or a byte was wrong */
export async function run(args: string[]): Promise<void> {
  const options = parseDemoOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return;
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
  const notes = [...fitting.notes, placement(found), ...traceNotes(settings)];
  for (const note of fitting.notes) progress.note(note);
  progress.note(`takes about ${counted(estimateSeconds(settings), 'second')}`);
  const steps = await measure(settings, children, cores, progress);
  progress.clear();
  const print = options.json ? printJson : printTable;
  print({ options: settings, cores, notes, steps });
}

function placement(found: Cores | string): string {
  if (typeof found === 'string') return `Servers and clients run on any core: ${found}.`;
  return `Servers run on core ${found.server}, clients on core ${found.client} (taskset).`;
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
    tableOf(steps, paint),
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
