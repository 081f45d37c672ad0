// The part of the order that Node has too: one script, run against Node's own timers,
// immediates and nextTick in a child, and against the loop's. The same sequence.
//
// When a timer is due is the clock's to say, so the script leaves it no choice. Outside
// of the timers phase each callback that schedules keeps the thread busy until its
// timers are due, and so does an immediate in each turn. Within the phase they must not
// become due: a run in which the phase took that long is told and made again, with timers
// of twice the delay.
//
// With the host's ticks and microtasks before the loop's ticks, and with immediates that
// run in the turn that sets them, the loop's order is no longer Node's.
import { beforeAll, describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const ATTEMPTS = 6;
const FIRST_DELAY_MS = 20;
const KINDS = 5;

interface Api {
  setTimeout(callback: () => void, ms: number): unknown;
  setImmediate(callback: () => void): unknown;
  nextTick(callback: () => void): void;
  /** Calls back from the poll phase. */
  onPoll(callback: () => void): void;
}

interface Outcome {
  log: string[];
  /** The timers phase took so long that its own timers fell due in it. */
  disturbed: boolean;
}

/** Runs in children, from its source text. */
function logHostOrder(api: Api, delayMs: number, done: (outcome: Outcome) => void): void {
  const log: string[] = [];
  let inTimers = false;
  let timersBeganMs = 0;
  let disturbed = false;
  let waiting = 0;
  const nowMs = () => performance.now();
  const stall = () => {
    const endMs = nowMs() + delayMs + 5;
    while (nowMs() < endMs);
  };
  const enterTimers = () => {
    if (!inTimers) timersBeganMs = nowMs();
    inTimers = true;
  };
  const enterOther = () => {
    // A margin, as Node counts whole milliseconds.
    if (inTimers && nowMs() - timersBeganMs > delayMs - 3) disturbed = true;
    inTimers = false;
  };
  const ways: Record<string, (callback: () => void) => unknown> = {
    immediate: (callback) =>
      api.setImmediate(() => {
        enterOther();
        callback();
      }),
    timeout: (callback) =>
      api.setTimeout(() => {
        enterTimers();
        callback();
      }, delayMs),
    promise: (callback) => Promise.resolve().then(callback),
    microtask: (callback) => queueMicrotask(callback),
    tick: (callback) => api.nextTick(callback),
  };
  const schedule = (way: (callback: () => void) => unknown, path: string[]) => {
    waiting++;
    way(() => {
      waiting--;
      if (path.length > 0) log.push(path.join('>'));
      if (path.length === 3) return;
      for (const [kind, inside] of Object.entries(ways)) schedule(inside, [...path, kind]);
      if (!inTimers) stall();
    });
  };
  const pace = () => {
    enterOther();
    if (waiting === 0) return done({ log, disturbed });
    api.setImmediate(pace);
    stall();
  };
  schedule(api.onPoll, []);
  api.setImmediate(pace);
}

const NODE = `
  run({ setTimeout, setImmediate, nextTick: process.nextTick,
    onPoll: (callback) => fs.stat('/', callback) }, delayMs, report);
`;

const loopApi = (drive: string) => `
  const loop = new EventLoop();
  run({
    setTimeout: loop.setTimeout.bind(loop),
    setImmediate: loop.setImmediate.bind(loop),
    nextTick: loop.nextTick.bind(loop),
    onPoll(callback) {
      loop.watch(raw.eventfd(1, c.EFD_NONBLOCK), { read: true }, (ready, watcher) => {
        watcher.close();
        callback();
      });
    },
  }, delayMs, report);
  ${drive};
`;

/** The log of a run that nothing disturbed. */
function orderOf(script: string, env: Record<string, string> = {}): string[] {
  for (let i = 0; i < ATTEMPTS; i++) {
    const delayMs = FIRST_DELAY_MS * 2 ** i;
    const source = `const run = ${logHostOrder.toString()}, delayMs = ${delayMs}; ${script}`;
    const { log, disturbed } = runChild<Outcome>(source, { env });
    if (!disturbed) return log;
  }
  throw new Error(`this machine is too busy: ${ATTEMPTS} runs were disturbed`);
}

describe('setTimeout, setImmediate, nextTick and promises, three deep', () => {
  let expected: string[];
  beforeAll(() => {
    expected = orderOf(NODE);
  });

  it('run all, once, on Node', () => {
    expect(expected).toHaveLength(KINDS + KINDS ** 2 + KINDS ** 3);
    expect(new Set(expected).size).toBe(expected.length);
    expect(expected.slice(0, 2)).toEqual(['tick', 'tick>tick']);
  });

  it('run in Node’s order in a loop that owns its thread', () => {
    expect(orderOf(loopApi('loop.run()'))).toEqual(expected);
  });

  it.each(['libuv', 'waiter'])('run in Node’s order in a guest of %s', (host) => {
    expect(orderOf(loopApi('loop.attach()'), { RAWLOOP_HOST: host })).toEqual(expected);
  });
});
