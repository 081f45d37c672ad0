// AsyncLocalStorage: a callback runs with the store of where it was handed over, in
// guest and in owned mode, and nothing of the place where the loop itself was started.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

const MODES = [
  ...HOSTS.map((host) => ({ mode: 'guest', host })),
  { mode: 'owned', host: 'libuv' },
] as const;

/** Each hands one callback over; `seen` is to be called from it. */
const KINDS: Record<string, string> = {
  setTimeout: `loop.setTimeout(seen, 1);`,
  'setTimeout with arguments': `loop.setTimeout((a, b) => { if (a + b === 3) seen(); }, 1, 1, 2);`,
  setInterval: `const interval = loop.setInterval(() => { interval.close(); seen(); }, 1);`,
  'a timer that is refreshed elsewhere': `
    const timer = loop.setTimeout(seen, 1);
    storage.run('elsewhere', () => timer.refresh());`,
  setImmediate: `loop.setImmediate(seen);`,
  'setImmediate with an argument': `loop.setImmediate((a) => { if (a === 7) seen(); }, 7);`,
  nextTick: `loop.nextTick(seen);`,
  idle: `loop.idle((hook) => { hook.close(); seen(); });`,
  prepare: `const idle = loop.idle(() => {}); loop.prepare((hook) => { hook.close(); idle.close(); seen(); });`,
  check: `const idle = loop.idle(() => {}); loop.check((hook) => { hook.close(); idle.close(); seen(); });`,
  watch: `loop.watch(eventfd(1), { read: true }, (ready, watcher) => { watcher.close(); seen(); });`,
  onSignal: `
    loop.onSignal('SIGUSR2', (name, handle) => { handle.close(); seen(); });
    process.kill(process.pid, 'SIGUSR2');`,
  'loop.fs.stat, awaited': `loop.fs.stat('/').then(seen);`,
  'loop.crypto.pbkdf2, awaited': `(async () => { await loop.crypto.pbkdf2('p', 's', 1, 16, 'sha256'); seen(); })();`,
  'microtasks of a callback': `loop.setTimeout(() => { Promise.resolve().then(seen); }, 1);`,
  "the host's nextTick in a callback": `loop.setImmediate(() => process.nextTick(seen));`,
  'a timer started in a callback': `loop.setImmediate(() => loop.setTimeout(seen, 1));`,
  'handlers of an accepted socket': `
    let left = 4;
    const note = () => { if (--left === 0) { server.close(); } seen(); };
    const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
      open: note, data: note, end: note, close: note,
    });
    storage.run('elsewhere', () =>
      loop.connect(server.address, { open: (socket) => socket.end('x') }));`,
  'handlers of a connecting socket': `
    const server = storage.run('elsewhere', () =>
      loop.listen({ host: '127.0.0.1', port: 0 }, { data: (socket, chunk) => socket.write(chunk) }));
    loop.connect(server.address, {
      open: (socket) => { seen(); socket.end('x'); },
      data: seen,
      end: seen,
      close: () => { server.close(); seen(); },
    });`,
  'close of a socket that cannot connect': `
    loop.connect({ host: '127.0.0.1', port: 1 }, { close: seen });`,
};

/** Callbacks that one kind makes, where it is not one. */
const COUNTS: Record<string, number> = {
  'handlers of an accepted socket': 4,
  'handlers of a connecting socket': 4,
};

const SETUP = `
  const { AsyncLocalStorage } = require('node:async_hooks');
  const storage = new AsyncLocalStorage();
  const seenStores = [];
  const seen = () => { seenStores.push(storage.getStore() ?? 'none'); };
  process.on('exit', () => say(seenStores.join()));`;

/** Drives the loop in its mode, from inside of another context. */
const drive = (mode: string) =>
  mode === 'owned'
    ? `storage.run('driver', () => setImmediate(() => loop.run()));`
    : `storage.run('driver', () => loop.attach());`;

describe.each(MODES)('AsyncLocalStorage, $mode mode, $host', ({ mode, host }) => {
  it.each(Object.keys(KINDS))('reaches %s', async (kind) => {
    const said = await sayingsOf(
      `${SETUP}
      const loop = new EventLoop();
      storage.run('ours', () => { ${KINDS[kind]} });
      ${drive(mode)}`,
      { host },
    );
    expect(said).toEqual([new Array(COUNTS[kind] ?? 1).fill('ours').join()]);
  });

  it.each(Object.keys(KINDS))('%s sees nothing of where the loop was driven', async (kind) => {
    const said = await sayingsOf(
      `${SETUP}
      const loop = new EventLoop();
      ${KINDS[kind]}
      ${drive(mode)}`,
      { host },
    );
    expect(said).toEqual([new Array(COUNTS[kind] ?? 1).fill('none').join()]);
  });

  it('is as it was after a callback that throws', async () => {
    const said = await sayingsOf(
      `${SETUP}
      process.on('uncaughtException', () => {});
      const loop = new EventLoop();
      for (const name of ['a', 'b', 'c']) {
        storage.run(name, () => loop.setImmediate(() => { seen(); throw new Error(name); }));
        storage.run(name, () => loop.setTimeout(() => { seen(); throw new Error(name); }, 1));
      }
      const again = () => { try { loop.run(); } catch { again(); } };
      ${mode === 'owned' ? 'setImmediate(again);' : 'loop.attach();'}`,
      { host },
    );
    expect(said[0]?.split(',').sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
  });

  it('is left alone with asyncContext: false', async () => {
    const said = await sayingsOf(
      `${SETUP}
      const loop = new EventLoop({ asyncContext: false });
      storage.run('ours', () => { loop.setTimeout(seen, 1); loop.setImmediate(seen); });
      ${mode === 'owned' ? 'setImmediate(() => loop.run());' : 'loop.attach();'}`,
      { host },
    );
    expect(said).toEqual(['none,none']);
  });
});

describe('resources', () => {
  it('are made only where there is a context or a hook', async () => {
    const said = await sayingsOf(`
      const hooks = require('node:async_hooks');
      const loop = new EventLoop();
      const kinds = [];
      loop.setTimeout(() => {}, 0);
      const hook = hooks.createHook({ init: (id, kind) => { kinds.push(kind); } }).enable();
      loop.setTimeout(() => {}, 0);
      loop.setImmediate(() => {});
      loop.nextTick(() => {});
      hook.disable();
      say(kinds.join());
      loop.close();`);
    expect(said).toEqual(['rawloop:Timeout,rawloop:Immediate,rawloop:TickObject']);
  });

  it('a pool or a loop made inside of a context keeps nothing of it', async () => {
    const said = await sayingsOf(`
      const { AsyncLocalStorage } = require('node:async_hooks');
      const v8 = require('node:v8');
      v8.setFlagsFromString('--expose-gc');
      const gc = require('node:vm').runInNewContext('gc');
      const storage = new AsyncLocalStorage();
      const loop = new EventLoop();
      let store = { big: true };
      const kept = new WeakRef(store);
      storage.run(store, () => {
        loop.attach();
        loop.setTimeout(() => {}, 1);
        return loop.fs.stat('/');
      }).then(async () => {
        store = undefined;
        for (let i = 0; i < 50 && kept.deref() !== undefined; i++) {
          await new Promise((resolve) => setImmediate(resolve));
          await new Promise((resolve) => setTimeout(resolve, 5));
          gc();
        }
        say(kept.deref() === undefined ? 'collected' : 'kept');
      });`);
    expect(said).toEqual(['collected']);
  });
});
