// A callback that throws where the loop owns its thread, and in a Worker: what the host
// hears of it. What `run` itself does is in test/loop/throwing.test.ts.
import { describe, expect, it } from 'vitest';
import { runScript, sayingsOf } from './support.js';

describe('in owned mode', () => {
  it("what the host's own queues throw is the host's uncaughtException as well", async () => {
    const said = await sayingsOf(
      `process.on('uncaughtException', (error) => say('uncaught ' + error.message));
      const loop = new EventLoop();
      setImmediate(() => {
        loop.setTimeout(() => process.nextTick(() => { throw new Error('tick'); }));
        loop.setTimeout(() => queueMicrotask(() => { throw new Error('microtask'); }));
        loop.setTimeout(() => say('timer'), 1);
        setTimeout(() => say('the host goes on'), 1);
        say('run ' + loop.run());
      });`,
    );
    expect(said).toEqual([
      'uncaught tick',
      'uncaught microtask',
      'timer',
      'run false',
      'the host goes on',
    ]);
  });

  it('an error that leaves run() and is caught harms nothing of the host', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop();
      setImmediate(() => {
        setTimeout(() => say('the host goes on'), 1);
        for (let i = 0; i < 3; i++) {
          loop.nextTick(() => { throw new Error('tick ' + i); });
          try { loop.run(); } catch (error) { say(error.message); }
        }
      });`,
    );
    expect(said).toEqual(['tick 0', 'tick 1', 'tick 2', 'the host goes on']);
  });

  it('an error that leaves run() and is not caught is uncaughtException, and run() goes on', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop();
      let errors = 0;
      const go = () => { say('run ' + loop.run()); };
      process.on('uncaughtException', (error, origin) => {
        say(origin + ' ' + error.message);
        setImmediate(go);
      });
      for (let i = 0; i < 3; i++) {
        loop.setImmediate(() => {
          if (i < 2) throw new Error('from ' + i);
          say('the last');
        });
      }
      setImmediate(go);`,
    );
    expect(said).toEqual([
      'uncaughtException from 0',
      'uncaughtException from 1',
      'the last',
      'run false',
    ]);
  });

  it('an error that leaves run() ends the process with code 1 when nobody listens', async () => {
    const { code, stderr, said } = await runScript(
      `const loop = new EventLoop();
      loop.setTimeout(() => { throw new Error('on purpose'); }, 1);
      loop.setTimeout(() => say('never'), 5);
      process.on('exit', (code) => say('exit ' + code));
      setImmediate(() => loop.run());`,
    );
    expect([code, said]).toEqual([1, ['exit 1']]);
    expect(stderr).toContain('Error: on purpose');
    expect(stderr).not.toMatch(/Native stack|FATAL|Aborted/);
  });

  it('a rejection that nobody handles is told to a listener while run() goes on', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop();
      process.on('unhandledRejection', (error) => say('rejected ' + error.message));
      setImmediate(() => {
        loop.setTimeout(async () => { throw new Error('on purpose'); }, 1);
        loop.setTimeout(() => say('timer'), 10);
        say('run ' + loop.run());
      });`,
    );
    expect(said).toEqual(['rejected on purpose', 'timer', 'run false']);
  });

  it('a rejection that nobody handles ends the process with code 1 when nobody listens', async () => {
    const { code, stderr, said } = await runScript(
      `const loop = new EventLoop();
      setImmediate(() => {
        loop.setTimeout(async () => { throw new Error('on purpose'); }, 1);
        loop.setTimeout(() => say('never'), 500);
        loop.run();
      });`,
    );
    expect([code, said]).toEqual([1, []]);
    expect(stderr).toContain('Error: on purpose');
  });
});

describe('an error of a Worker’s loop', () => {
  const LOOPS = {
    'an attached loop': 'loop.attach();',
    'a loop that owns the thread': 'setImmediate(() => loop.run());',
  };
  const THROWS = {
    'a timer': "loop.setTimeout(() => { throw new Error('on purpose'); }, 1);",
    'a watcher':
      "loop.watch(raw.eventfd(1, 0x800), { read: true }, () => { throw new Error('on purpose'); });",
    'a rejection': "loop.setTimeout(async () => { throw new Error('on purpose'); }, 1);",
    'a microtask':
      "loop.setImmediate(() => queueMicrotask(() => { throw new Error('on purpose'); }));",
  };
  const cases = Object.entries(LOOPS).flatMap(([loop, drive]) =>
    Object.entries(THROWS).map(([what, body]) => [what, loop, body + drive] as const),
  );

  it.each(cases)('from %s in %s is the Worker’s error event', async (_what, _loop, body) => {
    const said = await sayingsOf(
      `const worker = new Worker(
        'const { EventLoop } = require(' + JSON.stringify(DIST + '/index.cjs') + ');' +
        'const raw = require(' + JSON.stringify(DIST + '/raw.cjs') + ');' +
        'const loop = new EventLoop();' + ${JSON.stringify(body)},
        { eval: true },
      );
      worker.on('error', (error) => say('error ' + error.message));
      worker.on('exit', (code) => say('exit ' + code));`,
    );
    expect(said).toEqual(['error on purpose', 'exit 1']);
  });
});
