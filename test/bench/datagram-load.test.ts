// The load client of the UDP scenarios against servers that lose, double and change
// datagrams: what is lost is sent again and counted, so that a run comes to its end; what
// is wrong fails it. Without `SendAgain` (bench/native/load/datagram.cc) the first waits in
// vain; without the comparison of bytes the third finds nothing.
import { execFile } from 'node:child_process';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

const BENCH = join(import.meta.dirname, '../../bench');
const BUILD = `import(${JSON.stringify(join(BENCH, 'build.mjs'))})
  .then(({ build }) => build(undefined, ['load']))`;
const MESSAGES = 1000;
const ON_THE_WAY = 4 * 8;

interface Result {
  messages: number;
  sent: number;
  received: number;
  lost: number;
  strays: number;
  firstError: string;
}

/** stdout of a program, whatever its status. */
function outputOf(program: string, ...args: string[]): Promise<string> {
  return new Promise((resolve) => execFile(program, args, (_, stdout) => resolve(stdout)));
}

type Answer = (socket: Socket, chunk: Buffer, from: RemoteInfo, count: number) => void;

/** Loads a server that does with the n-th datagram what `answer` says. */
async function load(answer: Answer): Promise<Result & { count: number }> {
  const socket = createSocket('udp4');
  let count = 0;
  socket.on('message', (chunk, from) => answer(socket, chunk, from, ++count));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const some = ['--connections', '4', '--depth', '8', '--warmup-ms', '0'];
  const limits = ['--messages', String(MESSAGES), '--duration-ms', '20000'];
  const where = ['--mode', 'datagram', '--port', String(socket.address().port)];
  const text = await outputOf(join(BENCH, 'build/load'), ...where, ...some, ...limits);
  socket.close();
  return { ...(JSON.parse(text) as Result), count };
}

const echo = (socket: Socket, chunk: Buffer, { port, address }: RemoteInfo) =>
  socket.send(chunk, port, address);

describe.runIf(process.platform === 'linux')('the load of datagrams', () => {
  beforeAll(() => outputOf(process.execPath, '-e', BUILD));

  it('sends again what was lost, and counts it', async () => {
    const result = await load((socket, chunk, from, count) => {
      if (count % 100 !== 0) echo(socket, chunk, from);
    });
    expect(result.firstError).toBe('');
    expect(result.messages).toBeGreaterThanOrEqual(MESSAGES);
    expect(result.lost).toBeGreaterThanOrEqual(MESSAGES / 100);
    expect(result.sent - result.received).toBeLessThanOrEqual(result.lost);
  });

  it('does not take an answer twice', async () => {
    const result = await load((socket, chunk, from, count) => {
      echo(socket, chunk, from);
      if (count % 10 === 0) echo(socket, chunk, from);
    });
    expect(result.firstError).toBe('');
    expect(result.strays).toBeGreaterThan(0);
    expect(result.messages).toBeLessThanOrEqual(MESSAGES + ON_THE_WAY);
  });

  it('finds a wrong byte', async () => {
    const result = await load((socket, chunk, from, count) => {
      if (count === 500) chunk.writeUInt8(chunk.readUInt8(40) ^ 1, 40);
      echo(socket, chunk, from);
    });
    expect(result.firstError).toBe('the answer is not what was sent');
  });
});
