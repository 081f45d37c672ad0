// What the thread-per-connection server does when the system refuses: a thread
// (pthread_create fails for real, for want of address space) or a descriptor
// (EMFILE for real, in a child with a low limit). It goes on.
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import {
  type ThreadPerConnectionOptions,
  ThreadPerConnectionServer,
} from '../../lib/models/thread-per-connection.js';
import type { SystemError } from '../../lib/raw/errors.js';
import {
  Bundle,
  closed,
  connect,
  connectTo,
  echo,
  openDescriptors,
  run,
  serverThreads,
  until,
} from './thread-per-connection-support.js';

/** More than the address space of a process: no thread can have such a stack. */
const IMPOSSIBLE_STACK_BYTES = 2 ** 47;
const MAX_QUEUED = 64;

const bundle = new Bundle();
beforeAll(() => bundle.write());
afterAll(() => bundle.remove());

let server: ThreadPerConnectionServer | undefined;
afterEach(() => server?.stop());

function start(options: ThreadPerConnectionOptions): ThreadPerConnectionServer {
  server = new ThreadPerConnectionServer({
    host: '127.0.0.1',
    stackBytes: IMPOSSIBLE_STACK_BYTES,
    ...options,
  }).start();
  return server;
}

async function connectMany(to: ThreadPerConnectionServer, count: number): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, () => connect(to)));
}

describe('a server that gets no thread for a client', () => {
  it('closes that client, counts and tells, and goes on', async () => {
    const before = openDescriptors();
    const errors: SystemError[] = [];
    const servers = new Set<ThreadPerConnectionServer>();
    const own = start({
      onError: (error, from) => {
        errors.push(error);
        servers.add(from);
      },
    });
    for (let count = 1; count <= 3; count++) {
      const socket = await connect(own);
      const port = socket.localPort;
      await closed(socket);
      await until(() => errors.length === count);
      expect(errors[count - 1]).toMatchObject({
        name: 'SystemError',
        code: 'EAGAIN',
        syscall: 'pthread_create',
        address: '127.0.0.1',
        port,
      });
      expect(own.stats).toEqual({
        threads: 0,
        connections: count,
        bytes: 0,
        active: 0,
        errors: count,
      });
    }
    expect([...servers]).toEqual([own]);
    own.stop();
    await until(() => serverThreads() === 0);
    await until(() => openDescriptors() <= before);
  });

  it('tells a loop that owns its thread and sleeps', async () => {
    const loop = new EventLoop();
    const codes: string[] = [];
    const own = start({
      loop,
      onError: (error, from) => {
        codes.push(error.code);
        from.stop();
      },
    });
    await closed(await connect(own));
    expect(await run(loop)).toBe(false);
    expect(codes).toEqual(['EAGAIN']);
    loop.close();
  });

  it(`counts all and keeps ${MAX_QUEUED} while the loop does not turn`, async () => {
    const loop = new EventLoop();
    let told = 0;
    const own = start({ loop, onError: () => told++ });
    await Promise.all((await connectMany(own, 100)).map(closed));
    expect(own.stats.errors).toBe(100);
    for (let turn = 0; turn < 5; turn++) await run(loop, 'nowait');
    expect(told).toBe(MAX_QUEUED);
    await closed(await connect(own));
    for (let turn = 0; turn < 5; turn++) await run(loop, 'nowait');
    expect([told, own.stats.errors]).toEqual([MAX_QUEUED + 1, 101]);
    loop.close();
  });

  it('tells the rest of a batch when onError throws', async () => {
    const loop = new EventLoop();
    let told = 0;
    const own = start({
      loop,
      onError: () => {
        told++;
        throw new Error(`thrown ${told}`);
      },
    });
    await Promise.all((await connectMany(own, 3)).map(closed));
    const thrown: unknown[] = [];
    for (let turn = 0; turn < 6; turn++) {
      try {
        await run(loop, 'nowait');
      } catch (error) {
        thrown.push((error as Error).message);
      }
    }
    expect(thrown).toEqual(['thrown 1', 'thrown 2', 'thrown 3']);
    loop.close();
  });

  it('is quiet after stop, though errors were queued', async () => {
    const loop = new EventLoop();
    let told = 0;
    const own = start({
      loop,
      onError: () => {
        told++;
        own.stop();
      },
    });
    await Promise.all((await connectMany(own, 5)).map(closed));
    expect(await run(loop)).toBe(false);
    expect([told, own.stats.errors]).toEqual([1, 5]);
    loop.close();
  });

  it('serves the next client once the system has room again', async () => {
    // Stacks of 1 GiB and a limit that leaves less than that, then none.
    const child = bundle.spawn(`
      const limit = (bytes) =>
        execFileSync('prlimit', ['--pid', String(process.pid), '--as=' + bytes + ':']);
      const server = new ThreadPerConnectionServer({
        host: '127.0.0.1',
        stackBytes: 2 ** 30,
        onError: (error) => console.log(JSON.stringify(error)),
      }).start();
      const kib = Number(/VmSize:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      limit(kib * 1024 + 768 * 2 ** 20);
      console.log(JSON.stringify(server.address));
      process.stdin.on('data', (line) => {
        if (String(line).startsWith('stop')) {
          server.stop();
          process.stdin.destroy();
        } else {
          limit('unlimited');
        }
        console.log(JSON.stringify(server.stats));
      });`);
    const address = await child.read<{ address: string; port: number }>();
    await closed(await connectTo(address));
    expect(await child.read()).toMatchObject({ code: 'EAGAIN', syscall: 'pthread_create' });
    child.tell('raise');
    expect(await child.read()).toMatchObject({ connections: 1, errors: 1 });
    const socket = await connectTo(address);
    expect(await echo(socket, 'served')).toBe('served');
    child.tell('stop');
    await closed(socket);
    expect(await child.read()).toMatchObject({ connections: 2, errors: 1, threads: 0 });
    expect(await child.exited).toEqual([0, null]);
  });
});

