// The order of the comparison. Memory first, while connections are opened from few to
// many before any load, in all models side by side. Then the rounds, from few
// connections to many: all models take turns, each round begins with another one.
import type { Children } from '../demo-children.js';
import type { Cores } from '../demo-cores.js';
import { type Observer, rotated } from '../demo-measure.js';
import { BASE_CONNECTIONS, MIN_CONNECTIONS_FOR_MEMORY } from '../demo-pair.js';
import { count, rate } from '../demo-text.js';
import type { Model } from '../echo-models.js';
import { Contender } from './contender.js';
import type { Fitting } from './fitting.js';
import type { Row } from './types.js';

const ROUNDS = 5;
/** Where opening takes its time, and where there is little of it. */
const FEWER_ROUNDS = 3;
const MANY = 5000;
const SHORT_SECONDS = 1;
/** Not measured, at the start of each round: caches fill, queues reach their length. */
const RAMP_MS = 50;
const WARM_UP_MS = 800;
const WARM_UP_CONNECTIONS = 50;
/** On a slow machine many connections get fewer rounds than planned, but two. */
const LEAST_ROUNDS = 2;
const TIME_LIMIT_MS = 75_000;
const TIME_LIMIT_FACTOR = 1.25;
/** What is guessed for the estimate. */
const START_MS = 300;
const CLOSE_MS = 50;
const OPEN_MS_PER_CONNECTION = 0.08;

export interface Plan extends Pick<Fitting, 'connections' | 'modelsAt'> {
  models: readonly Model[];
  seconds: number;
}

function roundsAt(connections: number, seconds: number): number {
  return connections >= MANY || seconds < SHORT_SECONDS ? FEWER_ROUNDS : ROUNDS;
}

/** How often a model's connections are opened, at most: once for the memory. */
export const OPENINGS = ROUNDS + 1;

const roundMs = (connections: number, windowMs: number) =>
  connections * OPEN_MS_PER_CONNECTION + RAMP_MS + windowMs + CLOSE_MS;

const openMs = (connections: number) => connections * OPEN_MS_PER_CONNECTION;

const forMemory = ({ connections }: Plan) =>
  connections.filter((each) => each >= MIN_CONNECTIONS_FOR_MEMORY);

const warmUpMsOf = ({ seconds }: Plan) => Math.min(WARM_UP_MS, seconds * 1000);

function totalMsOf(plan: Plan): number {
  const { connections, modelsAt, models, seconds } = plan;
  const warmUp = models.length * (START_MS + warmUpMsOf(plan));
  const opening = forMemory(plan).map((each) => modelsAt(each).length * openMs(each));
  const rounds = connections.map((each) => {
    const all = roundsAt(each, seconds);
    return modelsAt(each).length * all * roundMs(each, (seconds * 1000) / all);
  });
  return [warmUp, ...opening, ...rounds].reduce((a, b) => a + b, 0);
}

/** How long `measure` will take, about. */
export function estimateSeconds(plan: Plan): number {
  return Math.ceil(totalMsOf(plan) / 1000);
}

/** @throws Error when a process does not answer; see Children.failed for one that ends */
export async function measure(
  plan: Plan,
  children: Children,
  cores: Cores | undefined,
  observer: Observer,
): Promise<Row[]> {
  const totalMs = totalMsOf(plan);
  const deadline = performance.now() + Math.max(TIME_LIMIT_MS, totalMs * TIME_LIMIT_FACTOR);
  let doneMs = 0;
  const begin = (text: string, ms: number) => {
    observer.begins(text, Math.min(1, doneMs / totalMs));
    doneMs += ms;
  };

  begin('starting the servers and their clients', START_MS * plan.models.length);
  const all = plan.models.map((model) => new Contender(model, children, cores));
  for (const contender of all) await contender.connect();
  const contendersAt = (connections: number) => {
    const models = plan.modelsAt(connections);
    return all.filter(({ model }) => models.includes(model));
  };
  for (const connections of forMemory(plan)) {
    for (const contender of contendersAt(connections)) {
      begin(`opening ${count(connections)} to ${contender.model}`, openMs(connections));
      await contender.open(connections);
    }
  }
  for (const contender of all) await contender.closeAll();
  const warm = Math.max(BASE_CONNECTIONS, Math.min(WARM_UP_CONNECTIONS, ...plan.connections));
  for (const contender of all) {
    begin(`warming up ${contender.model}`, warmUpMsOf(plan));
    await contender.warmUp(warm, warmUpMsOf(plan));
  }

  const rows: Row[] = [];
  for (const connections of plan.connections) {
    const contenders = contendersAt(connections);
    const rounds = roundsAt(connections, plan.seconds);
    const windowMs = (plan.seconds * 1000) / rounds;
    for (let round = 0; round < rounds; round++) {
      const late = performance.now() > deadline;
      if (late && connections >= MANY && round >= LEAST_ROUNDS) break;
      const what = `${count(connections)}, round ${round + 1} of ${rounds}`;
      const rates: string[] = [];
      for (const contender of rotated(contenders, round)) {
        begin(`${what}: ${contender.model}`, roundMs(connections, windowMs));
        const found = await contender.round(connections, RAMP_MS, windowMs);
        rates.push(`${contender.model} ${rate(found)}`);
      }
      observer.ended(`${what}: ${rates.join(', ')}`);
    }
    rows.push(...contenders.map((contender) => contender.takeRow(connections)));
  }
  return rows;
}
