// The loop that a program shares without making one.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

describe.each(HOSTS)('the default loop, attached by %s,', (host) => {
  it('is one object, attached on first use', async () => {
    const said = await sayingsOf(
      `say(String(defaultLoop() === defaultLoop()));
      say(defaultLoop().attached + ' ' + (defaultLoop() instanceof EventLoop));`,
      { host },
    );
    expect(said).toEqual(['true', 'true true']);
  });

  it('is not there before it is used: loading the package costs no descriptor, no thread', async () => {
    const said = await sayingsOf(
      `const source = \`
        const { readdirSync } = require('node:fs');
        const count = () => ['fd', 'task'].map((what) => readdirSync('/proc/self/' + what).length);
        const before = count();
        const { defaultLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        const loaded = count();
        defaultLoop();
        const used = count();
        require('node:worker_threads').parentPort.postMessage({ before, loaded, used });
      \`;
      new Worker(source, { eval: true }).on('message', ({ before, loaded, used }) => {
        say('loaded: ' + loaded.map((n, i) => n - before[i]));
        say('used: more ' + (used[0] > loaded[0]));
      });`,
      { host },
    );
    expect(said).toEqual(['loaded: 0,0', 'used: more true']);
  });

  it('is what the module-level watch waits on', async () => {
    const said = await sayingsOf(
      `const fd = eventfd(1);
      const watcher = watch(fd, { read: true }, (ready, same) => {
        say(ready.read + ' ' + (same === watcher) + ' ' + (watcher.loop === defaultLoop()));
        watcher.close();
      });
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toEqual(['true true true', 'exit']);
  });

  it('keeps the process alive by its handles alone', async () => {
    const said = await sayingsOf(
      `defaultLoop();
      const watcher = watch(eventfd(0), { read: true }, () => {});
      setTimeout(() => { say('alive'); watcher.close(); }, 100).unref();
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toEqual(['alive', 'exit']);
  });

  it('is another one after the first was closed', async () => {
    const said = await sayingsOf(
      `const first = defaultLoop();
      first.close();
      const second = defaultLoop();
      say((first === second) + ' ' + second.attached);
      watch(eventfd(1), { read: true }, (ready, watcher) => { watcher.close(); say('watched'); });`,
      { host },
    );
    expect(said).toEqual(['false true', 'watched']);
  });

  it('that is detached runs, and is attached again by whoever asks', async () => {
    const said = await sayingsOf(
      `const loop = defaultLoop();
      loop.detach();
      setImmediate(() => {
        loop.setTimeout(() => say('owned'), 1);
        say('run ' + loop.run());
        loop.attach();
        loop.setTimeout(() => say('guest'), 1);
      });`,
      { host },
    );
    expect(said).toEqual(['owned', 'run false', 'guest']);
  });

  it('is one each for the main thread and a Worker', async () => {
    const said = await sayingsOf(
      `const source = \`
        const { parentPort } = require('node:worker_threads');
        const { defaultLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        defaultLoop().setTimeout(() => parentPort.postMessage(defaultLoop().waker.fd), 1);
      \`;
      const { fd } = defaultLoop().waker;
      const worker = new Worker(source, { eval: true });
      worker.on('message', (other) => say(String(other !== fd)));
      worker.on('exit', (code) => say('worker exit ' + code));`,
      { host },
    );
    expect(said).toEqual(['true', 'worker exit 0']);
  });
});

describe('loading the package', () => {
  it('by require and by import gives the same loop', async () => {
    const said = await sayingsOf(
      `import(DIST + '/index.mjs').then((module) => {
        say(String(module.defaultLoop() === defaultLoop()));
      });`,
    );
    expect(said).toEqual(['true']);
  });
});
