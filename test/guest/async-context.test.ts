// Callbacks enter JavaScript with an async context, as the host expects of anything
// that calls it: hooks see them, and AsyncLocalStorage follows promises out of them.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it('callbacks run in a resource of their own, between before and after', async () => {
    const said = await sayingsOf(
      `const hooks = require('node:async_hooks');
      const ours = new Set();
      const log = [];
      hooks.createHook({
        init: (id, type) => { if (type.startsWith('rawloop')) ours.add(id); },
        before: (id) => { if (ours.has(id)) log.push('before'); },
        after: (id) => { if (ours.has(id)) log.push('after'); },
      }).enable();
      const loop = new EventLoop().attach();
      loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
        watcher.close();
        log.push('callback ' + ours.has(hooks.executionAsyncId()));
      });
      process.on('exit', () => say(log.join()));`,
      { host },
    );
    // Once more around it when the host's way to call us is a resource as well.
    expect(said[0]).toMatch(/^(before,)+callback true(,after)+/);
  });

  it('before and after are paired, whatever the callbacks do', async () => {
    const said = await sayingsOf(
      `const hooks = require('node:async_hooks');
      const stack = [];
      let wrong = 0;
      hooks.createHook({
        init() {},
        before: (id) => stack.push(id),
        after: (id) => { if (stack.pop() !== id) wrong++; },
      }).enable();
      const loop = new EventLoop().attach();
      let left = 50;
      const interval = loop.setInterval(async () => {
        if (--left === 0) interval.close();
        process.nextTick(() => {});
        await null;
        loop.nextTick(() => queueMicrotask(() => {}));
        loop.setImmediate(() => {});
      }, 0);
      process.on('exit', () => say('wrong ' + wrong + ', open ' + stack.length));`,
      { host },
    );
    expect(said).toEqual(['wrong 0, open 0']);
  });

  it('AsyncLocalStorage follows a handler through its promises', async () => {
    const said = await sayingsOf(
      `const { AsyncLocalStorage } = require('node:async_hooks');
      const storage = new AsyncLocalStorage();
      const loop = new EventLoop().attach();
      let left = 3;
      for (const name of ['a', 'b', 'c']) {
        loop.watch(eventfd(1), { read: true }, (ready, watcher) => {
          watcher.close();
          storage.run(name, async () => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            await fs.promises.stat('/');
            if (storage.getStore() !== name) say('lost ' + name);
            if (--left === 0) say('all kept');
          });
        });
      }`,
      { host },
    );
    expect(said).toEqual(['all kept']);
  });

  it('what a callback leaves does not leak into the next one', async () => {
    const said = await sayingsOf(
      `const { AsyncLocalStorage } = require('node:async_hooks');
      const storage = new AsyncLocalStorage();
      const loop = new EventLoop().attach();
      const seen = [];
      for (let i = 0; i < 3; i++) {
        loop.setImmediate(() => {
          seen.push(storage.getStore());
          storage.run('inner ' + i, () => Promise.resolve().then(() => seen.push(storage.getStore())));
        });
      }
      process.on('exit', () => say(JSON.stringify(seen)));`,
      { host },
    );
    expect(said).toEqual(['[null,"inner 0",null,"inner 1",null,"inner 2"]']);
  });
});
