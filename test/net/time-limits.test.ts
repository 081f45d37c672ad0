// How long a connect may take, and how long a connection may be idle.
// Tried without its guard: with `limitConnecting` left out the black hole hangs; without
// `connectingEnded` in `onConnectable` the one of timers that are left fails; with `bufferedBytes`
// not taken off in `movedBytes` the one of a peer that does not read; without `hasNews` those of a
// thread that was held up; with a limit for each stream, or without `unwatchIdle`, the one of one
// timer; without `unref` of the timer the one that does not hold hangs.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { fill, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, patientClock } from '../support/drive.js';

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

/** Keeps the loop from looking at anything. */
function holdUp(ms: number): void {
  const startedMs = performance.now();
  while (performance.now() - startedMs < ms) {}
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

  it('of a connect that was made while the thread was held up is no matter', async () => {
    const { server, port } = serve(test.loop, {});
    const told: string[] = [];
    test.loop.connect(
      { port, timeoutMs: 1 },
      {
        open(socket) {
          told.push('open');
          socket.destroy();
        },
        close(socket) {
          told.push(String(socket.error));
          server.close();
        },
      },
    );
    holdUp(5);
    await drive(test.loop, mode);
    expect(told).toEqual(['open', 'undefined']);
  });

  it('of a connect leaves nothing once it is connected, or called off', async () => {
    const { server, port } = serve(test.loop, { close: () => server.close() });
    const controller = new AbortController();
    const options = { port, timeoutMs: 60_000 };
    const called = test.loop.connect({ ...options, signal: controller.signal }, {});
    let left = -1;
    test.loop.connect(options, {
      open(socket) {
        // Behind the end of the other one.
        test.loop.setTimeout(() => {
          left = timers();
          socket.end();
        }, 1);
      },
    });
    controller.abort();
    await drive(test.loop, mode);
    expect([left, timers(), (called.error as raw.SystemError).code]).toEqual([0, 0, 'ABORT_ERR']);
  });

  it('closes who is idle, and not who moves a byte now and then', async () => {
    const told = closing();
    const loop = new EventLoop({}, { clock: patientClock(10) });
    const { server, port } = serve(loop, {});
    const options = { port, idleTimeoutMs: 60 };
    const idle = loop.connect(options, told);
    const busy = loop.connect(options, {});
    let [beats, lived] = [0, false];
    // Due more often than the limit looks.
    const beat = loop.setInterval(() => {
      busy.write('x');
      if (++beats < 20 || !idle.isClosed) return;
      lived = !busy.isClosed;
      loop.clearInterval(beat);
      server.close();
      busy.end();
    }, 8);
    await drive(loop, mode);
    loop.close();
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

  it('is one timer for all that have it, and none once they are closed', async () => {
    const { server, port } = serve(test.loop, {});
    const options = { port, idleTimeoutMs: 3_600_000 };
    const sockets = Array.from({ length: 10 }, () => test.loop.connect(options, {}));
    const counts: number[] = [];
    const look = test.loop.setInterval(() => {
      if (!sockets.every(({ open }) => open)) return;
      test.loop.clearInterval(look);
      counts.push(timers());
      for (const socket of sockets) socket.destroy();
      server.destroy();
    }, 1);
    await drive(test.loop, mode);
    expect([...counts, timers()]).toEqual([1, 0]);
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
    // More than it takes to see it, however busy the machine is.
    const { server, port } = serve(test.loop, {}, { idleTimeoutMs: 60_000 });
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

// On a clock of its own, as the kernel's cannot be told when to jump.
it('an idle limit does not close who moved bytes while the thread was held up', () => {
  const time = { nowMs: 0 };
  const loop = new EventLoop({}, { clock: () => time.nowMs });
  const told: string[] = [];
  const turnAt = (nowMs: number) => {
    time.nowMs = nowMs;
    loop.run('nowait');
  };
  const [mine, peer] = opened.pair();
  const [full, reader] = opened.pair();
  const named = (name: string) => ({
    data: () => void told.push(`${name} data`),
    close: (_: unknown, error?: Error) =>
      void told.push(`${name} ${(error as raw.SystemError | undefined)?.code}`),
  });
  loop.stream(mine, { idleTimeoutMs: 100 }, named('reads'));
  const writes = loop.stream(full, { idleTimeoutMs: 100 }, named('writes'));
  fill(full);
  writes.write('waits');
  turnAt(25);
  // Both move something before they are looked at, long behind the limit.
  put(peer);
  take(reader);
  turnAt(1000);
  expect(told).toEqual(['reads data']);
  for (const nowMs of [1025, 1125]) turnAt(nowMs);
  expect(told.slice(1).sort()).toEqual(['reads ERR_IDLE_TIMEOUT', 'writes ERR_IDLE_TIMEOUT']);
  loop.close();
});
