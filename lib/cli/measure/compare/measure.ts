// The order of the comparison. Memory first, while connections are opened from few to
// many before any load, in all models side by side. Then the rounds, from few
// connections to many: all models take turns, each round begins with another one.

import type { Model } from '../../models.js';
import type { Children } from '../children.js';
import type { Cores } from '../machine.js';
import { BASE_CONNECTIONS, MIN_CONNECTIONS_FOR_MEMORY, rotated } from '../pair.js';
import type { Observer } from '../terminal.js';
import { count, rate } from '../text.js';
import { Contender } from './contender.js';
import type { Fitting } from './fitting.js';
import { type Pace, paceOf } from './fitting.js';
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
/** For all, so that two minutes are enough, where nobody asked for more. */
const RUN_MS = 105_000;
const LONGER = 1.25;
/** What is guessed for the estimate. */
const START_MS = 300;
const CLOSE_MS = 50;
const OPEN_MS_PER_CONNECTION = 0.08;

export interface Plan extends Pick<Fitting, 'connections' | 'most' | 'modelsAt'> {
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

interface Measured {
  rows: Row[];
  notes: string[];
}

/** @throws Error when a process does not answer; see Children.failed for one that ends */
export function measure(
  plan: Plan,
  children: Children,
  cores: Cores | undefined,
  observer: Observer,
): Promise<Measured> {
  return new Measurement(plan, children, cores, observer).run();
}

class Measurement {
  #plan: Plan;
  readonly #all: readonly Contender[];
  readonly #observer: Observer;
  readonly #startMs = performance.now();
  #totalMs: number;
  #doneMs = 0;

  constructor(plan: Plan, children: Children, cores: Cores | undefined, observer: Observer) {
    this.#plan = plan;
    this.#observer = observer;
    this.#totalMs = totalMsOf(plan);
    this.#begin('starting the servers and their clients', START_MS * plan.models.length);
    this.#all = plan.models.map((model) => new Contender(model, children, cores));
  }

  async run(): Promise<Measured> {
    for (const contender of this.#all) await contender.connect();
    const notes = await this.#measureMemory();
    for (const contender of this.#all) await contender.closeAll();
    await this.#warmUp();
    const rows: Row[] = [];
    for (const connections of this.#plan.connections) {
      rows.push(...(await this.#measureAt(connections)));
    }
    return { rows, notes };
  }

  /** @param ms that it takes, about */
  #begin(text: string, ms: number): void {
    this.#observer.begins(text, Math.min(1, this.#doneMs / this.#totalMs));
    this.#doneMs += ms;
  }

  #contendersAt(connections: number): Contender[] {
    const models = this.#plan.modelsAt(connections);
    return this.#all.filter(({ model }) => models.includes(model));
  }

  /** Opens connections from few to many; what that takes may change the plan. */
  async #measureMemory(): Promise<string[]> {
    const notes: string[] = [];
    let before: { connections: number; ms: number } | undefined;
    for (let connections of forMemory(this.#plan)) {
      if (connections === this.#plan.most && before !== undefined) {
        const { most, note } = this.#paceFor(connections, before);
        if (note !== undefined) notes.push(note);
        if (most === undefined) break;
        connections = most;
      }
      let ms = 0;
      for (const contender of this.#contendersAt(connections)) {
        this.#begin(`opening ${count(connections)} to ${contender.model}`, openMs(connections));
        ms += await contender.open(connections);
      }
      before = { connections, ms };
    }
    return notes;
  }

  /** As many as there is time for, which the plan has from here on. */
  #paceFor(most: number, before: { connections: number; ms: number }): Pace {
    const others = this.#plan.connections.filter((each) => each !== most);
    const rest = totalMsOf({ ...this.#plan, connections: others });
    const leftMs = RUN_MS - (performance.now() - this.#startMs) - rest;
    const pace = paceOf(most, before.connections, before.ms, leftMs);
    const connections = pace.most === undefined ? others : [...others, pace.most];
    this.#plan = { ...this.#plan, connections, most: pace.most };
    this.#totalMs = totalMsOf(this.#plan);
    return pace;
  }

  async #warmUp(): Promise<void> {
    const ms = warmUpMsOf(this.#plan);
    const fewest = Math.min(WARM_UP_CONNECTIONS, ...this.#plan.connections);
    for (const contender of this.#all) {
      this.#begin(`warming up ${contender.model}`, ms);
      await contender.warmUp(Math.max(BASE_CONNECTIONS, fewest), ms);
    }
  }

  async #measureAt(connections: number): Promise<Row[]> {
    const contenders = this.#contendersAt(connections);
    const { seconds } = this.#plan;
    const rounds = roundsAt(connections, seconds);
    const windowMs = (seconds * 1000) / rounds;
    const deadline = this.#startMs + Math.max(RUN_MS, this.#totalMs * LONGER);
    let lastMs = 0;
    for (let round = 0; round < rounds; round++) {
      const beginMs = performance.now();
      // On a busy machine the last steps get fewer rounds than planned.
      if (round > 0 && beginMs + lastMs > deadline) break;
      const what = `${count(connections)}, round ${round + 1} of ${rounds}`;
      const rates: string[] = [];
      for (const contender of rotated(contenders, round)) {
        this.#begin(`${what}: ${contender.model}`, roundMs(connections, windowMs));
        const found = await contender.round(connections, RAMP_MS, windowMs);
        rates.push(`${contender.model} ${rate(found)}`);
      }
      this.#observer.ended(`${what}: ${rates.join(', ')}`);
      lastMs = performance.now() - beginMs;
    }
    return contenders.map((contender) => contender.takeRow(connections));
  }
}
