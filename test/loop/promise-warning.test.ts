// run() inside a promise callback: no promise can settle until it returns, and it
// says so on stderr, at once and once.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ChildOptions, endOfChild } from '../support/child.js';

const WARNING = /rawloop: run\(\) was called from inside a promise callback/g;

function warningsOf(script: string, options?: ChildOptions): { count: number; report: unknown } {
  const { status, stderr, report } = endOfChild(script, options);
  expect(status, stderr).toBe(0);
  const count = stderr.match(WARNING)?.length ?? 0;
  if (count === 0) expect(stderr).toBe('');
  return { count, report };
}

const RUN = `
  const log = [];
  function go() {
    const loop = new EventLoop();
    loop.setImmediate(() => {
      log.push('immediate');
      loop.setTimeout(() => {
        Promise.resolve().then(() => log.push('promise'));
        loop.nextTick(() => log.push('tick'));
        log.push('timer');
      }, 1);
    });
    loop.run();
    log.push('returned');
    loop.close();
  }
  process.on('exit', () => report(log));
`;

describe('run()', () => {
  it('inside a promise callback warns and runs, and promises settle after it', () => {
    const { count, report } = warningsOf(`${RUN} Promise.resolve().then(go);`);
    expect(count).toBe(1);
    expect(report).toEqual(['immediate', 'timer', 'tick', 'returned', 'promise']);
  });

  it('after an await warns as well', () => {
    expect(warningsOf(`${RUN} (async () => { await null; go(); })();`).count).toBe(1);
  });

  it('warns once, however often it is called so', () => {
    const script = `${RUN} Promise.resolve().then(go).then(go); queueMicrotask(go);`;
    expect(warningsOf(script).count).toBe(1);
  });

  it('warns before it blocks, not after', () => {
    const script = `
      const write = fs.writeSync;
      Promise.resolve().then(() => {
        const loop = new EventLoop();
        loop.setTimeout(() => write(2, 'timer'), 10);
        loop.run();
      });`;
    const { stderr } = endOfChild(script);
    expect(stderr.search(WARNING)).toBe(0);
    expect(stderr.endsWith('timer')).toBe(true);
  });

  it('is silent when warnings are turned off', () => {
    const env = { NODE_NO_WARNINGS: '1' };
    expect(warningsOf(`${RUN} Promise.resolve().then(go);`, { env }).count).toBe(0);
  });

  it('is silent in the modes that return soon', () => {
    const script = `
      Promise.resolve().then(() => {
        const loop = new EventLoop();
        loop.setImmediate(() => {});
        loop.run('once');
        loop.run('nowait');
      });`;
    expect(warningsOf(script).count).toBe(0);
  });

  const FINE = {
    'at the top of a CommonJS module': 'go();',
    'in setImmediate': 'setImmediate(go);',
    'in setTimeout': 'setTimeout(go, 1);',
    'in process.nextTick': 'process.nextTick(go);',
    'in an event of the host': "fs.readFile('/dev/null', go);",
  };
  it.each(Object.entries(FINE))('%s is silent, and promises settle in it', (_where, call) => {
    const { count, report } = warningsOf(RUN + call);
    expect(count).toBe(0);
    expect(report).toEqual(['immediate', 'timer', 'tick', 'promise', 'returned']);
  });

  it('after one inside a promise callback settles promises again', () => {
    const { count, report } = warningsOf(
      `${RUN} Promise.resolve().then(go).then(() => setImmediate(go));`,
    );
    expect(count).toBe(1);
    expect((report as string[]).slice(-5)).toEqual([
      'immediate',
      'timer',
      'tick',
      'promise',
      'returned',
    ]);
  });

  it('on a host that cannot run promises by hand says so, and works without them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rawloop-host-'));
    try {
      // What the package looks for in Node, gone before it looks.
      const file = join(folder, 'no-drain.cjs');
      writeFileSync(file, 'delete process._tickCallback;');
      const { status, stderr, report } = endOfChild(`${RUN} setImmediate(go);`, {
        flags: ['--require', file],
      });
      expect(stderr).toMatch(/^rawloop: this runtime has no known way to run promises/);
      expect([status, report]).toEqual([0, ['immediate', 'timer', 'tick', 'returned', 'promise']]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
