// Datagrams of UDP and of Unix: batches, answers, what comes beside them, errors, groups.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('./runner.cjs');
const support = require('./support.cjs');

const { MODES, rawloop, raw, drive, folder, pipe, until, leavesNothing, runProgram } = support;

const { EventLoop } = rawloop;
const HOST = '127.0.0.1';
const isLinux = process.platform === 'linux';
const text = (chunk) => Buffer.from(chunk).toString();

for (const mode of MODES) {
  test(`${mode}: a hundred datagrams are answered, whole and in order`, async () => {
    const loop = new EventLoop();
    const peers = new Set();
    const server = loop.dgram(
      { host: HOST },
      {
        message(socket, chunk, from) {
          peers.add(from);
          socket.send(chunk, from);
        },
      },
    );
    const got = [];
    const client = loop.dgram(
      { to: { host: HOST, port: server.address.port } },
      {
        message(socket, chunk) {
          got.push(text(chunk));
          if (got.length === 100) for (const one of [socket, server]) one.close();
        },
      },
    );
    const sent = Array.from({ length: 100 }, (_, i) => `datagram ${i}`);
    for (const one of sent) client.send(one);
    await drive(loop, mode);
    assert.deepStrictEqual(got, sent);
    assert.deepStrictEqual([peers.size, server.datagramsRead, client.dropped], [1, 100, 0]);
    loop.close();
  });

  test(`${mode}: it is told where a datagram came to, and by which hops`, async () => {
    const loop = new EventLoop();
    let told;
    const info = isLinux ? { pktinfo: true, ttl: true, timestamp: true } : { pktinfo: true };
    const server = loop.dgram(
      { host: '0.0.0.0', info },
      {
        message(socket, _chunk, _from, beside) {
          told = beside;
          socket.close();
        },
      },
    );
    const client = loop.dgram({ family: 'ipv4' });
    client.send('x', { host: HOST, port: server.address.port });
    server.closed.then(() => client.close());
    await drive(loop, mode);
    assert.deepStrictEqual([told.truncated, told.local?.address], [false, HOST]);
    if (isLinux) assert.ok(told.ttl > 0 && told.local.interface > 0 && told.timestampNs > 0n);
    loop.close();
  });

  test(`${mode}: that nobody is there is told with the address, and the socket goes on`, async () => {
    const loop = new EventLoop();
    const gone = loop.dgram({ host: HOST });
    const to = { host: HOST, port: gone.address.port };
    gone.close();
    await drive(loop, mode);
    let refused;
    const client = loop.dgram(
      { to },
      {
        error(socket, error) {
          refused = [error.code, socket.active];
          socket.close();
        },
      },
    );
    client.send('x');
    await drive(loop, mode);
    assert.deepStrictEqual(refused, ['ECONNREFUSED', true]);
    loop.close();
  });

  test(`${mode}: Unix datagrams carry descriptors, and their files go`, () =>
    leavesNothing(async () => {
      const loop = new EventLoop();
      const where = path.join(folder(), 'server');
      const [readEnd, writeEnd] = pipe();
      let count;
      const server = loop.dgram(
        { path: where },
        {
          message(socket, _chunk, from, { fds }) {
            count = fds.length;
            const [fd] = fds.take();
            raw.check(raw.write(fd, Buffer.from(from.path)), 'write');
            raw.close(fd);
            socket.close();
          },
        },
      );
      const own = path.join(path.dirname(where), 'client');
      const client = loop.dgram({ path: own, to: { path: where } });
      client.send('take it', undefined, { fds: [writeEnd] });
      raw.close(writeEnd);
      server.closed.then(() => client.close());
      await drive(loop, mode);
      const bytes = new Uint8Array(200);
      assert.strictEqual(text(bytes.subarray(0, raw.read(readEnd, bytes))), own);
      assert.deepStrictEqual([count, raw.read(readEnd, bytes)], [1, 0]);
      raw.close(readEnd);
      assert.deepStrictEqual([fs.existsSync(where), fs.existsSync(own)], [false, false]);
      loop.close();
    }));
}

test('a group is joined on the loopback, heard, and left', async () => {
  const loop = new EventLoop();
  let heard;
  const group = '239.255.77.1';
  const member = loop.dgram(
    { host: '0.0.0.0', reuseAddress: true },
    {
      message(socket, chunk) {
        heard = text(chunk);
        socket.leave(group, { interface: HOST });
        socket.close();
      },
    },
  );
  member.join(group, { interface: HOST });
  const sender = loop.dgram({ family: 'ipv4' });
  sender.setMulticast({ interface: HOST, loopback: true, ttl: 0 });
  sender.send('to all', { host: group, port: member.address.port });
  member.closed.then(() => sender.close());
  await drive(loop, 'guest');
  assert.strictEqual(heard, 'to all');
  loop.close();
});

test('a service manager is notified, from a program of the same host', async () => {
  const where = path.join(folder(), 'notify');
  const loop = new EventLoop().attach();
  const heard = [];
  const manager = loop.dgram(
    { path: where },
    { message: (_socket, chunk) => heard.push(text(chunk)) },
  );
  const { status } = runProgram(
    `
    const { sdNotify } = rawloop;
    say(sdNotify({ READY: 1, STATUS: 'serving' }));`,
    { env: { NOTIFY_SOCKET: where } },
  );
  assert.strictEqual(status, 0);
  await until(() => heard.length > 0);
  manager.close();
  await until(() => manager.isClosed);
  loop.close();
  assert.deepStrictEqual(heard, ['READY=1\nSTATUS=serving']);
});

test('one that is detached goes on in another loop, with what waits unread', async () => {
  const [first, second] = [new EventLoop(), new EventLoop()];
  const server = first.dgram({ host: HOST });
  const { port } = server.address;
  const fd = server.detach();
  const client = second.dgram({ to: { host: HOST, port } });
  client.send('kept');
  let heard;
  second.flush();
  const next = second.dgram(
    { fd },
    {
      message(socket, chunk) {
        heard = text(chunk);
        for (const one of [socket, client]) one.close();
      },
    },
  );
  assert.strictEqual(next.address.port, port);
  await drive(second, 'guest');
  assert.strictEqual(heard, 'kept');
  for (const loop of [first, second]) loop.close();
});
