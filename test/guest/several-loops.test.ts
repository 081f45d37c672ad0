// Several loops at once: in one thread, and in several.
import { describe, expect, it } from 'vitest';
import { HOSTS, runScript, sayingsOf } from './support.js';

/** A script that serves itself over TCP, beside work of the host; says `done` with a sum. */
const SELF_SERVING = `
  const serveMyself = (name) => {
    const loop = new EventLoop().attach();
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    let fired = 0;
    for (let i = 0; i < 20; i++) loop.setTimeout(() => fired++, i);
    const server = loop.listen({ port: 0 }, { data: (socket, chunk) => socket.write(chunk) });
    let left = 10;
    let bytes = 0;
    for (let i = 0; i < 10; i++) {
      const text = (name + i).repeat(1000);
      let back = '';
      loop.connect({ port: server.address.port }, {
        open: (socket) => socket.write(text),
        data(socket, chunk) {
          back += Buffer.from(chunk);
          if (back.length < text.length) return;
          if (back === text) bytes += back.length;
          socket.destroy();
          if (--left > 0) return;
          fs.readFile('/proc/self/status', async () => {
            await until(() => ticks > 3 && fired === 20);
            clearInterval(ticking);
            server.destroy();
            say(name + ' done ' + bytes);
          });
        },
      });
    }
  };
`;

describe.each(HOSTS)('attached by %s,', (host) => {
  it('two loops in one thread serve each other', async () => {
    const said = await sayingsOf(
      `const [a, b] = [new EventLoop().attach(), new EventLoop().attach()];
      const server = a.listen({ port: 0 }, { data: (socket, chunk) => socket.write(chunk) });
      let rounds = 0;
      b.connect({ port: server.address.port }, {
        open: (socket) => socket.write('ball'),
        data(socket, chunk) {
          if (++rounds < 500) return socket.write(chunk);
          socket.destroy();
          server.destroy();
          say('rounds ' + rounds);
        },
      });`,
      { host },
    );
    expect(said).toEqual(['rounds 500']);
  });

  it('ten loops in one thread do their work side by side', async () => {
    const said = await sayingsOf(
      `${SELF_SERVING}
      for (let i = 0; i < 10; i++) serveMyself('loop' + i);`,
      { host },
    );
    expect(said.sort()).toEqual(Array.from({ length: 10 }, (_, i) => `loop${i} done 60000`));
  });

  it('one loop may be closed in a callback of another', async () => {
    const said = await sayingsOf(
      `const [a, b] = [new EventLoop().attach(), new EventLoop().attach()];
      b.setInterval(() => {}, 1);
      a.setTimeout(() => { b.close(); say('closed ' + b.closed); }, 10);`,
      { host },
    );
    expect(said).toEqual(['closed true']);
  });

  it('a loop may own the thread for a while in a callback of another', async () => {
    const said = await sayingsOf(
      `const [guest, owned] = [new EventLoop().attach(), new EventLoop()];
      guest.setTimeout(() => {
        owned.setTimeout(() => say('owned'), 5);
        say('run ' + owned.run());
        guest.setTimeout(() => say('guest'), 1);
      }, 1);`,
      { host },
    );
    expect(said).toEqual(['owned', 'run false', 'guest']);
  });

  it('the same script runs in the main thread and in two Workers at once', async () => {
    const said = await sayingsOf(
      `${SELF_SERVING}
      // Everything that stands here, once more.
      const source = process.execArgv.at(-1);
      if (isMainThread) {
        for (const name of ['one', 'two']) {
          const worker = new Worker(source, { eval: true, workerData: name });
          worker.on('message', say);
          worker.on('error', (error) => say(error.stack));
          worker.on('exit', (code) => say('exit ' + code));
        }
      }
      serveMyself(isMainThread ? 'main' : workerData);`,
      { host },
    );
    expect(said.sort()).toEqual([
      'exit 0',
      'exit 0',
      'main done 50000',
      'one done 40000',
      'two done 40000',
    ]);
  });

  it('an error in one loop is nothing to the other', async () => {
    const { said, code } = await runScript(
      `const [a, b] = [new EventLoop().attach(), new EventLoop().attach()];
      let errors = 0;
      process.on('uncaughtException', (error) => { errors++; say(error.message); });
      const interval = a.setInterval(() => { throw new Error('from a'); }, 1);
      let left = 20;
      const steady = b.setInterval(() => {
        if (--left > 0 || errors === 0) return;
        steady.close();
        interval.close();
        say('b done');
      }, 1);`,
      { host },
    );
    expect(code).toBe(0);
    expect(said.at(-1)).toBe('b done');
    expect(said.filter((word) => word === 'from a').length).toBeGreaterThan(0);
  });
});
