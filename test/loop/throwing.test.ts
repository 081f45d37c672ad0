// A callback that throws, in every phase: the error leaves run(), nothing is lost,
// and run() may be called again. See also test/regressions/throwing-callback.test.ts.
import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { run } from '../support/drive.js';
import { newLoop, PHASES } from './support.js';

const CALLERS: typeof PHASES = {
  ...PHASES,
  'loop.nextTick': (loop, callback) => loop.nextTick(callback),
};
const NAMES = Object.keys(CALLERS);

/** Runs until run() returns; the messages of what it threw. */
async function runToEnd(loop: EventLoop): Promise<string[]> {
  const messages: string[] = [];
  for (;;) {
    try {
      if (!(await run(loop))) return messages;
    } catch (error) {
      messages.push((error as Error).message);
    }
  }
}

describe.each(NAMES)('a callback of %s that throws', (phase) => {
  const inPhase = (loop: EventLoop, callback: () => void) => CALLERS[phase]?.(loop, callback);

  it('makes run() throw that very error', async () => {
    const loop = newLoop();
    const error = new RangeError('on purpose');
    inPhase(loop, () => {
      throw error;
    });
    await expect(run(loop)).rejects.toBe(error);
    expect(await run(loop)).toBe(false);
  });

  it('is not called again, and the rest of its phase is, in order', async () => {
    const loop = newLoop();
    const log: number[] = [];
    for (let i = 0; i < 5; i++) {
      inPhase(loop, () => {
        log.push(i);
        if (i % 2 === 0) throw new Error(`callback ${i}`);
      });
    }
    expect(await runToEnd(loop)).toEqual(['callback 0', 'callback 2', 'callback 4']);
    expect(log).toEqual([0, 1, 2, 3, 4]);
  });

  it('loses nothing of the other phases', async () => {
    const loop = newLoop();
    const log: string[] = [];
    inPhase(loop, () => {
      throw new Error('on purpose');
    });
    for (const name of NAMES) CALLERS[name]?.(loop, () => log.push(name));
    expect(await runToEnd(loop)).toEqual(['on purpose']);
    expect(log.sort()).toEqual([...NAMES].sort());
  });

  it('leaves the loop usable: not running, not stopping', async () => {
    const loop = newLoop();
    inPhase(loop, () => {
      loop.stop();
      throw new Error('on purpose');
    });
    await expect(run(loop)).rejects.toThrow('on purpose');
    let calls = 0;
    loop.setTimeout(() => calls++, 1);
    expect(await run(loop)).toBe(false);
    expect(calls).toBe(1);
    expect(() => loop.attach().detach()).not.toThrow();
  });

  it('may throw anything at all', async () => {
    const loop = newLoop();
    for (const value of [undefined, null, 0, 'text', Symbol.iterator]) {
      inPhase(loop, () => {
        throw value;
      });
      await expect(run(loop)).rejects.toBe(value);
    }
  });
});

describe('an interval that throws', () => {
  it('goes on with its next turn', async () => {
    const loop = newLoop();
    let calls = 0;
    const interval = loop.setInterval(() => {
      if (++calls === 4) interval.close();
      throw new Error(`call ${calls}`);
    }, 1);
    expect(await runToEnd(loop)).toEqual(['call 1', 'call 2', 'call 3', 'call 4']);
  });
});

describe('what a throwing callback wrote before', () => {
  it('is sent all the same', async () => {
    const loop = newLoop();
    const received: string[] = [];
    const server = loop.listen(
      { port: 0 },
      {
        data(socket, chunk) {
          socket.write(chunk);
          socket.write(' and ');
          throw new Error('on purpose');
        },
      },
    );
    const { port } = server.address as { port: number };
    loop.connect(
      { port },
      {
        open: (socket) => socket.write('text'),
        data(socket, chunk) {
          received.push(Buffer.from(chunk).toString());
          socket.destroy();
          server.destroy();
        },
      },
    );
    expect(await runToEnd(loop)).toEqual(['on purpose']);
    expect(received).toEqual(['text and ']);
  });
});
