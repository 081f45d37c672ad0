// What runs between two callbacks: the loop's nextTick queue, then the host's, then
// microtasks. With drain: 'batch', once a batch.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { run } from '../support/drive.js';
import { newLoop, outside, PHASES, thrownBy } from './support.js';

/** A callback that says its name and asks for one of each kind of tick. */
function ticking(loop: EventLoop, log: string[], name: string): () => void {
  return () => {
    log.push(name);
    Promise.resolve().then(() => log.push(`${name} promise`));
    queueMicrotask(() => log.push(`${name} microtask`));
    process.nextTick(() => log.push(`${name} host tick`));
    loop.nextTick(() => log.push(`${name} tick`));
  };
}

const ticksOf = (name: string) => [
  `${name} tick`,
  `${name} host tick`,
  `${name} promise`,
  `${name} microtask`,
];

describe.each(Object.keys(PHASES))('between two callbacks of %s', (phase) => {
  it('all ticks and microtasks run, in order', async () => {
    const loop = newLoop();
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) PHASES[phase]?.(loop, ticking(loop, log, name));
    await run(loop);
    expect(log).toEqual(['a', 'b', 'c'].flatMap((name) => [name, ...ticksOf(name)]));
  });

  it("none runs with drain: 'batch', and all run before run() returns or waits", async () => {
    const loop = newLoop({ drain: 'batch' });
    const log: string[] = [];
    for (const name of ['a', 'b']) PHASES[phase]?.(loop, ticking(loop, log, name));
    loop.setTimeout(() => {}, 5);
    await run(loop);
    expect(log.slice(0, 2)).toEqual(['a', 'b']);
    expect(log.slice(2)).toEqual([
      'a tick',
      'b tick',
      'a host tick',
      'b host tick',
      'a promise',
      'a microtask',
      'b promise',
      'b microtask',
    ]);
  });
});

describe('between the callbacks of connections', () => {
  it('that are accepted in one turn, ticks and microtasks run', async () => {
    const loop = newLoop();
    const log: string[] = [];
    const server = loop.listen(
      { port: 0 },
      {
        open() {
          ticking(loop, log, 'open')();
          if (server.connections === 3) server.destroy();
        },
      },
    );
    const { port } = server.address as { port: number };
    for (let i = 0; i < 3; i++) {
      loop.connect({ port }, { open: (socket) => socket.unref() });
    }
    await run(loop);
    expect(log).toEqual(Array.from({ length: 3 }, () => ['open', ...ticksOf('open')]).flat());
  });
});

describe('nextTick', () => {
  it('passes arguments on', async () => {
    const loop = newLoop();
    let got: unknown[] = [];
    loop.nextTick(
      (...args: unknown[]) => {
        got = args;
      },
      1,
      'two',
      null,
    );
    await run(loop);
    expect(got).toEqual([1, 'two', null]);
  });

  it('from nextTick runs before microtasks, as in the host', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setTimeout(() => {
      Promise.resolve().then(() => log.push('promise'));
      loop.nextTick(() => {
        log.push('first');
        loop.nextTick(() => log.push('second'));
      });
    });
    await run(loop);
    expect(log).toEqual(['first', 'second', 'promise']);
  });

  it('from a microtask runs before the next callback', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setImmediate(() => {
      Promise.resolve().then(() => loop.nextTick(() => log.push('tick')));
    });
    loop.setImmediate(() => log.push('next callback'));
    await run(loop);
    expect(log).toEqual(['tick', 'next callback']);
  });

  it('from outside of the loop runs first when it runs', async () => {
    const loop = newLoop();
    const log: string[] = [];
    loop.setTimeout(() => log.push('timer'), 0);
    loop.nextTick(() => log.push('tick'));
    expect(log).toEqual([]);
    await run(loop);
    expect(log).toEqual(['tick', 'timer']);
  });

  it('takes functions only', () => {
    const loop = newLoop();
    for (const value of [undefined, null, 'f', {}]) {
      const error = thrownBy(() => loop.nextTick(value as never));
      expect(error).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    }
    expect(loop.alive).toBe(false);
  });
});

describe('a promise chain in a callback', () => {
  it('settles while run() runs, through as many steps as it has', async () => {
    const loop = newLoop();
    const log: string[] = [];
    await outside(() => {
      loop.setTimeout(async () => {
        for (let i = 0; i < 100; i++) await null;
        log.push('chain');
      }, 0);
      loop.setTimeout(() => log.push('next callback'), 0);
      loop.run();
      log.push('run returned');
    });
    expect(log).toEqual(['chain', 'next callback', 'run returned']);
  });

  it('may wait for the loop itself', async () => {
    const loop = newLoop();
    const sleep = (ms: number) => new Promise<void>((resolve) => loop.setTimeout(resolve, ms));
    const log: number[] = [];
    await outside(() => {
      (async () => {
        for (let i = 0; i < 5; i++) {
          await sleep(1);
          log.push(i);
        }
      })();
      loop.run();
      expect(log).toEqual([0, 1, 2, 3, 4]);
    });
  });
});
