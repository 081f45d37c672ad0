// Trap 25: options that are read through a prototype which some other code polluted.
//
// Without the null-prototype copy in readOptions: the server here listens on port 1, or
// fails for a value that nobody passed.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

it('Object.prototype.port = 1 changes nothing', () => {
  const result = runChild(`
    Object.prototype.port = 1;
    Object.prototype.host = '192.0.2.1';
    const loop = new EventLoop();
    const server = loop.listen({ port: 0 }, {});
    const named = loop.listen({ host: '127.0.0.1', port: 0 }, {});
    const codes = [];
    for (const open of ['listen', 'connect']) {
      try { loop[open]({}, {}); } catch (error) { codes.push(error.code); }
    }
    const ports = [server, named].map(({ address }) => address.port > 1);
    report([server.address.address, ...ports, ...codes]);
    loop.close();
  `);
  expect(result).toEqual(['::', true, true, 'ERR_INVALID_ARG_VALUE', 'ERR_INVALID_ARG_TYPE']);
});

it('nor does any other name that an option has', () => {
  const names = [
    ...['fd', 'backlog', 'reusePort', 'ipv6Only', 'localAddress', 'localPort', 'path', 'address'],
    ...['highWaterMark', 'maxBufferedBytes', 'noDelay', 'allowHalfOpen', 'signal', 'host', 'port'],
    ...['read', 'write', 'priority', 'edge', 'oneshot', 'exclusive'],
    ...['backend', 'maxEvents', 'slabBytes', 'poolSize', 'pool', 'events'],
    ...['maxConnections', 'whenFull', 'timeoutMs', 'idleTimeoutMs', 'keepAlive', 'socketOptions'],
  ];
  // What the loop loads on first use is there before: the host's own `require` reads options
  // through the prototype, and loads nothing for anybody after this.
  const result = runChild(`
    const before = new EventLoop();
    before.listen({ port: 0 }, {});
    before.onSignal('SIGUSR2', () => {});
    before.watch(raw.pipe2(c.O_NONBLOCK)[0], { read: true }, () => {});
    before.close();
    for (const name of ${JSON.stringify(names)}) Object.prototype[name] = Symbol('polluted');
    const loop = new EventLoop();
    const texts = [];
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      data: (socket, chunk) => { socket.end(chunk); server.close(); },
    });
    const { port } = server.address;
    loop.connect({ port }, { data: (socket, chunk) => { texts.push(String(chunk)); } });
    loop.connect({ port, localPort: 0 }, { open: (socket) => { socket.end('hello'); } });
    const [readEnd, writeEnd] = raw.pipe2(c.O_NONBLOCK);
    raw.write(writeEnd, Buffer.from('x'));
    const watched = [];
    loop.watch(readEnd, { read: true }, (ready, watcher) => {
      watched.push(ready.read, ready.write);
      watcher.close();
    });
    loop.onSignal('SIGUSR2', () => {}).close();
    loop.setTimeout(() => server.destroy(), 50);
    loop.run();
    let keys;
    try { raw.check(-c.ENOENT, 'open'); } catch (error) { keys = Object.keys(error); }
    loop.close();
    report([watched, keys]);
  `);
  expect(result).toEqual([
    [true, false],
    ['code', 'errno', 'syscall', 'name'],
  ]);
});

// Without the null prototype of NO_HANDLERS what came is handed to the stranger's function.
it('nor is a handler found there by what has none', () => {
  const result = runChild(`
    for (const name of ['open', 'data', 'end', 'close']) {
      Object.prototype[name] = () => { report('called'); process.exit(); };
    }
    const loop = new EventLoop();
    const [mine, peer] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK);
    const stream = loop.stream(mine);
    raw.write(peer, Buffer.from('kept'));
    raw.close(peer);
    let text = '';
    (async () => {
      for await (const chunk of stream) text += Buffer.from(chunk);
    })();
    setImmediate(() => {
      loop.run();
      report(text);
    });
  `);
  expect(result).toBe('kept');
});
