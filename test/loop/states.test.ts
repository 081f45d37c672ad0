// Calls at the wrong time: from within the loop, while it is attached, after close.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { openDescriptors, openedSince } from '../support/descriptors.js';
import { run } from '../support/drive.js';
import { newLoop, outside, PHASES, silentFd, TICKS, thrownBy } from './support.js';

const RUNNING = { code: 'ERR_LOOP_RUNNING' };
const ATTACHED = { code: 'ERR_LOOP_ATTACHED' };
const CLOSED = { code: 'ERR_LOOP_CLOSED' };

const PLACES = { ...PHASES, ...TICKS };

const CALLS: Record<string, (loop: EventLoop) => unknown> = {
  "run('default')": (loop) => loop.run(),
  "run('nowait')": (loop) => loop.run('nowait'),
  'attach()': (loop) => loop.attach(),
};

describe.each(Object.keys(PLACES))('from a callback of %s', (place) => {
  it.each(Object.keys(CALLS))('%s throws ERR_LOOP_RUNNING and changes nothing', async (call) => {
    const loop = newLoop();
    let error: unknown;
    PLACES[place]?.(loop, () => {
      error = thrownBy(() => CALLS[call]?.(loop));
      loop.setTimeout(() => {}, 0);
    });
    expect(await run(loop)).toBe(false);
    expect(error).toMatchObject(RUNNING);
    expect([loop.closed, loop.attached]).toEqual([false, false]);
  });

  it('close() follows the iteration under way, and ends run()', async () => {
    const loop = newLoop();
    let closedInside: boolean | undefined;
    loop.setTimeout(() => {}, 2 ** 31);
    PLACES[place]?.(loop, () => {
      loop.close();
      closedInside = loop.closed;
    });
    expect(await run(loop)).toBe(false);
    expect([closedInside, loop.closed, loop.alive]).toEqual([false, true, false]);
  });
});

describe('two loops', () => {
  it('may run one inside the other', async () => {
    const [outer, inner] = [newLoop(), newLoop()];
    const log: string[] = [];
    inner.setTimeout(() => log.push('inner'), 1);
    outer.setTimeout(() => {
      log.push('before');
      inner.run();
      inner.close();
      log.push('after');
    });
    await run(outer);
    expect(log).toEqual(['before', 'inner', 'after']);
  });

  it('may close each other', async () => {
    const [a, b] = [newLoop(), newLoop()];
    a.setTimeout(() => b.close());
    b.setTimeout(() => {});
    await run(a);
    expect(b.closed).toBe(true);
  });
});

describe('an attached loop', () => {
  it('does not run: ERR_LOOP_ATTACHED, in any mode', async () => {
    const loop = newLoop().attach();
    for (const mode of ['default', 'once', 'nowait'] as const) {
      expect(await outside(() => thrownBy(() => loop.run(mode)))).toMatchObject(ATTACHED);
    }
    expect(loop.attached).toBe(true);
    loop.detach();
    expect(await run(loop)).toBe(false);
  });
});

