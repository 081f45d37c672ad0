// The order of the measurement. All servers are alive at once and are measured in turn,
// in short rounds, so that what else the machine does hits all models alike.
// Connections are opened from few to many, before any load, which tells what one takes
// in memory; then the load runs with all of them, and after that with fewer.
import type { Children } from '../children.js';
import type { Cores } from '../machine.js';
import { Pair, rotated, type Step } from '../pair.js';
import type { Observer } from '../terminal.js';
import { count, rate } from '../text.js';
import { type DemoOptions, recordedOf } from './options.js';

/** A round below a third of a second says little. */
const ROUNDS = 3;
const MIN_SECONDS_FOR_ROUNDS = 1;
/** Not measured, at the start of each round: caches fill, queues reach their length. */
const RAMP_MS = 100;
const WARM_UP_MS = 800;
/** Closing connections is work too, which is not to count as that of messages. */
const SETTLE_MS = 250;
const START_MS = 500;
const OPEN_MS = 150;

interface Plan {
  rounds: number;
  warmUpMs: number;
  windowMs: number;
  totalMs: number;
}

function planOf({ models, connections, seconds }: DemoOptions): Plan {
  const warmUpMs = Math.min(WARM_UP_MS, seconds * 1000);
  const rounds = seconds >= MIN_SECONDS_FOR_ROUNDS ? ROUNDS : 1;
  const windowMs = (seconds * 1000) / rounds;
  const stepMs = OPEN_MS + rounds * (RAMP_MS + windowMs);
  const modelMs = START_MS + warmUpMs + connections.length * stepMs;
  return { rounds, warmUpMs, windowMs, totalMs: models.length * modelMs };
}

/** How long `measure` will take, about. */
export function estimateSeconds(options: DemoOptions): number {
  return Math.ceil(planOf(options).totalMs / 1000);
}

/** @throws Error when a process does not answer; see Children.failed for one that ends */
export async function measure(
  options: DemoOptions,
  children: Children,
  cores: Cores | undefined,
  observer: Observer,
): Promise<Step[]> {
  const { rounds, warmUpMs, windowMs, totalMs } = planOf(options);
  let doneMs = 0;
  const begin = (text: string, ms: number) => {
    observer.begins(text, doneMs / totalMs);
    doneMs += ms;
  };

  begin('starting the servers and their clients', START_MS * options.models.length);
  const recorded = options.trace === undefined ? undefined : recordedOf(options.models);
  const pairs = options.models.map(
    (model) => new Pair(model, children, cores, model === recorded ? options.trace : undefined),
  );
  for (const pair of pairs) await pair.connect();
  for (const connections of options.connections) {
    for (const pair of pairs) {
      begin(`opening ${count(connections)} to ${pair.model}`, OPEN_MS);
      await pair.open(connections);
    }
  }
  for (const pair of pairs) {
    begin(`warming up ${pair.model}`, warmUpMs);
    await pair.run(0, warmUpMs);
  }
  observer.ended(`the servers are up and warm: ${options.models.join(', ')}`);

  const steps: Step[] = [];
  for (const connections of options.connections.toReversed()) {
    for (const pair of pairs) await pair.setConnections(connections);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    for (let round = 0; round < rounds; round++) {
      const what = `${count(connections)}, round ${round + 1} of ${rounds}`;
      const rates: string[] = [];
      for (const pair of rotated(pairs, round)) {
        begin(`${what}: ${pair.model}`, RAMP_MS + windowMs);
        rates.push(`${pair.model} ${rate(await pair.run(RAMP_MS, windowMs))}`);
      }
      observer.ended(`${what}: ${rates.join(', ')}`);
    }
    steps.unshift(...pairs.map((pair) => pair.step(connections)));
  }
  await pairs.find(({ model }) => model === recorded)?.finish();
  return steps;
}
