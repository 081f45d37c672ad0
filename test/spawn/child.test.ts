// A child from its start to its end: what is told, in which order, and signals for it.
//
// Without the look in `kill` (lib/spawn/child.ts) one that has ended is sent a signal by its number;
// without `active` in `endFor` it is told to have ended for what came later.
import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Child } from '../../lib/spawn/child.js';
import { guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { guardChildren, hearBy, shell, WAYS } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();

describe.each(WAYS)('by %s, %s', (kind, mode) => {
  hearBy(kind);

  it('tells its output, its exit, then that it has closed', async () => {
    const end = await shell(test.loop, mode, 'echo out; echo err >&2; exit 7');
    expect(end).toMatchObject({ stdout: 'out\n', stderr: 'err\n', calls: ['exit', 'close'] });
    expect(end.status).toMatchObject({ code: 7, signal: null, coreDumped: false });
    expect(end.child.status).toBe(end.status);
    expect(await end.child.exited).toBe(end.status);
    expect([end.child.isClosed, test.loop.alive]).toEqual([true, false]);
  });

  it('tells the signal that ended it, and what it took', async () => {
    const { status } = await shell(test.loop, mode, 'kill -KILL $$');
    expect(status).toMatchObject({ code: null, signal: 'SIGKILL' });
    const { userMs, systemMs, maxRssBytes, minorFaults } = status.rusage ?? {};
    expect((userMs ?? 0) + (systemMs ?? 0)).toBeGreaterThan(0);
    expect(maxRssBytes).toBeGreaterThan(100_000);
    expect(minorFaults).toBeGreaterThan(0);
  });

  it('sends signals while it runs, and says false once it has ended', async () => {
    const heard: unknown[] = [];
    const child = test.loop.spawn(
      'cat',
      [],
      {},
      {
        exit: (child, { signal }) => heard.push(signal, child.kill(), child.kill(0)),
      },
    );
    // A number that no system has.
    expect(() => child.kill(127)).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
    expect([child.kill(0), child.kill('SIGCONT'), child.kill('SIGTERM')]).toEqual([
      true,
      true,
      true,
    ]);
    expect(() => child.kill('SIGNOTHING')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
    );
    await drive(test.loop, mode);
    expect(heard).toEqual(['SIGTERM', false, false]);
  });

  it('that has ended is ended for no reason more, as long as its streams live', async () => {
    const told: unknown[] = [];
    const child = test.loop.spawn(
      'sh',
      ['-c', 'sleep 0.05 &'],
      {},
      {
        exit: (child) => child.endFor(new Error('too late')),
        close: (_child, error) => told.push(error),
      },
    );
    await drive(test.loop, mode);
    expect([child.status?.code, told]).toEqual([0, [undefined]]);
  });

  it('whose end somebody else was told is no more, and nobody knows how it ended', async () => {
    const child = test.loop.spawn('sleep', ['0.02']);
    const { P_PID = 0, WEXITED = 0 } = constants;
    raw.check(raw.waitid(P_PID, child.pid, new Int32Array(5), WEXITED), 'waitid');
    expect(child.kill()).toBe(false);
    await drive(test.loop, mode);
    expect(child.status).toEqual({ code: null, signal: null, coreDumped: false, rusage: null });
  });

  it.runIf(kind === 'sigchld')('has no number to send a signal to once it has ended', async () => {
    const child = test.loop.spawn('cat');
    const { P_PID = 0, WEXITED = 0, WNOWAIT = 0, SIGKILL = 0 } = constants;
    raw.check(raw.kill(child.pid, SIGKILL), 'kill');
    raw.check(raw.waitid(P_PID, child.pid, new Int32Array(5), WEXITED | WNOWAIT), 'waitid');
    expect([child.kill(), child.active]).toEqual([false, false]);
    await drive(test.loop, mode);
    expect(child.status?.signal).toBe('SIGKILL');
  });

  it.runIf(constants['SIGRTMIN'])('knows signals of real time by one name both ways', async () => {
    const child = test.loop.spawn('cat');
    expect(child.kill('SIGRTMIN+6')).toBe(true);
    await drive(test.loop, mode);
    const name = child.status?.signal;
    expect(name).toBe('SIGRTMIN+6');
    const again = test.loop.spawn('cat', [], { killSignal: name as string, timeoutMs: 1 });
    await drive(test.loop, mode);
    expect(again.status?.signal).toBe(name);
  });

  it('is sent killSignal when its time is over, and close tells ETIMEDOUT', async () => {
    const options = { timeoutMs: 20, killSignal: 'SIGINT' };
    const child = test.loop.spawn('cat', [], options);
    const closed = child.closed.catch((error) => error.code);
    await drive(test.loop, mode);
    expect([child.status?.signal, await closed]).toEqual(['SIGINT', 'ETIMEDOUT']);
  });

  it('that ends in time leaves no timer behind', async () => {
    const child = test.loop.spawn('true', [], { timeoutMs: 2 ** 53 - 1, stdio: 'ignore' });
    await drive(test.loop, mode);
    expect([child.status?.code, inspect(test.loop)]).toEqual([
      0,
      expect.stringMatching(/timers: 0\b/),
    ]);
  });

  it('is ended by a signal that aborts, and nothing listens to it after that', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const child = test.loop.spawn('cat', [], { signal });
    test.loop.setTimeout(() => controller.abort(), 1);
    await drive(test.loop, mode);
    expect([child.status?.signal, child.error]).toEqual([
      'SIGTERM',
      expect.objectContaining({ code: 'ABORT_ERR' }),
    ]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('unref lets the loop end while it runs, with its streams', async () => {
    const child = test.loop.spawn('cat').unref();
    await drive(test.loop, mode);
    expect([child.active, child.status]).toEqual([true, undefined]);
    child.ref();
    expect(child.stdio.map((stream) => stream?.hasRef())).toEqual([true, true, true]);
    child.stdin?.end();
    await drive(test.loop, mode);
    expect(child.status).toMatchObject({ code: 0 });
  });

  it('exited and for await go together, and a callback that throws loses nothing', async () => {
    const seen: unknown[] = [];
    const use = async () => {
      const child = test.loop.spawn('seq', ['3']);
      for await (const chunk of child.stdout ?? []) seen.push(Buffer.from(chunk).toString());
      seen.push((await child.exited).code);
      await child.closed;
      seen.push('closed');
    };
    const used = use();
    await drive(test.loop, mode);
    await used;
    expect(seen).toEqual(['1\n2\n3\n', 0, 'closed']);
  });
});

it('names itself, and is shown with what matters', async () => {
  const shown: string[] = [];
  const look = (child: Child) =>
    shown.push(
      (child as never as { [key: symbol]: () => string })[
        Symbol.for('nodejs.util.inspect.custom')
      ]?.() ?? '',
    );
  const child = test.loop.spawn('true', ['x'], {}, { exit: look });
  look(child);
  expect(child.label).toBe(`Child true ${child.pid}`);
  expect([child.kind, child.spawnfile, child.spawnargs]).toEqual(['Child', 'true', ['x']]);
  await drive(test.loop);
  expect(shown[0]).toMatch(/^Child \{ fd: \d+, true, pid: \d+, runs \}$/);
  expect(shown[1]).toMatch(/^Child \{ closed, true, pid: \d+, exited: 0 \}$/);
});

it('an exit handler that throws ends run(), and close follows in the next', async () => {
  const told: string[] = [];
  test.loop.spawn(
    'true',
    [],
    { stdio: 'ignore' },
    {
      exit: () => {
        throw new Error('on purpose');
      },
      close: () => told.push('close'),
    },
  );
  await expect(drive(test.loop)).rejects.toThrow('on purpose');
  await drive(test.loop);
  expect(told).toEqual(['close']);
});

it('what one of its streams failed with is told by close: it did not read what was written', async () => {
  const errors: unknown[] = [];
  const handlers = { close: (_child: unknown, error?: Error) => errors.push(error) };
  const child = test.loop.spawn('true', [], {}, handlers);
  // More than a pipe holds.
  child.stdin.write(new Uint8Array(1_000_000));
  await drive(test.loop);
  expect(errors).toEqual([expect.objectContaining({ code: 'EPIPE', syscall: 'write' })]);
  expect(child.stdin.error).toBe(errors[0]);
});
