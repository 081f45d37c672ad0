// The ends that a thread-per-connection server can come to: short connections by
// the thousand, a process that may leave, process.exit and Worker.terminate with
// clients connected. No thread, no descriptor stays.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { ThreadPerConnectionServer } from '../../lib/models/thread-per-connection.js';
import { constants as raw } from '../../lib/raw/constants.js';
import {
  Bundle,
  closed,
  connect,
  connectTo,
  echo,
  mappings,
  openDescriptors,
  serverThreads,
  threadStatuses,
  until,
} from './thread-per-connection-support.js';

const bundle = new Bundle();
beforeAll(() => bundle.write());
afterAll(() => bundle.remove());

interface Place {
  address: string;
  port: number;
}

const START = `
  const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
  const tell = (value) => console.log(JSON.stringify(value));`;

describe('2,000 short connections', () => {
  it('leave neither threads nor their stacks nor descriptors', async () => {
    const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
    const before = openDescriptors();
    const visit = async () => {
      for (let i = 0; i < 100; i++) {
        const socket = await connect(server);
        if (i % 10 === 0) socket.resetAndDestroy();
        else if (i % 2 === 0) socket.end('bye');
        else socket.destroy();
        await closed(socket);
      }
    };
    await visit();
    const mappingsBefore = mappings();
    await Promise.all(Array.from({ length: 19 }, visit));
    await until(() => server.stats.connections === 2000 && server.stats.threads === 0);
    // The last to finish may still be on its way out.
    await until(() => serverThreads() === 1);
    await until(() => openDescriptors() <= before);
    // One in ten of the clients reset its connection.
    expect(server.stats).toMatchObject({ active: 0, errors: 200 });
    // Of a thread that nobody joined two mappings would stay, stack and guard.
    expect(mappings() - mappingsBefore).toBeLessThan(1900);
    server.stop();
    await until(() => serverThreads() === 0);
  });
});

describe('the threads of a server', () => {
  it('leave every signal to the threads of the host', async () => {
    const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
    const socket = await connect(server);
    await echo(socket, 'x');
    const blocked = threadStatuses().map((status) => /^SigBlk:\s+(\w+)$/m.exec(status)?.[1]);
    expect(blocked).toHaveLength(2);
    for (const mask of blocked) {
      for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGUSR1', 'SIGPROF'] as const) {
        const bit = 1n << BigInt(constants.signals[signal] - 1);
        expect(BigInt(`0x${mask}`) & bit).toBe(bit);
      }
    }
    server.stop();
    socket.destroy();
  });

  it('pass no descriptor on to a child', async () => {
    const inherited = () => String(execFileSync('ls', ['/proc/self/fd']));
    const before = inherited();
    const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
    const socket = await connect(server);
    await echo(socket, 'x');
    expect(inherited()).toBe(before);
    server.stop();
    socket.destroy();
  });
});

describe('the socket of a client', () => {
  it('blocks, is closed on exec and does not wait to fill a segment', async () => {
    const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
    const socket = await connect(server);
    await echo(socket, 'x');
    const own = readdirSync('/proc/self/fd')
      .map(Number)
      .filter((fd) => {
        const peer = native.getpeername(fd);
        return typeof peer === 'object' && 'port' in peer && peer.port === socket.localPort;
      });
    expect(own).toHaveLength(1);
    const [fd] = own as [number];
    const { F_GETFD, F_GETFL, FD_CLOEXEC, IPPROTO_TCP, O_NONBLOCK, TCP_NODELAY } = raw;
    expect(native.fcntl(fd, F_GETFD as number)).toBe(FD_CLOEXEC);
    expect(native.fcntl(fd, F_GETFL as number) & (O_NONBLOCK as number)).toBe(0);
    expect(native.getsockopt(fd, IPPROTO_TCP as number, TCP_NODELAY as number)).toBe(1);
    server.stop();
    socket.destroy();
  });
});

describe('a process with a started server', () => {
  it('lives as long as the server, which is referenced', async () => {
    const child = bundle.spawn(`${START}
      tell(server.address);
      process.stdin.once('data', () => { server.stop(); process.stdin.destroy(); });
      process.stdin.unref();`);
    const socket = await connectTo(await child.read<Place>());
    expect(await echo(socket, 'alive')).toBe('alive');
    expect(child.process.exitCode).toBeNull();
    child.tell('stop');
    await closed(socket);
    expect(await child.exited).toEqual([0, null]);
  });

  it('ends by itself when the server is unreferenced', async () => {
    const child = bundle.spawn(`${START} server.unref();`);
    expect(await child.exited).toEqual([0, null]);
  });

  it('ends by process.exit while clients are connected and one never reads', async () => {
    const child = bundle.spawn(`${START}
      tell(server.address);
      process.stdin.once('data', () => process.exit(7));`);
    const address = await child.read<Place>();
    const sockets = await Promise.all(Array.from({ length: 10 }, () => connectTo(address)));
    for (const socket of sockets) await echo(socket, 'x');
    (sockets[0] as Socket).pause().write(Buffer.alloc(8 * 1024 * 1024));
    child.tell('exit');
    expect(await child.exited).toEqual([7, null]);
    await Promise.all(sockets.map(closed));
  });
});

describe('a Worker with a started server', () => {
  const startWorker = async (script: string) => {
    const worker = new Worker(`${bundle.prelude}${START}${script}`, {
      eval: true,
      env: bundle.env,
    });
    const [address] = (await once(worker, 'message')) as [Place];
    return { worker, address };
  };
  const POST = `require('node:worker_threads').parentPort.postMessage(server.address);`;

  it('is terminated with clients connected, again and again', async () => {
    const before = openDescriptors();
    for (let round = 0; round < 5; round++) {
      const { worker, address } = await startWorker(POST);
      const sockets = await Promise.all(Array.from({ length: 10 }, () => connectTo(address)));
      for (const socket of sockets) expect(await echo(socket, 'x')).toBe('x');
      (sockets[0] as Socket).pause().write(Buffer.alloc(8 * 1024 * 1024));
      await worker.terminate();
      await until(() => serverThreads() === 0);
      await Promise.all(sockets.map(closed));
    }
    await until(() => openDescriptors() <= before);
  });

  it('calls process.exit with clients connected', async () => {
    const { worker, address } = await startWorker(
      `${POST} setTimeout(() => process.exit(3), 1e6); ` +
        `require('node:worker_threads').parentPort.once('message', () => process.exit(3));`,
    );
    const socket = await connectTo(address);
    await echo(socket, 'x');
    worker.postMessage('exit');
    expect(await once(worker, 'exit')).toEqual([3]);
    await closed(socket);
    await until(() => serverThreads() === 0);
  });

  it('serves side by side with the server of the main thread', async () => {
    const server = new ThreadPerConnectionServer({ host: '127.0.0.1' }).start();
    const { worker, address } = await startWorker(POST);
    const [one, two] = [await connect(server), await connectTo(address)];
    await worker.terminate();
    await closed(two);
    expect(await echo(one, 'still here')).toBe('still here');
    one.destroy();
    server.stop();
    await until(() => serverThreads() === 0);
  });
});
