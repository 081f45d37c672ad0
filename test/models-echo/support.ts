// The echo server of the command line as a child, and clients that check every byte
// that comes back.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import { MODELS, type Model } from '../../lib/cli/models.js';
import { DIST } from '../support/child.js';

export { MODELS, type Model };

/** The command's file. */
export const MAIN = join(DIST, 'cli', 'main.cjs');
const LIMIT_MS = 55_000;

export interface CommandEnd {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** `rawloop ...args` in a process of its own, killed when the test ends. */
export class Command {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly end: Promise<CommandEnd>;

  constructor(...args: string[]) {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    this.child = child;
    onTestFinished(() => void child.kill('SIGKILL'));
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (part: string) => {
        text[name] += part;
      });
    }
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.end = once(child, 'close').then(([code, signal]) => ({ code, signal, ...text }));
  }
}

/** An echo server that listens. */
export class EchoServer extends Command {
  /** What it announced. */
  announced = '';
  host = '';
  port = 0;

  static async start(model: Model, ...args: string[]): Promise<EchoServer> {
    const server = new EchoServer('echo', '--model', model, '--port', '0', ...args);
    const { value, done } = await server.lines.next();
    if (done === true) throw new Error(`it ended: ${JSON.stringify(await server.end)}`);
    const place = /listening on (.+):(\d+)$/.exec(value);
    if (place === null) throw new Error(`it said '${value}'`);
    server.announced = value;
    server.host = (place[1] as string).replace(/^\[|\]$/g, '');
    server.port = Number(place[2]);
    return server;
  }

  /** Its resident memory in bytes; see proc(5). */
  get residentBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Ends it by a signal; how it ended. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<CommandEnd> {
    this.child.kill(signal);
    return this.end;
  }
}

/** Random bytes that all clients take theirs from, each from a place of its own. */
const RANDOM = randomFillSync(Buffer.allocUnsafe(8 << 20));

function randomSize(): number {
  // Small and large writes alike: 1 byte to 64 KiB, even in its logarithm.
  return Math.ceil(2 ** (Math.random() * 16));
}

/** One client: what it sends is what has to come back. */
export class EchoClient {
  readonly socket: net.Socket;
  readonly #expected: Buffer;
  #sent = 0;
  #received = 0;
  #finish: () => void = () => {};
  #fail: (error: Error) => void = () => {};

  constructor(socket: net.Socket, bytes: number) {
    this.socket = socket;
    const start = Math.floor(Math.random() * (RANDOM.length - bytes));
    this.#expected = RANDOM.subarray(start, start + bytes);
    socket.on('data', (chunk: Buffer) => this.#check(chunk));
    socket.on('drain', () => this.#send());
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error(`closed after ${this.#received} bytes`)));
  }

  static async connect({ host, port }: EchoServer, bytes: number): Promise<EchoClient> {
    const socket = net.connect({ host, port, noDelay: true });
    const client = new EchoClient(socket, bytes);
    await new Promise<void>((resolve, reject) => {
      client.#fail = reject;
      socket.once('connect', resolve);
    });
    return client;
  }

  /** Sends all of it in writes of random sizes; settles when all of it came back. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#finish = resolve;
      this.#fail = reject;
      this.#send();
    });
  }

  /** Ends its side; settles when the server has ended its own. */
  async end(): Promise<void> {
    const closed = new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.socket.removeAllListeners('close').once('close', () => resolve());
    });
    this.socket.end();
    await closed;
  }

  #send(): void {
    while (this.#sent < this.#expected.length) {
      const part = this.#expected.subarray(this.#sent, this.#sent + randomSize());
      this.#sent += part.length;
      if (!this.socket.write(part)) return;
    }
  }

  #check(chunk: Buffer): void {
    const expected = this.#expected.subarray(this.#received, this.#received + chunk.length);
    if (!chunk.equals(expected)) {
      this.#fail(new Error(`other bytes came back, from byte ${this.#received} on`));
      this.socket.destroy();
      return;
    }
    this.#received += chunk.length;
    if (this.#received === this.#expected.length) this.#finish();
  }
}

/** Connects `count` clients, some at a time, as the backlog is finite. */
export async function connectClients(
  server: EchoServer,
  count: number,
  bytesEach: number,
): Promise<EchoClient[]> {
  const clients: EchoClient[] = [];
  onTestFinished(() => {
    for (const { socket } of clients) socket.destroy();
  });
  while (clients.length < count) {
    const wave = Math.min(200, count - clients.length);
    const more = Array.from({ length: wave }, () => EchoClient.connect(server, bytesEach));
    clients.push(...(await Promise.all(more)));
  }
  return clients;
}
