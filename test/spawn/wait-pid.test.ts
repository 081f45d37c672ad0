// loop.waitPid: the end of any process, and what is known of it.
import { spawn as hostSpawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { guardChildren, hearBy } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => error.code,
  );

describe.runIf(raw.supported.pidfd_open).each(DRIVE_MODES)('%s', (mode) => {
  it('of a child of this loop its status, as its own exit tells it', async () => {
    const child = test.loop.spawn('/bin/sh', ['-c', 'exit 3'], { stdio: 'ignore' });
    const waited = test.loop.waitPid(child.pid);
    await drive(test.loop, mode);
    expect(await waited).toBe(child.status);
    expect(child.status?.code).toBe(3);
  });

  it("of the host's child its status, which is left to the host", async () => {
    const child = hostSpawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
    const exit = once(child, 'exit');
    const waited = test.loop.waitPid(child.pid as number);
    test.loop.setTimeout(() => child.kill('SIGKILL'), 1);
    await drive(test.loop, mode);
    const { signal, rusage } = await waited;
    // In guest mode the host may have been faster.
    expect([mode === 'guest' ? [null, 'SIGKILL'] : ['SIGKILL'], rusage]).toEqual([
      expect.arrayContaining([signal]),
      null,
    ]);
    expect(await exit).toEqual([null, 'SIGKILL']);
  });

  it('of a stranger that it has ended, several at once', async () => {
    const child = test.loop.spawn('/bin/sh', ['-c', 'sleep 60 >/dev/null 2>&1 & echo $!; wait']);
    let pid = 0;
    const ends: unknown[] = [];
    const read = (async () => {
      for await (const chunk of child.stdout ?? []) {
        pid = Number(Buffer.from(chunk).toString());
        const waits = [test.loop.waitPid(pid), test.loop.waitPid(pid)];
        raw.kill(pid, raw.constants['SIGKILL'] as number);
        ends.push(...(await Promise.all(waits)));
      }
    })();
    await drive(test.loop, mode);
    await read;
    const unknown = { code: null, signal: null, coreDumped: false, rusage: null };
    expect(ends).toEqual([unknown, unknown]);
  });

  it('a signal ends the wait, and nothing else', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const child = test.loop.spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
    const other = new EventLoop();
    const waits = [test.loop.waitPid(child.pid, { signal }), other.waitPid(child.pid, { signal })];
    test.loop.setTimeout(() => {
      controller.abort();
      child.stdin?.end();
    }, 1);
    await Promise.all([drive(test.loop, mode), ...waits.map(codeOf)]);
    expect(await Promise.all(waits.map(codeOf))).toEqual(['ABORT_ERR', 'ABORT_ERR']);
    expect(child.status?.code).toBe(0);
    other.close();
  });

  it('a loop that closes ends the wait', async () => {
    const loop = new EventLoop();
    const waited = codeOf(loop.waitPid(process.ppid));
    loop.close();
    expect([await waited, await codeOf(loop.waitPid(1))]).toEqual([
      'ERR_HANDLE_CLOSED',
      'ERR_LOOP_CLOSED',
    ]);
  });
});

it('refuses what is no process', async () => {
  const { loop } = test;
  const given = [0, -1, 1.5, 2 ** 31, 'x'] as number[];
  expect(await Promise.all(given.map((pid) => codeOf(loop.waitPid(pid))))).toEqual([
    ...['ERR_OUT_OF_RANGE', 'ERR_OUT_OF_RANGE', 'ERR_OUT_OF_RANGE', 'ERR_OUT_OF_RANGE'],
    'ERR_INVALID_ARG_TYPE',
  ]);
  // It would wait for ever.
  expect(await codeOf(loop.waitPid(process.pid))).toBe('ERR_INVALID_ARG_VALUE');
  expect(await codeOf(loop.waitPid(1, { sgnal: 1 } as object))).toBe('ERR_INVALID_ARG_VALUE');
  const gone = loop.waitPid(2 ** 31 - 1);
  await expect(gone).rejects.toMatchObject({ code: 'ESRCH', syscall: 'pidfd_open' });
});

describe('without pidfds', () => {
  hearBy('sigchld');

  it('only children of the loop are waited for', async () => {
    const child = test.loop.spawn('true');
    const waited = test.loop.waitPid(child.pid);
    expect(await codeOf(test.loop.waitPid(process.ppid))).toBe(
      'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    );
    await drive(test.loop);
    expect(await waited).toMatchObject({ code: 0 });
  });
});
