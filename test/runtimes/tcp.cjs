// TCP: echo, backpressure, half-close and failure, by a loop that owns its thread and
// by one inside the host's.
'use strict';
const assert = require('node:assert');
const { test } = require('./runner.cjs');
const { MODES, rawloop, drive } = require('./support.cjs');

const { EventLoop } = rawloop;
const HOST = '127.0.0.1';

/** Bytes of a pattern that shows an order that was not kept. */
function pattern(size) {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31 + (i >> 8)) & 255;
  return bytes;
}

for (const mode of MODES) {
  test(`${mode}: 50 clients get back what they sent`, async () => {
    const loop = new EventLoop();
    const server = loop.listen(
      { host: HOST, port: 0 },
      { data: (socket, chunk) => socket.write(chunk) },
    );
    const got = [];
    for (let i = 0; i < 50; i++) {
      const text = `client ${i} `.repeat(20);
      let back = '';
      loop.connect(
        { host: HOST, port: server.address.port },
        {
          open: (socket) => socket.write(text),
          data(socket, chunk) {
            back += Buffer.from(chunk).toString();
            if (back.length === text.length) socket.end();
          },
          close() {
            got.push(back === text);
            if (got.length === 50) server.close();
          },
        },
      );
    }
    await drive(loop, mode);
    assert.deepStrictEqual(got, Array(50).fill(true));
    loop.close();
  });

  test(`${mode}: 4 MiB through a small buffer arrive whole, with backpressure`, async () => {
    const loop = new EventLoop();
    const bytes = pattern(4 << 20);
    const seen = { refused: 0, drains: 0 };
    const received = [];
    const fill = (socket) => {
      while (socket.data < bytes.length) {
        const next = Math.min(socket.data + 65536, bytes.length);
        const more = socket.write(bytes.subarray(socket.data, next));
        socket.data = next;
        if (!more) {
          seen.refused += 1;
          return;
        }
      }
      socket.end();
    };
    // Whatever the system's own sizes are.
    const socketOptions = { SO_SNDBUF: 65536, SO_RCVBUF: 65536 };
    const server = loop.listen(
      { host: HOST, port: 0, socketOptions },
      {
        open(socket) {
          socket.data = 0;
          fill(socket);
        },
        drain(socket) {
          seen.drains += 1;
          fill(socket);
        },
      },
    );
    loop.connect(
      { host: HOST, port: server.address.port, socketOptions },
      {
        data: (_socket, chunk) => received.push(chunk.slice()),
        end: (socket) => socket.end(),
        close: () => server.close(),
      },
    );
    await drive(loop, mode);
    assert.ok(Buffer.concat(received).equals(bytes));
    assert.ok(seen.refused > 0 && seen.drains === seen.refused, JSON.stringify(seen));
    loop.close();
  });

  test(`${mode}: a half-closed connection still answers`, async () => {
    const loop = new EventLoop();
    let answer = '';
    const server = loop.listen(
      { host: HOST, port: 0 },
      { end: (socket) => socket.end(`${socket.bytesRead} bytes`) },
    );
    loop.connect(
      { host: HOST, port: server.address.port },
      {
        open: (socket) => socket.end('question'),
        data: (_socket, chunk) => {
          answer += Buffer.from(chunk).toString();
        },
        close: () => server.close(),
      },
    );
    await drive(loop, mode);
    assert.strictEqual(answer, '8 bytes');
    loop.close();
  });

  test(`${mode}: a refused connection is told by close`, async () => {
    const loop = new EventLoop();
    const server = loop.listen({ host: HOST, port: 0 }, {});
    const { port } = server.address;
    await new Promise((resolve) => {
      server.destroy();
      drive(loop, mode).then(resolve);
    });
    let error;
    loop.connect(
      { host: HOST, port },
      {
        close: (_socket, reason) => {
          error = reason;
        },
      },
    );
    await drive(loop, mode);
    assert.deepStrictEqual(
      [error?.code, error?.syscall, error?.port],
      ['ECONNREFUSED', 'connect', port],
    );
    loop.close();
  });
}