describe('a server that runs out of descriptors', () => {
  it('waits, tells EMFILE, and serves who waited once there are some', async () => {
    const child = bundle.spawn(`
      const server = new ThreadPerConnectionServer({
        host: '127.0.0.1',
        onError: (error) => console.log(JSON.stringify(error)),
      }).start();
      // The limit is on the number: what is free below the highest is filled.
      const highest = Math.max(...readdirSync('/proc/self/fd').map(Number));
      while (openSync('/dev/null') < highest);
      const limit = openSync('/dev/null') + 4;
      execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=' + limit + ':']);
      console.log(JSON.stringify(server.address));
      process.stdin.on('data', () => {
        server.stop();
        process.stdin.destroy();
        console.log(JSON.stringify({ last: true, ...server.stats }));
      });`);
    const address = await child.read<{ address: string; port: number }>();
    const sockets = await Promise.all(Array.from({ length: 8 }, () => connectTo(address)));
    const served = sockets.map((socket) => echo(socket, 'served'));
    expect(await child.read()).toMatchObject({ code: 'EMFILE', syscall: 'accept4' });
    // Each that is served makes room for one that waits.
    const ends = served.map(async (answer, i) => {
      expect(await answer).toBe('served');
      const socket = sockets[i] as Socket;
      socket.end();
      await closed(socket);
    });
    await Promise.all(ends);
    child.tell('stop');
    let last: { last?: boolean; connections?: number; errors?: number };
    let told = 1;
    for (;;) {
      last = await child.read();
      if (last.last === true) break;
      told++;
    }
    expect(last.connections).toBe(8);
    // Without a pause there would be tens of thousands.
    expect(last.errors).toBeLessThan(100);
    expect(last.errors).toBeGreaterThanOrEqual(told);
    expect(await child.exited).toEqual([0, null]);
  });
});
