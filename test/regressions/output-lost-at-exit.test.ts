// Trap 37: what write took waits for the end of the batch, and that does not come when
// the callback ends the process, or comes late when it runs another loop. It is sent
// before: as the process exits, and before run() of another loop.
//
// Without the listener of lib/loop/turns.ts (flushAtExit) the first three tests fail,
// without flushTurns() in run() of lib/loop/drive.ts the one before another loop runs does,
// without flushOuter() in lib/loop/poll-phase.ts those before it waits.
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HOSTS, Script, sayingsOf } from '../guest/support.js';

/** What a client that runs `onData` sent, all of it, until its process was gone. */
async function sentBy(onData: string, prelude = '', host: (typeof HOSTS)[number] = 'libuv') {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const sent = new Promise<string>((resolve) =>
    server.once('connection', (socket) => {
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text)).on('error', () => {});
      socket.write('hi');
    }),
  );
  const script = new Script(
    `${prelude}
    const loop = ${prelude === '' ? 'defaultLoop()' : 'new EventLoop()'};
    loop.connect({ port: ${port}, host: '127.0.0.1' }, { data(socket) { ${onData} } });
    ${prelude === '' ? '' : 'setImmediate(() => loop.run());'}`,
    { host },
  );
  await script.ended();
  server.close();
  return sent;
}

describe('what was written in a callback is sent', () => {
  it.each(HOSTS)('when it ends the process, with the loop attached by %s', async (host) => {
    expect(await sentBy("socket.write('last words'); process.exit();", '', host)).toBe(
      'last words',
    );
  });

  it('when it ends the process, in a loop that owns its thread', async () => {
    expect(await sentBy("socket.write('last words'); process.exit();", ';')).toBe('last words');
  });

  it('when a listener of exit wrote it', async () => {
    const onData = `
      process.on('exit', () => socket.write(' and more'));
      socket.write('last words');
      process.exit();`;
    expect(await sentBy(onData)).toBe('last words and more');
  });

  it('when it throws, and nobody catches it', async () => {
    expect(await sentBy("socket.write('last words'); throw new Error('on purpose');")).toBe(
      'last words',
    );
  });

  it('before another loop runs', async () => {
    const said = await sayingsOf(`
      const a = new EventLoop().attach(), b = new EventLoop();
      const echo = b.listen({ port: 0, host: '127.0.0.1' }, {
        data(socket, chunk) { say('b heard ' + Buffer.from(chunk)); b.stop(); },
      });
      b.setTimeout(() => b.stop(), 5000);
      a.connect({ port: echo.address.port, host: '127.0.0.1' }, {
        open(socket) {
          socket.write('ping');
          b.run();
          b.close();
          a.close();
        },
      });`);
    expect(said).toEqual(['b heard ping']);
  });

  it.each(['attach', 'run'])(
    'before another loop waits, when its callback wrote it: %s',
    async (outer) => {
      const said = await sayingsOf(`
      const outer = new EventLoop(), inner = new EventLoop();
      const [readEnd, writeEnd] = raw.pipe2();
      const out = outer.stream(writeEnd, {}, {});
      out.unref();
      outer.setTimeout(() => {
        inner.setTimeout(() => out.write('ping'), 1);
        const alarm = inner.setTimeout(() => { say('held back'); inner.stop(); }, 5000);
        inner.watch(readEnd, { read: true }, (_, watcher) => {
          say('it came');
          watcher.close();
          alarm.close();
        });
        inner.run();
        out.destroy();
      }, 1);
      setImmediate(() => outer.${outer}());`);
      expect(said).toEqual(['it came']);
    },
  );

  it('by loop.flush(), before a call that blocks', async () => {
    const said = await sayingsOf(`
      // A server in a thread of its own says when it has heard the client.
      const heard = new Int32Array(new SharedArrayBuffer(4));
      new Worker(\`
        const { parentPort, workerData: heard } = require('node:worker_threads');
        const server = require('node:net').createServer((socket) => {
          socket.write('hi');
          socket.on('data', () => { Atomics.store(heard, 0, 1); Atomics.notify(heard, 0); });
        }).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
      \`, { eval: true, workerData: heard }).once('message', (port) => {
        defaultLoop().connect({ port, host: '127.0.0.1' }, {
          data(socket) {
            socket.write('ping');
            defaultLoop().flush();
            say(Atomics.wait(heard, 0, 0, 5000) === 'timed-out' ? 'silence' : 'heard');
            process.exit();
          },
        });
      });`);
    expect(said).toEqual(['heard']);
  });
});

it('a hundred copies of the package hang on one listener', async () => {
  const said = await sayingsOf(`
    for (let i = 0; i < 100; i++) {
      for (const key of Object.keys(require.cache)) if (key.startsWith(DIST)) delete require.cache[key];
      new (require(DIST + '/index.cjs').EventLoop)().close();
    }
    say(process.listenerCount('exit'));`);
  expect(said).toEqual(['1']);
});
