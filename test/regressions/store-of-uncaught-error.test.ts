// A callback that throws inside an AsyncLocalStorage: the listener of uncaughtException
// finds the store of that callback, as in Node. With the error told outside of the
// callback's context (whereThrown() in lib/loop/async-context.ts) it finds none.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from '../guest/support.js';

const CALLERS = {
  'a timer': 'loop.setTimeout(callback, 1)',
  'an interval': 'const timer = loop.setInterval(() => { timer.close(); callback(); }, 1)',
  'an immediate': 'loop.setImmediate(callback)',
  'a tick': 'loop.nextTick(callback)',
  'a hook': 'loop.idle((hook) => { hook.close(); callback(); })',
  'a watcher': 'loop.watch(eventfd(1), { read: true }, (r, w) => { w.close(); callback(); })',
  'a handler of a socket': `loop.connect({ port: 9 }, { close: callback }).destroy()`,
};

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it('the store of whatever threw is there in uncaughtException, and none of another', async () => {
    const said = await sayingsOf(
      `
      const { AsyncLocalStorage } = require('node:async_hooks');
      const storage = new AsyncLocalStorage();
      const loop = new EventLoop().attach();
      process.on('uncaughtException', (error) => {
        say(error.message + ': ' + storage.getStore());
        next();
      });
      const callers = ${JSON.stringify(Object.entries(CALLERS))};
      const queue = callers.flatMap(([name, code]) => [[name, code, name], [name, code, undefined]]);
      const next = () => setImmediate(() => {
        const step = queue.shift();
        if (step === undefined) return;
        const [name, code, store] = step;
        const callback = () => { throw new Error(name); };
        const start = () => new Function('loop', 'callback', 'eventfd', code)(loop, callback, eventfd);
        if (store === undefined) storage.exit(start); else storage.run(store, start);
      });
      next();`,
      { host },
    );
    const names = Object.keys(CALLERS);
    expect(said).toEqual(names.flatMap((name) => [`${name}: ${name}`, `${name}: undefined`]));
  });
});

it('in a loop that owns its thread it is the store of who called run()', async () => {
  const said = await sayingsOf(`
    const { AsyncLocalStorage } = require('node:async_hooks');
    const storage = new AsyncLocalStorage();
    const loop = new EventLoop();
    process.on('uncaughtException', () => { say(storage.getStore()); loop.close(); });
    storage.run('the callback', () => loop.setTimeout(() => { throw new Error('on purpose'); }, 1));
    storage.run('the caller', () => setImmediate(() => loop.run()));`);
  expect(said).toEqual(['the caller']);
});
