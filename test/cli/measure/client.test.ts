// The load client of rawloop demo against servers that do not echo as they should:
// one wrong byte is found, wherever it is.
import { once } from 'node:events';
import net from 'node:net';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Command } from '../../../lib/cli/measure/protocol.js';
import { type Run, rawloop } from '../support.js';

const MESSAGE_BYTES = 64;

class Client {
  readonly run: Run = rawloop('demo-client');
  readonly #lines: Interface;

  constructor() {
    this.#lines = createInterface({ input: this.run.child.stdout as NodeJS.ReadableStream });
  }

  async tell(command: Command): Promise<Answer> {
    const answer = once(this.#lines, 'line');
    this.run.child.stdin?.write(`${JSON.stringify(command)}\n`);
    return JSON.parse(String((await answer)[0])) as Answer;
  }
}

let server: net.Server | undefined;
let client: Client | undefined;

afterEach(() => {
  client?.run.child.kill('SIGKILL');
  server?.close();
});

/** A client that has been told of a server, which answers with what `reply` makes. */
async function startAgainst(reply: (bytes: Buffer, socket: net.Socket) => void): Promise<Client> {
  server = net.createServer((socket) => {
    socket.on('data', (bytes) => reply(bytes, socket));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  client = new Client();
  // The client kills this process if we go; there is none to kill but itself.
  const answer = await client.tell({ do: 'target', pid: client.run.child.pid as number, port });
  expect(answer.allMessages).toBe(0);
  return client;
}

/** What it says about 3 connections, and ends for; nothing when `load` is over before. */
async function complaintOf(told: Client, load: () => Promise<unknown>): Promise<string> {
  const run = async () => {
    await told.tell({ do: 'connections', count: 3 });
    await load();
    return '';
  };
  const end = told.run.ended.then(({ code, stderr }) => `${stderr}exit code ${code}`);
  return Promise.race([run(), end]);
}

const loadOnce = (told: Client) => told.tell({ do: 'run', rampMs: 0, windowMs: 200 });

/** What it says under a load that goes on until it does: how many messages that takes is open. */
const complaint = (told: Client): Promise<string> =>
  complaintOf(told, async () => {
    for (;;) await loadOnce(told);
  });

describe('rawloop demo-client', () => {
  it('accepts bytes that come back one by one', async () => {
    const told = await startAgainst((bytes, socket) => {
      socket.setNoDelay(true);
      for (const byte of bytes) socket.write(Uint8Array.of(byte));
    });
    expect(await complaintOf(told, () => loadOnce(told))).toBe('');
  });

  it.each([0, 1, 31, 63])('finds a wrong byte at place %i of a message', async (place) => {
    let messages = 0;
    const told = await startAgainst((bytes, socket) => {
      if (++messages === 50) bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
      socket.write(bytes);
    });
    expect(await complaint(told)).toMatch(
      new RegExp(
        `^connection [0-2]: byte ${place} of a message came back as \\d+, \\d+ was sent\nexit code 1$`,
      ),
    );
  });

  it('finds a message that another connection sent', async () => {
    let previous: Buffer | undefined;
    const told = await startAgainst((bytes, socket) => {
      socket.write(previous ?? bytes);
      previous = Buffer.from(bytes);
    });
    expect(await complaint(told)).toContain('came back as');
  });

  it('finds a message that comes twice', async () => {
    const told = await startAgainst((bytes, socket) => socket.write(Buffer.concat([bytes, bytes])));
    expect(await complaint(told)).toContain('more came back than was sent');
  });

  it('reports a connection that the server closes', async () => {
    const told = await startAgainst((_bytes, socket) => socket.end());
    expect(await complaint(told)).toMatch(/^connection \d of 3 was lost: /);
  });

  it('counts each message once', async () => {
    let bytesEchoed = 0;
    const told = await startAgainst((bytes, socket) => {
      bytesEchoed += bytes.length;
      socket.write(bytes);
    });
    await told.tell({ do: 'connections', count: 4 });
    bytesEchoed = 0;
    const figures = await told.tell({ do: 'run', rampMs: 20, windowMs: 100 });
    expect(figures.allMessages).toBe(bytesEchoed / MESSAGE_BYTES);
    expect(figures.messages).toBeLessThan(figures.allMessages);
    expect(figures.messages).toBeGreaterThanOrEqual(4);
  });

  it('opens and closes connections as it is told', async () => {
    const told = await startAgainst((bytes, socket) => socket.write(bytes));
    const connections = () =>
      new Promise<number>((resolve) => server?.getConnections((_error, count) => resolve(count)));
    for (const count of [100, 10, 150]) {
      expect((await told.tell({ do: 'connections', count })).allMessages).toBe(0);
      while ((await connections()) !== count)
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it('ends when its input does', async () => {
    const told = await startAgainst((bytes, socket) => socket.write(bytes));
    await told.tell({ do: 'target', pid: 2 ** 22 + 1, port: 1 });
    told.run.child.stdin?.end();
    expect((await told.run.ended).code).toBe(0);
  });
});