describe('a closed loop', () => {
  const closedLoop = () => {
    const loop = newLoop();
    loop.close();
    return loop;
  };

  const REFUSED: Record<string, (loop: EventLoop, fd: number) => unknown> = {
    run: (loop) => loop.run(),
    attach: (loop) => loop.attach(),
    setTimeout: (loop) => loop.setTimeout(() => {}, 1),
    setInterval: (loop) => loop.setInterval(() => {}, 1),
    setImmediate: (loop) => loop.setImmediate(() => {}),
    nextTick: (loop) => loop.nextTick(() => {}),
    listen: (loop) => loop.listen({ port: 0 }, {}),
    connect: (loop) => loop.connect({ port: 9 }, {}),
    'connect by name': (loop) => loop.connect({ host: 'x.test', port: 9 }, {}),
    'listen at a path': (loop) => loop.listen({ path: '/tmp/rawloop-closed' }, {}),
    'connect to a path': (loop) => loop.connect({ path: '/tmp/rawloop-closed' }, {}),
    stream: (loop, fd) => loop.stream(fd, {}, {}),
    tty: (loop, fd) => loop.tty(fd, {}, {}),
    pty: (loop) => loop.pty(),
    stdin: (loop) => loop.stdin,
    stdout: (loop) => loop.stdout,
    stderr: (loop) => loop.stderr,
    createReadStream: (loop) => loop.fs.createReadStream('/'),
    createWriteStream: (loop) => loop.fs.createWriteStream('/tmp/rawloop-closed'),
    dgram: (loop) => loop.dgram({ port: 0 }, {}),
    watch: (loop, fd) => loop.watch(fd, { read: true }, () => {}),
    watchPath: (loop) => loop.watchPath('.'),
    onSignal: (loop) => loop.onSignal('SIGUSR2', () => {}),
    workers: (loop) => loop.workers({ code: '' }),
    spawn: (loop) => loop.spawn('true'),
  };
  it.each(Object.keys(REFUSED))('refuses %s with ERR_LOOP_CLOSED, and opens nothing', (name) => {
    const loop = closedLoop();
    const fd = silentFd();
    const before = openDescriptors();
    expect(thrownBy(() => REFUSED[name]?.(loop, fd))).toMatchObject(CLOSED);
    expect(openedSince(before)).toEqual([]);
  });

  /** What is asked by promises, which reject. */
  const REJECTED: Record<string, (loop: EventLoop) => Promise<unknown>> = {
    'fs.stat': (loop) => loop.fs.stat('/'),
    'fs.open': (loop) => loop.fs.open('/'),
    'fs.readFile on a thread': (loop) => loop.fs.readFile('/', { inline: false }),
    'fs.flock': (loop) => loop.fs.flock(0, 'shared'),
    'crypto.pbkdf2': (loop) => loop.crypto.pbkdf2('p', 's', 1, 1, 'sha1'),
    'crypto.hash': (loop) => loop.crypto.hash('sha1', ''),
    // Its threads are made when it is asked for.
    'zlib.gzip': async (loop) => loop.zlib.gzip(''),
    'dns.lookup': (loop) => loop.dns.lookup('localhost'),
    'dns.resolve4': (loop) => loop.dns.resolve4('x.test'),
  };
  it.each(Object.keys(REJECTED))(
    'rejects %s with ERR_LOOP_CLOSED, and opens nothing',
    async (name) => {
      const loop = closedLoop();
      const before = openDescriptors();
      await expect(REJECTED[name]?.(loop)).rejects.toMatchObject(CLOSED);
      expect(openedSince(before)).toEqual([]);
    },
  );

  const HARMLESS: Record<string, (loop: EventLoop) => unknown> = {
    close: (loop) => loop.close(),
    dispose: (loop) => loop[Symbol.dispose](),
    detach: (loop) => loop.detach(),
    stop: (loop) => loop.stop(),
    wake: (loop) => loop.wake(),
    updateTime: (loop) => loop.updateTime(),
    now: (loop) => loop.now(),
    clearTimeout: (loop) => loop.clearTimeout(1),
    clearInterval: (loop) => loop.clearInterval(undefined),
    clearImmediate: (loop) => loop.clearImmediate(null),
  };
  it.each(Object.keys(HARMLESS))('takes %s without a word', (name) => {
    const loop = closedLoop();
    expect(() => HARMLESS[name]?.(loop)).not.toThrow();
    expect(loop.closed).toBe(true);
  });

  it('refuses bad arguments as bad arguments, also when it is closed', () => {
    const loop = closedLoop();
    const error = { code: 'ERR_INVALID_ARG_TYPE' };
    expect(thrownBy(() => loop.setTimeout(5 as never))).toMatchObject(error);
    expect(thrownBy(() => loop.setImmediate(5 as never))).toMatchObject(error);
    expect(thrownBy(() => loop.nextTick(5 as never))).toMatchObject(error);
  });

  it('refuses to refresh a timer of its own', () => {
    const loop = newLoop();
    const timer = loop.setTimeout(() => {}, 1);
    loop.close();
    expect(thrownBy(() => timer.refresh())).toMatchObject(CLOSED);
    expect(() => timer.ref().unref().close()).not.toThrow();
  });
});
