// The drop-ins, by whichever host: what stands in for npm unix-dgram, epoll, usocket, node-pty and
// abstract-socket.
'use strict';
const assert = require('node:assert');
const path = require('node:path');
const { test } = require('./runner.cjs');
const { DIST, folder, host, pipe, raw, runProgram, until } = require('./support.cjs');

const isLinux = process.platform === 'linux';
const load = (name) => require(path.join(DIST, 'compat', `${name}.cjs`));
const { createSocket } = load('unix-dgram');
const { UServer, USocket } = load('usocket');
const place = () => path.join(folder(), 'socket');

test('unix-dgram: each message comes once, in order, with the path of its sender', async () => {
  const [to, from] = [place(), place()];
  const heard = [];
  const server = createSocket('unix_dgram', (message, { size, path: sender }) => {
    heard.push([String(message), size, sender]);
    if (heard.length === 4) server.close();
  });
  server.bind(to);
  const client = createSocket('unix_dgram');
  client.bind(from);
  client.connect(to);
  let told = 0;
  for (const text of ['a', 'bc', '', 'def']) client.send(Buffer.from(text), () => told++);
  assert.strictEqual(told, 4);
  await until(() => server.fd < 0);
  assert.deepStrictEqual(heard, [
    ['a', 1, from],
    ['bc', 2, from],
    ['', 0, from],
    ['def', 3, from],
  ]);
  client.close();
});

test('unix-dgram: a socket may be closed by what it is told, and then says EBADF', async () => {
  const to = place();
  let heard = 0;
  const server = createSocket('unix_dgram', () => {
    heard++;
    server.close();
  });
  server.bind(to);
  const client = createSocket('unix_dgram');
  for (let i = 0; i < 3; i++) client.send(Buffer.from('x'), 0, 1, to);
  await until(() => server.fd < 0);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.strictEqual(heard, 1);
  assert.throws(() => server.close(), { code: -9 });
  client.close();
});

test('unix-dgram: an open socket keeps the process alive, and with unref does not', () => {
  const program = `
    const { createSocket } = require(${JSON.stringify(path.join(DIST, 'compat/unix-dgram.cjs'))});
    const socket = createSocket('unix_dgram');
    socket.bind(${JSON.stringify(place())});
    setTimeout(() => { console.log('alive'); socket.unref(); }, 30).unref();
    process.on('exit', () => console.log('ended'));`;
  assert.deepStrictEqual(runProgram(program).said, ['alive', 'ended']);
});

test.unless(
  isLinux ? undefined : 'epoll is Linux',
  'epoll: an event is told until it is read, and a closed one tells nothing',
  async () => {
    const { Epoll } = load('epoll');
    const fd = raw.eventfd(1, raw.constants.EFD_NONBLOCK);
    const heard = [];
    const epoll = new Epoll((error, found, events) => {
      heard.push([error, found, events]);
      if (heard.length === 3) epoll.close();
    });
    epoll.add(fd, Epoll.EPOLLIN);
    await until(() => epoll.closed);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepStrictEqual(heard, Array(3).fill([null, fd, Epoll.EPOLLIN]));
    raw.close(fd);
  },
);

test('usocket: bytes and a descriptor come together, and both sides close', async () => {
  const to = place();
  const server = new UServer();
  server.listen(to);
  let closed = 0;
  server.on('connection', (peer) => {
    // Not by node:fs, whose numbers are Deno's own.
    const [readEnd, writeEnd] = pipe();
    raw.write(writeEnd, Buffer.from('inside'));
    raw.close(writeEnd);
    peer.write({ data: Buffer.from('look'), fds: [readEnd], callback: () => raw.close(readEnd) });
    peer.on('close', () => closed++);
    peer.resume();
    peer.end();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const client = new USocket(to);
  client.on('close', () => closed++);
  const { data, fds } = await new Promise((resolve) => {
    client.on('readable', () => {
      const found = client.read(4, 1);
      if (found !== null) resolve(found);
    });
  });
  assert.strictEqual(String(data), 'look');
  const inside = Buffer.alloc(10);
  raw.adopt(fds[0]);
  const length = raw.read(fds[0], inside);
  assert.strictEqual(String(inside.subarray(0, length)), 'inside');
  raw.close(fds[0]);
  client.resume();
  client.end();
  await until(() => closed === 2);
  server.close();
});

test('node-pty: a program on a terminal reads what is typed, and its exit comes last', async () => {
  const { open, spawn } = load('node-pty');
  const told = [];
  const terminal = spawn('/bin/sh', ['-c', 'read line; echo "<$line>"; stty size; exit 3'], {
    cols: 100,
    rows: 30,
  });
  terminal.onData((data) => told.push(data));
  const ended = new Promise((resolve) => terminal.onExit(resolve));
  terminal.write('typed\r');
  const { exitCode, signal } = await ended;
  assert.deepStrictEqual([exitCode, signal], [3, 0]);
  const shown = 'typed\r\n<typed>\r\n30 100\r\n';
  assert.strictEqual(told.join(''), shown);
  const failed = spawn('/bin/bogus.exe', []);
  assert.strictEqual((await new Promise((resolve) => failed.onExit(resolve))).exitCode, 1);
  const pair = open({});
  const [line] = await new Promise((resolve) => {
    pair.slave.once('data', (...all) => resolve(all));
    pair.write('line\n');
  });
  assert.strictEqual(line, 'line\n');
  pair.destroy();
});

test.unless(
  host === 'bun'
    ? "Bun's net.Server takes no descriptor"
    : isLinux
      ? undefined
      : 'abstract names are Linux',
  'abstract-socket: bytes there and back',
  async () => {
    const { connect, createServer } = load('abstract-socket');
    const name = `\0rawloop-runtime-${process.pid}`;
    const server = createServer((socket) => socket.pipe(socket));
    server.listen(name);
    await new Promise((resolve) => server.once('listening', resolve));
    const client = connect(name);
    client.write('hello');
    const text = await new Promise((resolve) =>
      client.once('data', (chunk) => resolve(String(chunk))),
    );
    assert.strictEqual(text, 'hello');
    client.destroy();
    server.close();
  },
);
