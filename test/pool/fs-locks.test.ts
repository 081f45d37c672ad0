// Locks: who is kept out, who waits, and that a wait ends by the other's unlock, by an abort and
// with the loop, and holds no thread.
//
// With a lock that waits in the kernel (without LOCK_NB, or by F_SETLKW) 'holds no thread' finds
// them all running.
import { spawn } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileHandle } from '../../lib/pool/fs/handle.js';
import { MODES, TestLoop } from './support.js';

let folder: string;
let path: string;
let loop: TestLoop;
let one: FileHandle;
let other: FileHandle;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-locks-'));
  path = join(folder, 'file');
  nodeFs.writeFileSync(path, 'x'.repeat(100));
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(async () => {
  loop = new TestLoop({ size: 2 });
  [one, other] = (await loop.outcome(
    'owned',
    Promise.all([loop.fs.open(path, 'r+'), loop.fs.open(path, 'r+')]),
  )) as [FileHandle, FileHandle];
});
afterEach(async () => {
  loop.close();
  await Promise.all([one.close(), other.close()]);
});

/** How each kind is locked and unlocked. */
const KINDS = {
  flock: {
    lock: (file: FileHandle, options?: object) => loop.fs.flock(file, 'exclusive', options),
    unlock: (file: FileHandle) => loop.fs.funlock(file),
  },
  'record lock of an open file': {
    lock: (file: FileHandle, options?: object) =>
      loop.fs.lock(file, 'exclusive', { start: 10, length: 5, owner: 'file', ...options }),
    unlock: (file: FileHandle) => loop.fs.unlock(file, { owner: 'file' }),
  },
};

const kinds = Object.entries(KINDS).filter(
  ([name]) => process.platform === 'linux' || name === 'flock',
);

describe.each(MODES)('a lock, %s', (mode) => {
  it.each(kinds)('keeps others out: %s', async (_name, { lock, unlock }) => {
    const work = async () => {
      await lock(one);
      const refused = await lock(other, { wait: false }).catch(({ code }) => code);
      await unlock(one);
      await lock(other, { wait: false });
      await unlock(other);
      return refused;
    };
    expect(await loop.outcome(mode, work())).toBe('EAGAIN');
  });

  it.each(kinds)('is waited for: %s', async (_name, { lock, unlock }) => {
    const order: string[] = [];
    const work = async () => {
      await lock(one);
      const waiting = lock(other).then(() => order.push('other'));
      await new Promise<void>((resolve) => void loop.setTimeout(resolve, 5));
      order.push('unlocked');
      await unlock(one);
      await waiting;
      await unlock(other);
    };
    await loop.outcome(mode, work());
    expect(order).toEqual(['unlocked', 'other']);
  });

  it.each(kinds)(
    'that is waited for holds no thread, and ends by an abort: %s',
    async (_n, { lock }) => {
      const controller = new AbortController();
      const work = async () => {
        await lock(one);
        const waiting = Array.from({ length: 5 }, () => lock(other, { signal: controller.signal }));
        for (const each of waiting) each.catch(() => {});
        await new Promise<void>((resolve) => void loop.setTimeout(resolve, 5));
        // Both threads would wait, and this with them.
        const { size } = await loop.fs.stat(path);
        controller.abort('enough');
        return { size, outcomes: await Promise.allSettled(waiting) };
      };
      const { size, outcomes } = await loop.outcome(mode, work());
      expect(size).toBe(100);
      const told = { status: 'rejected', reason: { code: 'ABORT_ERR', cause: 'enough' } };
      expect(outcomes).toMatchObject(Array.from({ length: 5 }, () => told));
      expect(loop.alive).toBe(false);
    },
  );

  // Without `outlivesAbort` (lib/pool/fs/call.ts) it is told to be aborted, and had by nobody who knows.
  it.each(kinds)('that a thread had when it was aborted is had: %s', async (_n, { lock }) => {
    const controller = new AbortController();
    const work = async () => {
      const locked = lock(one, { signal: controller.signal }).then(
        () => 'had',
        () => 'aborted',
      );
      // No callback comes in between: the thread has done what it does, or has not begun.
      const endMs = performance.now() + 20;
      while (performance.now() < endMs);
      controller.abort();
      const free = await lock(other, { wait: false }).then(
        () => 'aborted',
        () => 'had',
      );
      return [await locked, free];
    };
    const [told, found] = await loop.outcome(mode, work());
    expect(told).toBe(found);
  });

  it('that is waited for ends with the loop', async () => {
    const waits = (async () => {
      await loop.fs.flock(one, 'exclusive');
      loop.setTimeout(() => loop.close(), 5);
      await loop.fs.flock(other, 'shared');
    })();
    waits.catch(() => {});
    await loop.drive(mode).catch(() => {});
    await expect(waits).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
  });

  it('of a part leaves the others free, and says who has it', async () => {
    const work = async () => {
      const owner = process.platform === 'linux' ? 'file' : 'process';
      await loop.fs.lock(one, 'exclusive', { start: 10, length: 5, owner });
      await loop.fs.lock(other, 'shared', { start: 20, length: 5, owner, wait: false });
      const way = await loop.fs.testLock(other, 'shared', { owner });
      await loop.fs.unlock(one, { owner, start: 12, length: 1 });
      const free = await loop.fs.testLock(other, 'shared', { owner, start: 12, length: 1 });
      return [way, free, await loop.fs.testLock(one, 'exclusive', { owner, start: 20 })];
    };
    const way = { type: 'exclusive', start: 10, length: 5, pid: -1 };
    const behind = { type: 'shared', start: 20, length: 5, pid: -1 };
    if (process.platform === 'linux')
      expect(await loop.outcome(mode, work())).toEqual([way, undefined, behind]);
  });

  it('of the process is told to another process', async () => {
    await loop.outcome(mode, loop.fs.lock(one, 'exclusive', { start: 0, length: 1 }));
    const child = spawn('python3', [
      '-c',
      `import fcntl\nf=open(${JSON.stringify(path)},'r+')\ntry:\n  fcntl.lockf(f,fcntl.LOCK_EX|fcntl.LOCK_NB,1)\n  print('had')\nexcept OSError: print('refused')`,
    ]);
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(said.trim()).toBe('refused');
    await loop.outcome(mode, loop.fs.unlock(one));
  });
});

it.each(['none', undefined, 1])('%j is no type of a lock', async (type) => {
  const wrong = { code: 'ERR_INVALID_ARG_VALUE' };
  await expect(loop.fs.flock(one, type as 'shared')).rejects.toMatchObject(wrong);
  await expect(loop.fs.lock(one, type as 'shared')).rejects.toMatchObject(wrong);
});
