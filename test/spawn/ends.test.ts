// Ends that are not the child's: its handle is closed, its loop is closed or forgotten, its Worker
// ends. The process goes on, and no zombie is left when it ends.
//
// Without the reaper each of these leaves a zombie, and the last look finds it.
import { afterAll, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import * as raw from '../../lib/raw/index.js';
import type { Child } from '../../lib/spawn/child.js';
import { runChild } from '../support/child.js';
import { guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { startWorker } from '../support/worker.js';
import { childrenOf, guardChildren, hearBy, WAYS } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();

const runs = (pid: number) => raw.kill(pid, 0) === 0 && childrenOf().get(pid) !== 'Z';
const kill = (pid: number) => raw.check(raw.kill(pid, raw.constants['SIGKILL'] as number), 'kill');

describe.each(WAYS)('by %s, %s', (kind, mode) => {
  hearBy(kind);

  it('close lets go of it: it runs on, its streams are gone, its end is not told', async () => {
    const told: unknown[] = [];
    const child = test.loop.spawn(
      'sleep',
      ['60'],
      {},
      {
        exit: () => told.push('exit'),
        close: (_child, error) => told.push('close', error),
      },
    );
    const exited = child.exited.catch((error) => error.code);
    child.close();
    // Nobody has to wait for it.
    const unheard = test.loop.spawn('sleep', ['60']);
    expect(unheard.exited).toBe(unheard.exited);
    unheard.close();
    await drive(test.loop, mode);
    expect([runs(child.pid), child.kill(), child.stdout?.isClosed]).toEqual([true, false, true]);
    expect(told).toEqual(['close', undefined]);
    expect(await exited).toBe('ERR_HANDLE_CLOSED');
    for (const { pid } of [child, unheard]) kill(pid);
  });

  it('using sends killSignal; await using waits for the end as well', async () => {
    const { loop } = test;
    let first: ReturnType<EventLoop['spawn']>;
    {
      using child = loop.spawn('sleep', ['60']);
      first = child;
    }
    expect(first.isClosed).toBe(true);
    const second = loop.spawn('sleep', ['60'], { killSignal: 'SIGINT' });
    const disposed = second[Symbol.asyncDispose]();
    await drive(loop, mode);
    await disposed;
    expect(second.status?.signal).toBe('SIGINT');
  });

  it('await using waits for no other that has its pipes', async () => {
    let other = 0;
    const script = 'sleep 60 & echo $!; exec sleep 60';
    const stdout = (child: Child, chunk: Uint8Array) => {
      other = Number(Buffer.from(chunk));
      child[Symbol.asyncDispose]();
    };
    const child = test.loop.spawn('sh', ['-c', script], {}, { stdout });
    await drive(test.loop, mode);
    expect([child.status?.signal, child.isClosed]).toEqual(['SIGTERM', true]);
    kill(other);
  });

  it('a loop that is closed lets go of its children', async () => {
    const loop = new EventLoop();
    const child = loop.spawn('sleep', ['60'], { stdio: 'ignore' });
    const exited = child.exited.catch((error) => error.code);
    loop.close();
    expect([runs(child.pid), await exited]).toEqual([true, 'ERR_HANDLE_CLOSED']);
    kill(child.pid);
  });
});

it('a Worker that is terminated lets go of its children', async () => {
  const worker = startWorker(`
    const loop = new EventLoop();
    const pids = [1, 2, 3].map(() => loop.spawn('sleep', ['60'], { stdio: 'ignore' }).pid);
    parentPort.postMessage(pids);
    loop.run();`);
  const pids = (await worker.message()) as number[];
  await worker.terminate();
  expect(pids.map(runs)).toEqual([true, true, true]);
  pids.forEach(kill);
});

it('a loop that is forgotten lets go of its children', () => {
  const found = runChild<string[]>(
    `
    const states = (pids) => pids.map((pid) => {
      try { return fs.readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1][0]; }
      catch { return 'gone'; }
    });
    const before = countDescriptors();
    const pids = (() => {
      const loop = new EventLoop();
      return [1, 2].map(() => loop.spawn('sleep', ['60']).pid);
    })();
    const wait = async (done) => { while (!done()) { gc(); await new Promise((r) => setTimeout(r, 5)); } };
    (async () => {
      await wait(() => countDescriptors() <= before);
      const alive = states(pids).map((state) => state !== 'gone' && state !== 'Z');
      for (const pid of pids) raw.kill(pid, c.SIGKILL);
      await wait(() => states(pids).every((state) => state === 'gone'));
      report([...alive, 'gone']);
      process.exit();
    })();`,
    { flags: ['--expose-gc'] },
  );
  expect(found).toEqual([true, true, 'gone']);
});

afterAll(() => expect([...childrenOf().values()].filter((state) => state === 'Z')).toEqual([]));
