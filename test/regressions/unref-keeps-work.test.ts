// Trap 36: `unref` let the loop end with a connect under way and with output queued, and
// the bytes were lost.
//
// Without `setWorking` in beginQueue (lib/stream/sending.ts) all that is queued is
// lost, without that of `startConnecting` the connect.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, run } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();

/** A child that counts what comes to a port, and a script that runs with that port. */
const sent = (script: string) =>
  runChild(`
    const { spawn } = require('node:child_process');
    const net = require('node:net');
    let bytes = 0;
    let text = '';
    const server = net.createServer((socket) => setTimeout(() => {
      socket.on('data', (chunk) => { bytes += chunk.length; text += chunk.toString().slice(0, 9); });
      socket.on('close', () => { report([bytes, text.slice(0, 9)]); server.close(); });
      socket.on('error', () => {});
    }, 60));
    server.listen(0, '127.0.0.1', () => {
      const script = 'const { EventLoop } = require(' + JSON.stringify(DIST + '/index.cjs') + ');const port = ' + server.address().port + ';' + ${JSON.stringify(script)};
      spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
    });
  `);

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  const start = mode === 'owned' ? 'setImmediate(() => loop.run());' : 'loop.attach();';

  it('output that is queued arrives whole, and its end', () => {
    const script = `const loop = new EventLoop();
      loop.connect({ port }, { open(socket) { socket.write(Buffer.alloc(12 << 20, 'x')); socket.end(); socket.unref(); } });
      ${start}`;
    expect(sent(script)).toEqual([12 << 20, 'xxxxxxxxx']);
  });

  it('a connect under way is made, and what was written to it sent', () => {
    const script = `const loop = new EventLoop();
      loop.connect({ port }, {}).unref().end('under way');
      ${start}`;
    expect(sent(script)).toEqual([9, 'under way']);
  });

  it('what the last callback wrote is sent', () => {
    const script = `const loop = new EventLoop();
      loop.connect({ port }, { open(socket) {
        socket.unref();
        while (socket.write(Buffer.alloc(65536, 'y')));
        const other = loop.setTimeout(() => {}, 1e6);
        loop.setImmediate(() => { other.close(); socket.end('z'); });
      } });
      ${start}`;
    const [bytes, text] = sent(script) as [number, string];
    expect(bytes % 65536).toBe(1);
    expect(text).toBe('yyyyyyyyy');
  });
});

async function stuck(loop: EventLoop): Promise<[Socket, number]> {
  const [listener, { port }] = opened.listening();
  const socket = loop.connect({ port }, { open: () => loop.stop() });
  await run(loop);
  const peer = opened.accept(listener, constant('SOCK_NONBLOCK'));
  opened.close(listener);
  socket.unref();
  expect(loop.alive).toBe(false);
  while (socket.write(new Uint8Array(1 << 20)));
  return [socket, peer];
}

describe('a socket with queued output', () => {
  it('keeps the loop alive until it is sent, and hasRef tells what was asked for', async () => {
    const loop = new EventLoop();
    const [socket, peer] = await stuck(loop);
    expect([loop.alive, socket.hasRef()]).toEqual([true, false]);
    const chunk = new Uint8Array(1 << 20);
    while (loop.alive) {
      while (raw.recv(peer, chunk) > 0);
      await run(loop, 'nowait');
    }
    expect([socket.active, socket.bufferedBytes]).toEqual([true, 0]);
    loop.close();
  });

  it('counts once, however it is referenced, and not when it is destroyed', async () => {
    const loop = new EventLoop();
    const [socket] = await stuck(loop);
    socket.ref().ref().unref();
    expect(loop.alive).toBe(true);
    socket.ref();
    socket.destroy();
    expect(await run(loop)).toBe(false);
    const [other] = await stuck(loop);
    other.destroy();
    expect(await run(loop)).toBe(false);
    loop.close();
  });
});
