// A server in one model and the client that drives it, each a process of its own.
// CPU time is read while no message is on the way, so that it belongs to the messages
// in between and to nothing else.
import type { Model } from '../models.js';
import type { Child, Children } from './children.js';
import type { Cores } from './machine.js';
import { cpuMsOf, kernelBytes, residentBytesOf, threadsOf } from './process.js';
import { type Answer, type Command, MESSAGE_BYTES } from './protocol.js';

/** What one model did with one number of connections; null: the system does not tell. */
export interface Step {
  model: Model;
  connections: number;
  /** Answered in the measured windows. */
  messages: number;
  messagesPerSecond: number;
  p50Us: number;
  p99Us: number;
  /** Of the server, in user and kernel mode, on all its threads. */
  cpuUsPerMessage: number | null;
  threads: number | null;
  /** Resident memory of the server; null, too, when there are too few to tell. */
  bytesPerConnection: number | null;
  /** Of all messages at this step, those outside the windows included. */
  bytesVerified: number;
}

/** Bytes; undefined: the system does not tell. */
export interface Memory {
  /** Of the server. */
  resident: number | undefined;
  /** Of the whole machine: see kernelBytes. */
  kernel: number | undefined;
}

/** Open when the count of memory starts: a server's first ones make more than themselves. */
export const BASE_CONNECTIONS = 8;
/**
 * With fewer, what the runtime does by the way outweighs them: a megabyte more or less
 * of garbage, as it happens to be collected.
 */
export const MIN_CONNECTIONS_FOR_MEMORY = 500;
export const ANSWER_LIMIT_MS = 30_000;
/** Twenty times what it takes where nothing else runs. */
const OPEN_LIMIT_MS = 4;

export class Pair {
  readonly model: Model;
  readonly #server: Child;
  readonly #client: Child;
  /** As connections were opened. */
  readonly #grownBytes: Memory = { resident: 0, kernel: 0 };
  /** By number of connections. */
  readonly #bytesPerConnection = new Map<number, Memory>();
  #cpuMs: number | undefined = 0;
  #figures: Answer | undefined;

  readonly #children: Children;

  /** Starts both. @param trace the file in which the server writes what its loop did */
  constructor(model: Model, children: Children, cores: Cores | undefined, trace?: string) {
    this.model = model;
    this.#children = children;
    const serve = ['echo', '--model', model, ...(trace === undefined ? [] : ['--trace', trace])];
    this.#server = children.start(`${model} server`, serve, cores?.server);
    this.#client = children.start(`client of ${model}`, ['demo-client'], cores?.client);
  }

  get serverPid(): number {
    return this.#server.pid;
  }

  /** Waits until they are connected. */
  async connect(): Promise<void> {
    const line = await this.#server.nextLine(ANSWER_LIMIT_MS);
    const port = Number(/listening on .*:(\d+)$/.exec(line)?.[1]);
    await this.tell({ do: 'target', pid: this.serverPid, port });
    await this.setConnections(BASE_CONNECTIONS);
  }

  /** Opens more connections, and notes what one takes. @returns how long it took, in ms */
  async open(count: number): Promise<number> {
    // From just before to just after: in between a runtime tidies up by itself.
    const before = this.#memory();
    const { openMs } = await this.setConnections(count);
    const after = this.#memory();
    const perConnection: Memory = { resident: undefined, kernel: undefined };
    for (const kind of ['resident', 'kernel'] as const) {
      const [from, to, grown] = [before[kind], after[kind], this.#grownBytes[kind]];
      // What is not told once is not told at all.
      const known = from !== undefined && to !== undefined && grown !== undefined;
      const bytes = known ? grown + to - from : undefined;
      this.#grownBytes[kind] = bytes;
      if (bytes === undefined) continue;
      perConnection[kind] = Math.max(0, bytes / (count - BASE_CONNECTIONS));
    }
    if (count >= MIN_CONNECTIONS_FOR_MEMORY) this.#bytesPerConnection.set(count, perConnection);
    return openMs;
  }

  /** What a connection took, when `open` had opened as many; undefined: too few to tell. */
  memoryAt(connections: number): Memory | undefined {
    return this.#bytesPerConnection.get(connections);
  }

  #memory(): Memory {
    return { kernel: kernelBytes(), resident: residentBytesOf(this.serverPid) };
  }

  /** Opens or closes connections, and starts the figures afresh. */
  async setConnections(count: number): Promise<Answer> {
    const limitMs = ANSWER_LIMIT_MS + count * OPEN_LIMIT_MS;
    const figures = await this.tell({ do: 'connections', count }, limitMs);
    this.#cpuMs = 0;
    this.#figures = undefined;
    return figures;
  }

  /**
   * Loads the server; the figures add up until `setConnections`.
   *
   * @returns messages per second so far
   */
  async run(rampMs: number, windowMs: number): Promise<number> {
    const pid = this.serverPid;
    const beforeMs = cpuMsOf(pid);
    const limitMs = rampMs + windowMs + ANSWER_LIMIT_MS;
    const figures = await this.tell({ do: 'run', rampMs, windowMs }, limitMs);
    const afterMs = cpuMsOf(pid);
    if (beforeMs === undefined || afterMs === undefined) this.#cpuMs = undefined;
    else if (this.#cpuMs !== undefined) this.#cpuMs += afterMs - beforeMs;
    this.#figures = figures;
    return rateOf(figures);
  }

  /** The figures since `setConnections`. */
  step(connections: number): Step {
    const figures = this.#figures as Answer;
    const { messages, allMessages, p50Us, p99Us } = figures;
    return {
      model: this.model,
      connections,
      messages,
      messagesPerSecond: rateOf(figures),
      p50Us,
      p99Us,
      cpuUsPerMessage: this.#cpuMs === undefined ? null : (this.#cpuMs * 1000) / allMessages,
      threads: threadsOf(this.serverPid) ?? null,
      bytesPerConnection: this.memoryAt(connections)?.resident ?? null,
      bytesVerified: allMessages * MESSAGE_BYTES,
    };
  }

  /** Ends the server, which then writes its trace. The demo is over with that. */
  async finish(): Promise<void> {
    await this.#children.finish(this.#server);
  }

  /** Has the client do something. */
  async tell(command: Command, limitMs = ANSWER_LIMIT_MS): Promise<Answer> {
    this.#client.writeLine(JSON.stringify(command));
    return JSON.parse(await this.#client.nextLine(limitMs)) as Answer;
  }
}

export function rateOf({ messages, windowMs }: Answer): number {
  return (messages * 1000) / windowMs;
}

/** Another one begins each round. */
export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
