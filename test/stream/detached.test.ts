// What becomes of a descriptor that socket.detach() gave back: another loop's, a child's, a
// Worker's. What the stream does before it gives it away is detach.test.ts's.
//
// Without giveUp in releaseDescriptor (lib/loop/handle.ts) no other loop may have it. Without
// giveBack (lib/descriptor/stream.ts) the child's does not block.
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { blocks, noting } from '../descriptor/support.js';
import { put } from '../support/bytes.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { serve } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe('a descriptor that was detached', () => {
  it.skipIf(deviates(usedBackend, 'notPollable'))(
    'goes to another loop, and neither end of the connection notices',
    async () => {
      const second = new EventLoop();
      const [noted, events] = [noting(), [] as string[]];
      const { server, port } = serve(test.loop, {
        data: (socket, chunk) => {
          events.push(Buffer.from(chunk).toString());
          socket.write('from the first, ');
          second.stream(socket.detach(), {}, { data: (moved) => moved.end('from the second') });
        },
        close: (_socket, error) => {
          events.push(`close ${error}`);
          server.close();
        },
      });
      const data = (socket: Socket, chunk: Uint8Array) => {
        noted.handlers.data?.(socket as never, chunk);
        if (noted.text === 'from the first, ') socket.write('more');
      };
      second.connect({ port }, { data }).write('hello');
      await Promise.all([drive(test.loop, 'guest'), drive(second, 'guest')]);
      second.close();
      expect(events).toEqual(['hello', 'close undefined']);
      expect(noted.text).toBe('from the first, from the second');
      expect(server.connections).toBe(0);
    },
  );

  it('goes to a child, which finds what is unread, and blocks as it did', async () => {
    const [fd, writer] = opened.pipe(0);
    put(writer, 'read here');
    let given = -1;
    test.loop.stream(
      fd,
      {},
      {
        data: (stream) => {
          put(writer, 'read there');
          given = stream.detach();
        },
      },
    );
    await drive(test.loop);
    expect(blocks(given)).toBe(true);
    const child = spawn('cat', { stdio: [given, 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    const ended = new Promise((resolve) => child.on('close', resolve));
    // A child that does not block ends here, with an error.
    await new Promise((resolve) => setTimeout(resolve, 20));
    put(writer, ', and later');
    opened.close(writer, given);
    expect(await ended).toBe(0);
    expect(Buffer.concat(chunks).toString()).toBe('read there, and later');
  });

  it.skipIf(deviates(usedBackend, 'notPollable'))('goes to a Worker, which owns it', () => {
    const result = runChild(`
      const worker = new Worker(\`
        const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        const { parentPort } = require('node:worker_threads');
        parentPort.once('message', (fd) => {
          const loop = new EventLoop().attach();
          loop.stream(fd, {}, { data: (stream, chunk) => stream.end('worker got ' + Buffer.from(chunk)) });
        });
      \`, { eval: true });
      const loop = new EventLoop().attach();
      let text = '';
      const server = loop.listen({ port: 0, host: '127.0.0.1' }, {
        data: (socket) => {
          const fd = socket.detach();
          raw.check(raw.release(fd), 'release');
          worker.postMessage(fd);
          server.close();
          client.write('second');
        },
      });
      const client = loop.connect({ port: server.address.port }, {
        open: (socket) => { socket.write('first'); },
        data: (socket, chunk) => { text += Buffer.from(chunk); },
        close: () => report(text),
      });
    `);
    expect(result).toBe('worker got second');
  });
});
