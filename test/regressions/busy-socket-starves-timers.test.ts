// Trap 11: one busy socket, or one busy chain, starves timers and everybody else. A
// stream is read once a turn, a server accepts at most 64, output is sent in at most
// 32 pieces; what starts in a phase runs in the next one.
//
// Without the guards: with a socket read again until EAGAIN (`onReady` in
// lib/net/socket.ts), the first tests see hundreds of reads in one turn, and hang
// when the sender is fast. With MAX_ACCEPTS in lib/net/server.ts unbounded, all
// connections are accepted in one turn. With immediates taken as they come
// (`take` in lib/loop/immediates.ts), timers by the clock instead of the loop's time,
// or the pending or closing phase run until it is empty (lib/loop/drive.ts), a chain
// runs to its limit before the poll phase has its turn.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from '../guest/support.js';
import { newLoop, outside, readableFd } from '../loop/support.js';
import { run } from '../support/drive.js';

/** A child floods us without end; small echoes and timers have to go on beside it. */
const FLOOD = `
  const loop = new EventLoop();
  let flooded = 0;
  let reads = 0;
  let most = 0;
  loop.prepare(() => { most = Math.max(most, reads); reads = 0; }).unref();
  const handlers = {
    data(socket, chunk) {
      if (socket.data === 'quiet') socket.write(chunk);
      else if (chunk[0] === 113) { socket.data = 'quiet'; socket.write(chunk); }
      else {
        flooded += chunk.length;
        reads++;
        // Work that takes longer than the sender takes to send more.
        stall(0.2);
      }
    },
  };
  const server = loop.listen({ port: 0 }, handlers);
  const { port } = server.address;
  const flood = require('node:child_process').spawn(process.execPath, ['-e', \`
    const socket = require('node:net').connect(\${port}, '127.0.0.1');
    const bytes = Buffer.alloc(1 << 20, 'f');
    const go = () => { while (socket.write(bytes)); };
    socket.on('connect', go).on('drain', go).on('error', () => process.exit());
  \`], { stdio: 'ignore' });
  flood.unref();
  let fired = 0;
  let echoes = 0;
  const interval = loop.setInterval(() => {
    if (flooded === 0) return;
    if (++fired === 1) {
      const quiet = loop.connect({ port }, {
        open: (socket) => socket.write('q'),
        data(socket, chunk) {
          if (++echoes < 50) return socket.write(chunk);
          say('echoes 50, reads a turn ' + (most <= 32));
          interval.close();
          flood.kill('SIGKILL');
          server.destroy();
          socket.destroy();
        },
      });
    }
  }, 1);
`;

describe('one socket that is always readable', () => {
  it.each(HOSTS)('leaves timers and others their turn in a loop attached by %s', async (host) => {
    const said = await sayingsOf(`${FLOOD} loop.attach();`, { host });
    expect(said).toEqual(['echoes 50, reads a turn true']);
  });

  it('leaves timers and others their turn in a loop that owns the thread', async () => {
    const said = await sayingsOf(`${FLOOD} setImmediate(() => loop.run());`);
    expect(said).toEqual(['echoes 50, reads a turn true']);
  });
});

describe('one server with many who wait', () => {
  it('accepts some of them a turn', async () => {
    const loop = newLoop();
    let accepted = 0;
    const server = loop.listen({ port: 0 }, { open: () => accepted++ });
    const { port } = server.address as { port: number };
    for (let i = 0; i < 200; i++) loop.connect({ port }, {});
    const perTurn: number[] = [];
    await outside(() => {
      for (let turns = 0; accepted < 200 && turns < 1e5; turns++) {
        const before = accepted;
        loop.run('nowait');
        perTurn.push(accepted - before);
      }
    });
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(64);
  });
});

/** A chain that starves the rest ends here. */
const MAX_STEPS = 50_000;

describe('a chain without end', () => {
  it.each(['setTimeout', 'setImmediate', 'defer'] as const)(
    'of %s leaves the poll phase its turn',
    async (kind) => {
      const loop = newLoop();
      let going = true;
      let steps = 0;
      const step = () => {
        if (going && ++steps < MAX_STEPS) loop[kind](step);
      };
      step();
      let turns = 0;
      loop.watch(readableFd(), { read: true }, (_ready, watcher) => {
        if (++turns < 10) return;
        watcher.close();
        going = false;
      });
      await run(loop);
      expect(turns).toBe(10);
      expect(steps).toBeLessThan(MAX_STEPS);
    },
  );

  it('of handles that close leaves timers their turn', async () => {
    const loop = newLoop();
    let going = true;
    let closed = 0;
    const next = () => {
      const close = () => {
        if (going && ++closed < MAX_STEPS) next();
      };
      loop.connect({ port: 9 }, { close }).destroy();
    };
    next();
    loop.setTimeout(() => {
      going = false;
    }, 5);
    await run(loop);
    expect(closed).toBeLessThan(MAX_STEPS);
  });
});
