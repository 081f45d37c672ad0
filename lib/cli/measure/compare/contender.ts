// One model in the comparison: its server and its client, and the figures of its
// rounds. In each round its connections are opened from none, loaded and closed, so
// that no model is measured while the connections of another are open.

import type { Model } from '../../models.js';
import type { Children } from '../children.js';
import type { Cores } from '../machine.js';
import { ANSWER_LIMIT_MS, Pair, rateOf } from '../pair.js';
import { cpuMsOf, schedulingOf, threadsOf } from '../process.js';
import { MESSAGE_BYTES } from '../protocol.js';
import { figureOf } from './figures.js';
import type { Row } from './types.js';

/** A server is quiet when it has used less of the CPU in a pause. */
const QUIET_CPU_MS = 0.5;
const PAUSE_MS = 20;
const QUIET_LIMIT_MS = 3000;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Round {
  messagesPerSecond: number;
  p50Us: number;
  p99Us: number;
  cpuUsPerMessage: number | undefined;
  voluntarySwitchesPerMessage: number | undefined;
  involuntarySwitchesPerMessage: number | undefined;
  acceptMs: number;
  messages: number;
  allMessages: number;
}

type Costs = Pick<
  Round,
  'cpuUsPerMessage' | 'voluntarySwitchesPerMessage' | 'involuntarySwitchesPerMessage'
>;

export class Contender {
  readonly model: Model;
  readonly #pair: Pair;
  #threads: number | undefined;
  #rounds: Round[] = [];

  /** Starts both processes. */
  constructor(model: Model, children: Children, cores: Cores | undefined) {
    this.model = model;
    this.#pair = new Pair(model, children, cores);
  }

  connect(): Promise<void> {
    return this.#pair.connect();
  }

  /** Opens more connections, and notes what one takes in memory. @returns the ms it took */
  open(connections: number): Promise<number> {
    return this.#pair.open(connections);
  }

  /** Closes all, and waits until the server has noticed. */
  async closeAll(): Promise<void> {
    await this.#pair.setConnections(0);
    const deadline = performance.now() + QUIET_LIMIT_MS;
    let before = cpuMsOf(this.#pair.serverPid);
    while (performance.now() < deadline) {
      await sleep(PAUSE_MS);
      const now = cpuMsOf(this.#pair.serverPid);
      // Unknown: a thread ended while they were counted.
      if (now !== undefined && before !== undefined && now - before < QUIET_CPU_MS) return;
      before = now;
    }
  }

  async warmUp(connections: number, ms: number): Promise<void> {
    await this.#pair.setConnections(connections);
    await this.#pair.run(0, ms);
    await this.closeAll();
  }

  /** @returns messages per second */
  async round(connections: number, rampMs: number, windowMs: number): Promise<number> {
    const pid = this.#pair.serverPid;
    const { openMs } = await this.#pair.setConnections(connections);
    // Nothing is on the way now, so the difference belongs to the messages alone.
    const before = schedulingOf(pid);
    const beforeCpuMs = before?.cpuMs ?? cpuMsOf(pid);
    const figures = await this.#pair.tell(
      { do: 'run', rampMs, windowMs },
      rampMs + windowMs + ANSWER_LIMIT_MS,
    );
    const after = schedulingOf(pid);
    const afterCpuMs = after?.cpuMs ?? cpuMsOf(pid);
    this.#threads = threadsOf(pid);
    await this.closeAll();

    const { allMessages } = figures;
    const each = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined ? undefined : (to - from) / allMessages;
    const cpuMs = each(beforeCpuMs, afterCpuMs);
    const costs: Costs = {
      cpuUsPerMessage: cpuMs === undefined ? undefined : cpuMs * 1000,
      voluntarySwitchesPerMessage: each(before?.voluntary, after?.voluntary),
      involuntarySwitchesPerMessage: each(before?.involuntary, after?.involuntary),
    };
    const { messages, p50Us, p99Us } = figures;
    const messagesPerSecond = rateOf(figures);
    this.#rounds.push({
      ...{ messagesPerSecond, p50Us, p99Us, messages, allMessages },
      ...costs,
      acceptMs: openMs,
    });
    return messagesPerSecond;
  }

  /** The figures of the rounds since the last call. */
  takeRow(connections: number): Row {
    const rounds = this.#rounds;
    this.#rounds = [];
    const memory = this.#pair.memoryAt(connections);
    const known = (pick: (round: Round) => number) => figureOf(rounds.map(pick));
    const maybe = (name: keyof Costs) => {
      const values = rounds.map((round) => round[name]);
      return values.every((value) => value !== undefined) ? figureOf(values) : null;
    };
    const total = (pick: (round: Round) => number) =>
      rounds.reduce((sum, round) => sum + pick(round), 0);
    return {
      model: this.model,
      connections,
      rounds: rounds.length,
      messagesPerSecond: known((round) => round.messagesPerSecond),
      p50Us: known((round) => round.p50Us),
      p99Us: known((round) => round.p99Us),
      cpuUsPerMessage: maybe('cpuUsPerMessage'),
      voluntarySwitchesPerMessage: maybe('voluntarySwitchesPerMessage'),
      involuntarySwitchesPerMessage: maybe('involuntarySwitchesPerMessage'),
      threads: this.#threads ?? null,
      residentBytesPerConnection: memory?.resident ?? null,
      kernelBytesPerConnection: memory?.kernel ?? null,
      acceptMs: known((round) => round.acceptMs),
      messages: total((round) => round.messages),
      bytesVerified: total((round) => round.allMessages) * MESSAGE_BYTES,
    };
  }
}
