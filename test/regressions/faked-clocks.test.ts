// Trap 39: jest, vitest and sinon replace the host's timers, clocks and queueMicrotask.
// The loop takes none of them from the globals, so it is the same whether they are
// replaced after the package was loaded or before.
//
// With the global queueMicrotask where the host is told that a loop is done, the guest
// programs here never end; with globalThis.performance, their timers never fire.
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { DIST, endOfChild } from '../support/child.js';

const FAKE_TIMERS = createRequire(import.meta.url).resolve('@sinonjs/fake-timers');

const INSTALL = `
  const { FakeTimers } = { FakeTimers: require(${JSON.stringify(FAKE_TIMERS)}) };
  const [realSetImmediate, realNextTick] = [setImmediate, process.nextTick];
  const fakes = FakeTimers.install({ now: 0 });
  for (const name of ['now', 'timeOrigin']) Object.defineProperty(performance, name, { value: () => 0 });
  Date.now = () => 0;`;

/** Each says what went on, in order, and ends by itself. */
const PROGRAMS: Record<string, string> = {
  guest: `
    const loop = defaultLoop();
    const beganMs = loop.now();
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, {
      data: (socket, chunk) => socket.end(chunk.slice()),
      close: () => server.close(),
    });
    loop.connect({ port: server.address.port, host: '127.0.0.1' }, {
      open: (socket) => socket.write('hello'),
      data: (socket, chunk) => said.push(Buffer.from(chunk).toString()),
      close: () => loop.setTimeout(later, 10),
    });
    async function later() {
      said.push(loop.now() - beganMs >= 10 ? 'later' : 'early');
      const { mtime } = await loop.fs.stat('/');
      said.push(mtime.getTime() > 0 ? 'stat' : 'no time');
      loop.setImmediate(() => said.push('immediate'));
      loop.nextTick(() => said.push('tick'));
    }`,
  owned: `
    realSetImmediate(() => {
      const loop = new EventLoop();
      const beganMs = loop.now();
      process.on('uncaughtException', (error) => said.push(error.message));
      loop.setTimeout(() => {
        realNextTick.call(process, () => { throw new Error('thrown'); });
        said.push(loop.now() - beganMs >= 10 ? 'later' : 'early');
        Promise.resolve().then(() => said.push('microtask'));
        loop.setImmediate(() => said.push('immediate'));
      }, 10);
      loop.run();
      loop.close();
    });`,
};

const SAID: Record<string, string[]> = {
  guest: ['hello', 'later', 'stat', 'tick', 'immediate'],
  owned: ['later', 'microtask', 'thrown', 'immediate'],
};

describe.each(Object.keys(PROGRAMS))('with faked clocks a program, %s,', (mode) => {
  it.each(['after', 'before'])(
    'goes on and ends by itself: faked %s the package is loaded',
    (when) => {
      const load = `const { EventLoop, defaultLoop } = require(${JSON.stringify(`${DIST}/index.cjs`)});`;
      // The prelude of a child loads the package: a copy of its own is loaded here.
      const fresh = 'for (const key of Object.keys(require.cache)) delete require.cache[key];';
      const start = when === 'after' ? load + INSTALL : INSTALL + load;
      const end = endOfChild(
        `${fresh} (() => {
        const said = [];
        process.on('exit', () => report(said));
        ${start}
        ${PROGRAMS[mode]}
      })();`,
      );
      expect(end.stderr).toBe('');
      expect([end.status, end.report]).toEqual([0, SAID[mode]]);
    },
  );
});

describe('with all that vitest fakes', () => {
  afterEach(() => void vi.useRealTimers());

  it('an attached loop goes on', async () => {
    vi.useFakeTimers({ toFake: ['queueMicrotask', 'performance', 'Date', 'hrtime'] });
    const loop = new EventLoop().attach();
    const beganMs = loop.now();
    await new Promise<void>((resolve) => loop.setTimeout(resolve, 5));
    expect(loop.now() - beganMs).toBeGreaterThanOrEqual(5);
    loop.close();
  });
});
