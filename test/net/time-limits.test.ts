// How long a connect may take, and how long a connection may be idle.
// Tried without its guard: with `limitConnecting` left out the black hole hangs; without
// `connectingEnded` in `onConnectable` the one of timers that are left; with `bufferedBytes` not
// taken off in `movedBytes` the one of a peer that does not read hangs; with the timer kept in
// `#look` the one of a server without connections; with `ref`, the one that does not hold.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { fill } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

/** A port of the loopback that answers nobody: its backlog is full, and nobody accepts. */
function blackHole(): number {
  const [, address] = opened.listening(0);
  const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
  for (let i = 0; i < 3; i++) {
    raw.connect(opened.keep(raw.socket(constant('AF_INET'), type)), address);
  }
  return address.port;
}

/** How many timers of the loop wait. */
function timers(): number {
  return Number(/timers: (\d+)/.exec(inspect(test.loop))?.[1]);
}

/** A function that tells the code that `close` told, and when. */
function closing(): { codes: (string | undefined)[]; close(_: unknown, error?: Error): void } {
  const codes: (string | undefined)[] = [];
  return {
    codes,
    close: (_, error) => void codes.push((error as raw.SystemError | undefined)?.code),
  };
}

describe.each(DRIVE_MODES)('a time limit (%s)', (mode) => {
  it.runIf(process.platform === 'linux')('ends a connect that nobody answers', async () => {
    const port = blackHole();
    const told = closing();
    const startedMs = performance.now();
    const socket = test.loop.connect({ port, timeoutMs: 20 }, told);
    const early = socket.opened.catch((error) => error);
    await drive(test.loop, mode);
    expect(told.codes).toEqual(['ETIMEDOUT']);
    expect(await early).toBe(socket.error);
    expect(socket.error).toMatchObject({ syscall: 'connect', address: '127.0.0.1', port });
    // Never early.
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(20);
  });

  it('of a connect leaves nothing once it is connected, or called off', async () => {
    const { server, port } = serve(test.loop, { close: () => server.close() });
    const controller = new AbortController();
    const options = { port, timeoutMs: 60_000 };
    const called = test.loop.connect({ ...options, signal: controller.signal }, {});
    let left = -1;
    test.loop.connect(options, {
      open: (socket) => socket.end(),
      close() {
        left = timers();
      },
    });
    controller.abort();
    await drive(test.loop, mode);
    expect([left, timers(), (called.error as raw.SystemError).code]).toEqual([0, 0, 'ABORT_ERR']);
  });

  it('closes who is idle, and not who moves a byte now and then', async () => {
    const told = closing();
    const { server, port } = serve(test.loop, {});
    const options = { port, idleTimeoutMs: 40 };
    const idle = test.loop.connect(options, told);
    const busy = test.loop.connect(options, {});
    let [beats, lived] = [0, false];
    // Due more often than the limit looks, so that it runs between any two looks, also late.
    const beat = test.loop.setInterval(() => {
      busy.write('x');
      if (++beats < 20 || !idle.isClosed) return;
      lived = !busy.isClosed;
      test.loop.clearInterval(beat);
      server.close();
      busy.end();
    }, 8);
    await drive(test.loop, mode);
    expect([lived, told.codes]).toEqual([true, ['ERR_IDLE_TIMEOUT']]);
  });

  it('closes what a server accepted, and a stream', async () => {
    const told = closing();
    const [mine] = opened.pair();
    const { server, port } = serve(
      test.loop,
      { close: (_, error) => told.close(_, error) ?? server.close() },
      { idleTimeoutMs: 10 },
    );
    test.loop.connect({ port }, {});
    test.loop.stream(mine, { idleTimeoutMs: 10 }, told);
    await drive(test.loop, mode);
    expect(told.codes).toEqual(['ERR_IDLE_TIMEOUT', 'ERR_IDLE_TIMEOUT']);
  });

  it('counts what moves, and not what waits for a peer that does not read', async () => {
    const told = closing();
    const [mine] = opened.pair();
    fill(mine);
    const stream = test.loop.stream(mine, { idleTimeoutMs: 20 }, told);
    const writing = test.loop.setInterval(() => {
      if (!stream.write('nobody takes this')) test.loop.clearInterval(writing);
      if (stream.isClosed) test.loop.clearInterval(writing);
    }, 3);
    await drive(test.loop, mode);
    expect(told.codes).toEqual(['ERR_IDLE_TIMEOUT']);
  });

  it('that is thrown by for await comes behind what was read', async () => {
    const [mine, peer] = opened.pair();
    raw.write(peer, Buffer.from('hello'));
    let text = '';
    const done = (async () => {
      for await (const chunk of test.loop.stream(mine, { idleTimeoutMs: 10 })) {
        text += Buffer.from(chunk).toString();
      }
    })().catch((error) => error.code);
    await drive(test.loop, mode);
    expect([text, await done]).toEqual(['hello', 'ERR_IDLE_TIMEOUT']);
  });

  it('costs no timer while nothing is open, and does not hold the loop', async () => {
    const { server, port } = serve(test.loop, {}, { idleTimeoutMs: 4 });
    expect(timers()).toBe(0);
    const counts: number[] = [];
    const socket = test.loop.connect({ port }, {});
    const watching = test.loop.setInterval(() => {
      if (server.connections > 0 && !server.isClosed) {
        counts.push(timers());
        server.destroy();
        socket.destroy();
      }
      // This one alone.
      if (server.isClosed && timers() === 1) test.loop.clearInterval(watching);
    }, 1);
    await drive(test.loop, mode);
    expect(counts).toEqual([2]);
    const [mine] = opened.pair();
    const stream = test.loop.stream(mine, { idleTimeoutMs: 60_000 }, {}).unref();
    await drive(test.loop, mode);
    expect(stream.isClosed).toBe(false);
    stream.destroy();
  });
});
