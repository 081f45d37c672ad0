// rawloop/raw: bytes move, addresses come back, failure is -errno, misuse throws.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { test } = require('./runner.cjs');
const { raw, constants: c, host, pipe } = require('./support.cjs');

const text = (bytes, length) => Buffer.from(bytes.buffer, bytes.byteOffset, length).toString();

function closeAll(...fds) {
  for (const fd of fds) assert.strictEqual(raw.close(fd), 0);
}

test('a pipe carries bytes, and EAGAIN is a number', () => {
  const [readEnd, writeEnd] = pipe();
  const bytes = new Uint8Array(16);
  assert.strictEqual(raw.read(readEnd, bytes), -c.EAGAIN);
  assert.strictEqual(raw.write(writeEnd, Buffer.from('ping')), 4);
  assert.strictEqual(raw.read(readEnd, bytes), 4);
  assert.strictEqual(text(bytes, 4), 'ping');
  assert.strictEqual(raw.writev(writeEnd, [Buffer.from('a'), Buffer.from('bc')]), 3);
  assert.strictEqual(raw.readv(readEnd, [bytes.subarray(0, 1), bytes.subarray(1)]), 3);
  assert.strictEqual(text(bytes, 3), 'abc');
  closeAll(readEnd, writeEnd);
});

test('offset and length choose the part of a buffer', () => {
  const [readEnd, writeEnd] = pipe();
  const bytes = new Uint8Array(8);
  assert.strictEqual(raw.write(writeEnd, Buffer.from('0123456789'), 3, 4), 4);
  assert.strictEqual(raw.read(readEnd, bytes, 2, 6), 4);
  assert.deepStrictEqual([...bytes], [0, 0, 51, 52, 53, 54, 0, 0]);
  closeAll(readEnd, writeEnd);
});

const ownOnly = host === 'deno' && 'its closeSync serves what it opened itself';
test.unless(ownOnly, 'close leaves alone what has the number of ours by now', () => {
  const fds = [...pipe(), raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket')];
  if (raw.supported.eventfd) fds.push(raw.eventfd(0), raw.epoll_create1(0));
  for (const fd of fds) {
    fs.closeSync(fd);
    const file = fs.openSync(__filename);
    // The lowest number that is free, as a rule.
    assert.strictEqual(raw.close(fd), file === fd ? -c.EPERM : -c.EBADF);
    fs.closeSync(file);
  }
  const [readEnd, writeEnd] = pipe();
  assert.strictEqual(raw.release(readEnd), 0);
  assert.strictEqual(raw.close(readEnd), -c.EPERM);
  assert.strictEqual(raw.adopt(readEnd), 0);
  closeAll(readEnd, writeEnd);
});

test('every descriptor is closed on exec', () => {
  const fds = [...pipe(), ...raw.check(raw.socketpair(c.AF_UNIX, c.SOCK_STREAM), 'socketpair')];
  fds.push(raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket'));
  for (const fd of fds) assert.strictEqual(raw.fcntl(fd, c.F_GETFD), c.FD_CLOEXEC);
  closeAll(...fds);
});

test('TCP over the loopback: bind, listen, connect, accept4, send, recv, shutdown', () => {
  const listener = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
  raw.check(raw.bind(listener, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
  raw.check(raw.listen(listener, 4), 'listen');
  const address = raw.getsockname(listener);
  assert.strictEqual(address.address, '127.0.0.1');
  const client = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
  assert.strictEqual(raw.connect(client, address), 0);
  const accepted = raw.check(raw.accept4(listener), 'accept4');
  assert.deepStrictEqual(raw.getpeername(client), address);
  assert.strictEqual(raw.send(client, Buffer.from('hello')), 5);
  const bytes = new Uint8Array(8);
  assert.strictEqual(raw.recv(accepted, bytes), 5);
  assert.strictEqual(raw.shutdown(client, c.SHUT_WR), 0);
  assert.strictEqual(raw.recv(accepted, bytes), 0);
  closeAll(client, accepted, listener);
});

test('socket options are numbers or bytes', () => {
  const fd = raw.check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
  assert.strictEqual(raw.setsockopt(fd, c.IPPROTO_TCP, c.TCP_NODELAY, 1), 0);
  // 1 on Linux, the flag's own bit on macOS; below 0 it would be an errno.
  const noDelay = raw.getsockopt(fd, c.IPPROTO_TCP, c.TCP_NODELAY);
  assert.ok(noDelay > 0, String(noDelay));
  closeAll(fd);
});

test('a failure becomes a SystemError by check', () => {
  const result = raw.read(1_000_000, new Uint8Array(1));
  assert.strictEqual(result, -c.EBADF);
  assert.throws(() => raw.check(result, 'read'), {
    name: 'SystemError',
    code: 'EBADF',
    errno: -c.EBADF,
    syscall: 'read',
  });
});

test('misuse throws before anything happens', () => {
  const [readEnd, writeEnd] = pipe();
  for (const fd of [Number.NaN, -1, 1.5, 2 ** 31, 2 ** 53, 1e308, 1n, '1', {}, null, undefined]) {
    assert.throws(() => raw.write(fd, Buffer.from('x')), { code: /^ERR_/ }, String(fd));
  }
  for (const bytes of [1, 'x', {}, null, undefined]) {
    assert.throws(() => raw.write(writeEnd, bytes), TypeError);
  }
  assert.throws(() => raw.write(writeEnd, Buffer.from('x'), 0, 2), RangeError);
  assert.strictEqual(raw.read(readEnd, new Uint8Array(1)), -c.EAGAIN);
  closeAll(readEnd, writeEnd);
});

test('a detached buffer is an error, not a fault', () => {
  const [readEnd, writeEnd] = pipe();
  const bytes = new Uint8Array(8);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  raw.write(writeEnd, Buffer.from('x'));
  let result;
  try {
    result = raw.read(readEnd, bytes);
  } catch (error) {
    result = error;
  }
  // A view of nothing: no byte is asked for, or it is refused.
  assert.ok(result === 0 || result instanceof Error, String(result));
  closeAll(readEnd, writeEnd);
});

test("close refuses the host's own descriptors", () => {
  assert.strictEqual(raw.close(2), -c.EPERM);
});

test.unless(!raw.supported.epoll_create1 && 'no epoll', 'epoll reports 64 bits of data', () => {
  const epfd = raw.check(raw.epoll_create1(), 'epoll_create1');
  const [readEnd, writeEnd] = pipe();
  const data = 0xfedcba9876543210n;
  raw.check(
    raw.epoll_ctl(epfd, c.EPOLL_CTL_ADD, readEnd, { events: c.EPOLLIN, data }),
    'epoll_ctl',
  );
  raw.write(writeEnd, Buffer.from('x'));
  const words = new Int32Array(3);
  assert.strictEqual(raw.epoll_wait(epfd, words, 1, 1000), 1);
  assert.strictEqual(words[0], c.EPOLLIN);
  const view = new DataView(words.buffer);
  assert.strictEqual(view.getBigUint64(4, true), data);
  closeAll(epfd, readEnd, writeEnd);
});
