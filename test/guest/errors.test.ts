// A callback that throws in guest mode: the host's uncaughtException, as for any
// callback of the host, and the rest of the batch is delivered.
import { describe, expect, it } from 'vitest';
import { HOSTS, runScript, sayingsOf } from './support.js';

/**
 * A way to be called back by the loop, each as often as it is set up. Prepare and check
 * hooks make no turn of their own.
 */
const CALLERS = {
  timers: 'loop.setTimeout(callback, 1)',
  'pending callbacks': 'loop.defer(callback)',
  'idle hooks': 'loop.idle((hook) => { hook.close(); callback(); })',
  'prepare hooks':
    'loop.prepare((hook) => { hook.close(); callback(); }); loop.setImmediate(() => {})',
  'check hooks': 'loop.check((hook) => { hook.close(); callback(); }); loop.setImmediate(() => {})',
  immediates: 'loop.setImmediate(callback)',
  'nextTick callbacks': 'loop.nextTick(callback)',
  "the host's nextTick callbacks": 'loop.setImmediate(() => process.nextTick(callback))',
  microtasks: 'loop.setImmediate(() => queueMicrotask(callback))',
  watchers: 'loop.watch(eventfd(1), { read: true }, (r, w) => { w.close(); callback(); })',
  'open handlers': `const server = loop.listen({ port: 0 }, { open(socket) {
      socket.destroy();
      server.close();
      callback();
    } });
    loop.connect({ port: server.address.port }, { data() {} })`,
  'data handlers': `const server = loop.listen({ port: 0 }, { open(socket) { socket.end('x'); server.close(); } });
    loop.connect({ port: server.address.port }, { data(socket) { socket.destroy(); callback(); } })`,
  'close callbacks': 'loop.connect({ port: 9 }, { close: callback }).destroy()',
};
const NAMES = Object.keys(CALLERS) as (keyof typeof CALLERS)[];

