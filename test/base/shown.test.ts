// console.log of what the loop hands out: a short line that says what matters, and
// nothing of its private state.
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { close, pipe2 } from '../../lib/raw/index.js';
import { ReceivedDescriptors } from '../../lib/stream/received.js';

const LOCAL = /127\.0\.0\.1:\d+/.source;
const line = (pattern: string) => new RegExp(`^${pattern}$`);

test('a socket tells its descriptor, its state and both of its ends', () => {
  using loop = new EventLoop();
  const lines: string[] = [];
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, { close: () => server.close() });
  const client = loop.connect(server.address as { port: number }, {
    open: (socket) => {
      lines.push(inspect(socket));
      lines.push(inspect(socket.pause().unref()));
      socket.destroy();
      lines.push(inspect(socket));
    },
  });
  expect(inspect(client)).toMatch(line(`Socket { fd: \\d+, connecting, .* → ${LOCAL} }`));
  loop.run();
  expect(lines[0]).toMatch(line(`Socket { fd: \\d+, open, ${LOCAL} → ${LOCAL} }`));
  expect(lines[1]).toMatch(line(`Socket { fd: \\d+, open, paused, ${LOCAL} → ${LOCAL}, unref }`));
  expect(lines[2]).toBe('Socket { closed }');
});

test('what was closed by an error tells its code', () => {
  using loop = new EventLoop();
  const socket = loop.connect({ path: '/nowhere/socket' }, {});
  expect(inspect(socket)).toBe('Socket { closed, ENOENT }');
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, {});
  const other = loop.connect({ port: server.address.port }, {});
  other.destroy(new RangeError('as it is'));
  expect(inspect(other)).toBe('Socket { closed, RangeError }');
});

test('a stream over a descriptor tells of what kind it is', () => {
  using loop = new EventLoop();
  const [readEnd, writeEnd] = pipe2() as [number, number];
  expect(inspect(loop.stream(readEnd))).toBe(`DescriptorStream { fd: ${readEnd}, pipe }`);
  close(writeEnd);
});

test('descriptors that came tell how many are to be taken', () => {
  expect(inspect(new ReceivedDescriptors([7, 8], false))).toBe('ReceivedDescriptors { 2 to take }');
  const none = new ReceivedDescriptors([], true);
  expect(inspect(none)).toBe('ReceivedDescriptors { 0 to take, truncated }');
});

test('what the kernel refuses to tell is not shown, and nothing is thrown', () => {
  using loop = new EventLoop();
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, {});
  const client = loop.connect(server.address as { port: number }, {});
  Object.defineProperty(client, 'address', {
    get: () => {
      throw new Error('refused');
    },
  });
  expect(inspect(client)).toContain('(no address) → 127.0.0.1:');
});

test('a server tells where it listens and how many are connected', () => {
  using loop = new EventLoop();
  const server = loop.listen({ host: '127.0.0.1', port: 0 }, {});
  expect(inspect(server)).toMatch(line(`Server { fd: \\d+, ${LOCAL}, connections: 0 }`));
  server.close();
  expect(inspect(server)).toMatch(line(`Server { closed, ${LOCAL}, connections: 0 }`));
});

test('a watcher tells what it waits for, a signal its name', () => {
  using loop = new EventLoop();
  const [readEnd, writeEnd] = pipe2() as [number, number];
  const watcher = loop.watch(readEnd, { read: true, priority: true }, () => {});
  expect(inspect(watcher)).toBe(`Watcher { fd: ${readEnd}, read, priority }`);
  expect(inspect(loop.onSignal('SIGHUP', () => {}))).toMatch(/{ fd: \d+, SIGHUP, unref }$/);
  loop.close();
  close(readEnd);
  close(writeEnd);
});

test('timers, immediates and hooks tell whether they wait', () => {
  using loop = new EventLoop();
  const timer = loop.setTimeout(() => {}, 100);
  expect(inspect(timer)).toBe('Timer { 100 ms, waiting }');
  expect(inspect(timer.close())).toBe('Timer { 100 ms, done }');
  const every = loop.setInterval(() => {}, 50).unref();
  expect(inspect(every)).toBe('Timer { every 50 ms, waiting, unref }');
  expect(inspect(loop.setImmediate(() => {}))).toBe('Immediate { waiting }');
  expect(inspect(loop.idle(() => {}))).toBe('PhaseHook { active }');
});

test('a loop tells who drives it and what is in it', () => {
  const loop = new EventLoop();
  loop.setTimeout(() => {}, 1);
  let within = '';
  loop.setImmediate(() => {
    within = inspect(loop);
  });
  expect(inspect(loop)).toMatch(/^EventLoop { \w+, owned, idle, handles: 0, timers: 1 }$/);
  loop.run();
  expect(within).toMatch(/^EventLoop { \w+, owned, running, handles: 0, timers: [01] }$/);
  expect(inspect(loop.attach())).toContain(', attached, idle, ');
  loop.close();
  expect(inspect({ loop })).toBe(
    `{ loop: EventLoop { ${loop.poller.name}, closed, handles: 0, timers: 0 } }`,
  );
});
