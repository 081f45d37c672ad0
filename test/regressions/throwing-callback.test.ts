// Trap 21: a callback that throws loses the rest of its batch. What the poll found is
// delivered, what was read reaches its handler, who was accepted is told, in the
// order in which it came, whether the error leaves run() or goes to the host.
//
// Without the guards: with an iteration that begins anew after a throw (`#at` set to START
// in the `finally` of a call, lib/loop/iteration.ts), nine of these tests fail: edges and bytes
// that were read are gone. In guest mode #iterateInHost in lib/loop/drive.ts goes on until
// the iteration is whole, and what is left counts as work (`interrupted`). With neither, it
// waits for an event that may never come.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { HOSTS, sayingsOf } from '../guest/support.js';
import { newLoop, outside, readableFd, socketPair } from '../loop/support.js';
import { put } from '../support/bytes.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const LIMIT_MS = 5000;

/** Runs until run() returns normally; how often it threw. */
function runToEnd(loop: EventLoop): Promise<number> {
  return outside(() => {
    // What was lost is waited for in vain: not for ever.
    loop.setTimeout(() => loop.stop(), LIMIT_MS).unref();
    for (let thrown = 0; ; ) {
      try {
        loop.run();
        return thrown;
      } catch {
        thrown++;
      }
    }
  });
}

const ONCE = { read: true, edge: true };

describe('in a loop that owns the thread', () => {
  it('watchers behind one that throws are called: an edge is told only once', async () => {
    const loop = newLoop();
    const log: number[] = [];
    for (let i = 0; i < 20; i++) {
      const [fd, peer] = socketPair();
      put(peer);
      loop.watch(fd, ONCE, (_ready, watcher) => {
        log.push(i);
        watcher.close();
        if (i % 3 === 0) throw new Error('on purpose');
      });
    }
    expect(await runToEnd(loop)).toBe(7);
    expect(log).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('bytes that were read with the same batch reach their handlers', async () => {
    const loop = newLoop();
    const got: string[] = [];
    const server = loop.listen(
      { port: 0 },
      {
        data(socket, chunk) {
          got.push(Buffer.from(chunk).toString());
          socket.destroy();
          if (got.length === 20) server.destroy();
          throw new Error('on purpose');
        },
      },
    );
    const { port } = server.address as { port: number };
    let open = 0;
    const clients = Array.from({ length: 20 }, () =>
      loop.connect({ port }, { open: () => void (++open === 20 && loop.stop()) }),
    );
    while (open < 20 || server.connections < 20) await outside(() => loop.run('once'));
    // All are readable in one wait.
    await outside(() => {
      clients.forEach((client, i) => {
        client.write(`message ${i}`);
      });
    });
    expect(await runToEnd(loop)).toBe(20);
    expect(got.sort()).toEqual(Array.from({ length: 20 }, (_, i) => `message ${i}`).sort());
  });

  it('a batch larger than the slab loses nothing either', async () => {
    const loop = newLoop({ slabBytes: 65536, maxEvents: 64 });
    let bytes = 0;
    const server = loop.listen(
      { port: 0 },
      {
        data(_socket, chunk) {
          bytes += chunk.length;
          throw new Error('on purpose');
        },
        close: () => void (server.connections === 0 && server.close()),
      },
    );
    const { port } = server.address as { port: number };
    for (let i = 0; i < 10; i++) {
      loop.connect({ port }, { open: (socket) => socket.end(Buffer.alloc(50_000, i)) });
    }
    expect(await runToEnd(loop)).toBeGreaterThanOrEqual(10);
    expect(bytes).toBe(500_000);
  });

  it('every connection that was accepted is told of', async () => {
    const loop = newLoop();
    let open = 0;
    const server = loop.listen(
      { port: 0 },
      {
        open(socket) {
          socket.destroy();
          if (++open === 20) server.close();
          throw new Error('on purpose');
        },
      },
    );
    const { port } = server.address as { port: number };
    for (let i = 0; i < 20; i++) loop.connect({ port }, {});
    expect(await runToEnd(loop)).toBe(20);
    expect(open).toBe(20);
  });

  it('what is left is work: run() neither waits nor ends before it is done', async () => {
    const loop = newLoop();
    let calls = 0;
    for (let i = 0; i < 3; i++) {
      const watcher = loop.watch(readableFd(), ONCE, () => {
        calls++;
        if (i === 0) throw new Error('on purpose');
      });
      watcher.unref();
    }
    loop.setImmediate(() => {});
    expect(await runToEnd(loop)).toBe(1);
    expect([calls, loop.alive]).toEqual([3, false]);
  });
});

describe.skipIf(deviates(usedBackend, 'notPollable')).each(HOSTS)(
  'in a loop that is attached by %s',
  (host) => {
    it('the rest of the batch is delivered at once, each error told', async () => {
      const said = await sayingsOf(
        `const loop = new EventLoop().attach();
      let errors = 0;
      process.on('uncaughtException', () => errors++);
      let calls = 0;
      for (let i = 0; i < 20; i++) {
        loop.watch(eventfd(1), { read: true, edge: true }, (ready, watcher) => {
          calls++;
          watcher.close();
          if (i % 3 === 0) throw new Error('on purpose');
        });
      }
      process.on('exit', () => say('calls ' + calls + ', errors ' + errors));`,
        { host },
      );
      expect(said).toEqual(['calls 20, errors 7']);
    });

    it('the rest does not wait for another event', async () => {
      const said = await sayingsOf(
        `const loop = new EventLoop().attach();
      process.on('uncaughtException', () => say('error'));
      let calls = 0;
      for (let i = 0; i < 3; i++) {
        // Edges, and not referenced: nothing but the batch itself can bring them.
        loop.watch(eventfd(1), { read: true, edge: true }, () => {
          calls++;
          say('call ' + i);
          if (i === 0) throw new Error('on purpose');
        }).unref();
      }
      until(() => calls === 3).then(() => say('end'));`,
        { host },
      );
      expect(said).toEqual(['call 0', 'error', 'call 1', 'call 2', 'end']);
    });

    it('bytes that were read with the same batch reach their handlers', async () => {
      const said = await sayingsOf(
        `const loop = new EventLoop().attach();
      let errors = 0;
      process.on('uncaughtException', () => errors++);
      let bytes = 0;
      const server = loop.listen({ port: 0 }, {
        data(socket, chunk) { bytes += chunk.length; throw new Error('on purpose'); },
        end() { if (bytes === 200000) server.close(); },
      });
      for (let i = 0; i < 20; i++) {
        loop.connect({ port: server.address.port }, {
          open: (socket) => socket.end(Buffer.alloc(10000)),
        });
      }
      process.on('exit', () => say('bytes ' + bytes + ' ' + (errors >= 20)));`,
        { host },
      );
      expect(said).toEqual(['bytes 200000 true']);
    });
  },
);
