// The end of a process with an attached loop: whatever is open, it ends as asked,
// with the code that was asked for, and without a word.
import { describe, expect, it } from 'vitest';
import { HOSTS, runScript, Script } from './support.js';

/** Everything that a loop can hold, open and at work. */
const BUSY = `
  const loop = new EventLoop().attach();
  const server = loop.listen({ port: 0 }, { data: (socket, chunk) => socket.write(chunk) });
  const { port } = server.address;
  for (let i = 0; i < 10; i++) {
    loop.connect({ port }, {
      open: (socket) => socket.write('x'.repeat(1000)),
      data: (socket, chunk) => socket.write(chunk),
    });
  }
  loop.watch(eventfd(1), { read: true }, () => {});
  loop.onSignal('SIGUSR2', () => {});
  loop.setInterval(() => {}, 1);
  loop.fs.stat('/').catch(() => {});
`;

const PLACES = {
  'a timer': 'loop.setTimeout(exit, 10)',
  'an immediate': 'loop.setImmediate(exit)',
  'a watcher': 'loop.watch(eventfd(1), { read: true }, exit)',
  'a data handler': 'loop.connect({ port }, { open: (s) => s.write("y"), data: exit })',
  'a close callback': 'loop.connect({ port }, { close: exit }).destroy()',
  'a nextTick callback': 'loop.nextTick(exit)',
  'a microtask': 'loop.setImmediate(() => Promise.resolve().then(exit))',
  'an uncaughtException listener':
    "process.on('uncaughtException', exit); loop.setImmediate(() => { throw new Error(); })",
  'a callback of the host': 'setTimeout(exit, 10)',
};

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it.each(Object.entries(PLACES))(
    'process.exit() in %s ends the process',
    async (_place, setUp) => {
      const ended = await runScript(
        `${BUSY}
      const exit = () => { process.exit(7); say('went on'); };
      ${setUp};
      process.on('exit', (code) => say('exit ' + code));`,
        { host },
      );
      expect(ended).toEqual({ code: 7, signal: null, said: ['exit 7'], stderr: '' });
    },
  );

  it('a loop that was left open does no harm at the natural end', async () => {
    const ended = await runScript(
      `const loop = new EventLoop().attach();
      loop.listen({ port: 0 }, {}).unref();
      loop.watch(eventfd(1), { read: true }, () => {}).unref();
      loop.onSignal('SIGUSR2', () => {});
      loop.setInterval(() => {}, 1).unref();
      loop.idle(() => {}).unref();
      process.exitCode = 3;`,
      { host },
    );
    expect(ended).toEqual({ code: 3, signal: null, said: [], stderr: '' });
  });

  it('an exit listener may still use the loop, close it, or leave it', async () => {
    const ended = await runScript(
      `const [a, b] = [new EventLoop().attach(), new EventLoop().attach()];
      process.on('exit', () => {
        a.listen({ port: 0 }, {});
        a.setTimeout(() => say('never'), 0);
        b.setTimeout(() => {}, 0);
        b.close();
        say('exit');
      });`,
      { host },
    );
    expect(ended).toEqual({ code: 0, signal: null, said: ['exit'], stderr: '' });
  });

  it('SIGTERM ends a process with an attached loop', async () => {
    const script = new Script(`${BUSY} setTimeout(() => say('ready'), 20);`, { host });
    expect(await script.next()).toBe('ready');
    script.child.kill('SIGTERM');
    expect(await script.ended()).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
  });

  it('beforeExit may give the loop more to do', async () => {
    const ended = await runScript(
      `const loop = new EventLoop().attach();
      let rounds = 0;
      process.on('beforeExit', () => {
        if (++rounds <= 3) loop.setTimeout(() => say('round ' + rounds), 1);
      });`,
      { host },
    );
    expect(ended.said).toEqual(['round 1', 'round 2', 'round 3']);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
  });

  it('twenty processes that end in the middle of all this end as asked', async () => {
    const ends = Array.from({ length: 20 }, (_, i) =>
      runScript(`${BUSY} setTimeout(() => process.exit(5), ${i});`, { host }),
    );
    for (const { code, signal, stderr } of await Promise.all(ends)) {
      expect({ code, signal, stderr }).toEqual({ code: 5, signal: null, stderr: '' });
    }
  });
});

describe('with a loop that owns the thread', () => {
  it.each(['process.exit(7)', 'loop.nextTick(() => process.exit(7))'])(
    '%s in a callback ends the process',
    async (exit) => {
      const ended = await runScript(
        `${BUSY.replace('.attach()', '')}
        loop.setTimeout(() => { ${exit}; }, 10);
        process.on('exit', (code) => say('exit ' + code));
        setImmediate(() => loop.run());`,
      );
      expect(ended).toEqual({ code: 7, signal: null, said: ['exit 7'], stderr: '' });
    },
  );
});