const setUp = (name: keyof typeof CALLERS) => `
  const loop = new EventLoop().attach();
  const call = (callback) => { ${CALLERS[name]}; };
`;

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it.each(NAMES)('%s that throw end the process with code 1 when nobody listens', async (name) => {
    const { code, stderr, said } = await runScript(
      `${setUp(name)}
      loop.setInterval(() => {}, 1e6);
      call(() => { throw new Error('on purpose'); });
      process.on('exit', (code) => say('exit ' + code));`,
      { host },
    );
    expect([code, said]).toEqual([1, ['exit 1']]);
    expect(stderr).toContain('Error: on purpose');
    expect(stderr).not.toMatch(/corrupted|Native stack|FATAL|Aborted/);
  });

  it.each(NAMES)(
    '%s that throw are told to a listener, each once, and nothing is lost',
    async (name) => {
      const said = await sayingsOf(
        `${setUp(name)}
      process.on('uncaughtException', (error, origin) => say(origin + ' ' + error.message));
      for (let i = 0; i < 5; i++) {
        call(() => {
          if (i % 2 === 0) throw new Error('from ' + i);
          say('call ' + i);
        });
      }
      process.on('exit', (code) => say('exit ' + code));`,
        { host },
      );
      expect(said.sort()).toEqual([
        'call 1',
        'call 3',
        'exit 0',
        'uncaughtException from 0',
        'uncaughtException from 2',
        'uncaughtException from 4',
      ]);
    },
  );

  it('the rest of the batch comes before anything of the next turn', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      process.on('uncaughtException', () => say('error'));
      for (let i = 0; i < 4; i++) {
        loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
          watcher.close();
          if (i === 0) loop.setTimeout(() => say('timer'), 0);
          say('watcher ' + i);
          if (i < 2) throw new Error('on purpose');
        });
      }`,
      { host },
    );
    const watchers = said.filter((word) => word.startsWith('watcher'));
    expect(watchers).toEqual(['watcher 0', 'watcher 1', 'watcher 2', 'watcher 3']);
    expect(said.at(-1)).toBe('timer');
  });

  it('the host and the loop go on as before, also when a thousand callbacks throw', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let errors = 0;
      process.on('uncaughtException', () => errors++);
      let calls = 0;
      const interval = loop.setInterval(() => {
        if (++calls === 1000) interval.close();
        throw new Error('on purpose');
      }, 0);
      until(() => errors === 1000).then(() => {
        say('errors ' + errors);
        setTimeout(() => loop.setTimeout(() => say('timer'), 1), 1);
      });`,
      { host },
    );
    expect(said).toEqual(['errors 1000', 'timer']);
  });

  it('a data handler that throws loses neither the bytes of others nor what it wrote', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let errors = 0;
      process.on('uncaughtException', () => errors++);
      const server = loop.listen({ port: 0 }, {
        data(socket, chunk) { socket.write(chunk); throw new Error('on purpose'); },
      });
      let left = 20;
      for (let i = 0; i < 20; i++) {
        const socket = net.connect(server.address.port, '127.0.0.1', () => socket.write('message ' + i));
        socket.on('data', (text) => {
          if (String(text) !== 'message ' + i) say('wrong: ' + text);
          socket.destroy();
          if (--left === 0) { server.destroy(); say('all echoed, errors ' + errors); }
        });
      }`,
      { host },
    );
    expect(said).toEqual(['all echoed, errors 20']);
  });

  it.each([
    ['closes the loop', 'loop.close()', 'rest 0, closed true'],
    ['detaches the loop', 'loop.detach()', 'rest 0, closed false'],
    [
      'clears what is left',
      'for (const watcher of watchers) watcher.close()',
      'rest 0, closed false',
    ],
  ])('a listener that %s ends the turn', async (_what, action, result) => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let errors = 0;
      process.on('uncaughtException', (error) => {
        if (++errors > 1) { say('again: ' + error.message); process.exit(); }
        say('error');
        ${action};
        setTimeout(() => say('rest ' + rest + ', closed ' + loop.closed), 30);
      });
      let rest = 0;
      const watchers = [0, 1, 2].map(() => loop.watch(eventfd(1), { read: true }, () => {
        if (errors > 0) return void rest++;
        throw new Error('on purpose');
      }));`,
      { host },
    );
    expect(said).toEqual(['error', result]);
  });

  it('what a listener detached comes with the next attach', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      process.on('uncaughtException', () => {
        say('error');
        loop.detach();
        setTimeout(() => { say('attach'); loop.attach(); }, 20);
      });
      for (let i = 0; i < 3; i++) {
        loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
          watcher.close();
          say('watcher');
          if (i === 0) throw new Error('on purpose');
        });
      }`,
      { host },
    );
    expect(said).toEqual(['watcher', 'error', 'attach', 'watcher', 'watcher']);
  });

  it('anything at all may be thrown', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      process.on('uncaughtException', (error) => say(String(error)));
      for (const value of [undefined, null, 0, 'text', Symbol.iterator]) {
        loop.setImmediate(() => { throw value; });
      }`,
      { host },
    );
    expect(said).toEqual(['undefined', 'null', '0', 'text', 'Symbol(Symbol.iterator)']);
  });

  it('a rejection that nobody handles ends the process, or is told to a listener', async () => {
    const reject = `
      const loop = new EventLoop().attach();
      const timer = loop.setInterval(async () => { throw new Error('rejected on purpose'); }, 1);`;
    const { code, stderr } = await runScript(reject, { host });
    expect(code).toBe(1);
    expect(stderr).toContain('Error: rejected on purpose');
    const said = await sayingsOf(
      `${reject}
      process.on('unhandledRejection', (error) => {
        say(error.message);
        timer.close();
      });`,
      { host },
    );
    expect(said).toEqual(['rejected on purpose']);
  });
});
