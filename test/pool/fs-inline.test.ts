// Files that the kernel has in memory are read on the loop's thread: what goes where, that the loop
// stays fair, and that nothing waits.
//
// With a queue of the turns' that keeps what has run (an array, and where in it one is) 64 chains of
// reads hold 250 MB. Without the size 0 file's device asked for first, procfs is read at once.
// Without the look at the size in ReadCached a read over the end of a file goes to a thread, and
// 'a read over the end' counts it. Without the budget's look at the clock timers are late by what
// all the files take. Without O_NONBLOCK in OpenCached, and the look before it, the FIFO holds the
// test for ever.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODES, type Mode, TestLoop } from './support.js';

const isLinux = process.platform === 'linux';
/** Of 250 MB that are read. */
const MOST_BYTES = 150e6;
let folder: string;
let file: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-inline-'));
  file = join(folder, 'file');
  nodeFs.writeFileSync(file, 'hello world');
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop({}, true);
});
afterEach(() => loop.close());

const counts = () => {
  const { inline, pooled } = loop.pool.stats().lanes.fs;
  return { inline, pooled };
};

/** The file system of `folder` is known after this. */
async function warm(mode: Mode): Promise<{ inline: number; pooled: number }> {
  await loop.outcome(mode, loop.fs.stat(file));
  await loop.outcome(mode, loop.fs.readFile(file));
  await loop.outcome(mode, loop.fs.stat(file));
  return counts();
}

/** What of `work` was done where. */
async function counted<T>(mode: Mode, work: () => Promise<T>) {
  const before = await warm(mode);
  const value = await loop.outcome(mode, work());
  const after = counts();
  return { value, inline: after.inline - before.inline, pooled: after.pooled - before.pooled };
}

describe.runIf(isLinux).each(MODES)('files in memory, %s', (mode) => {
  it('are read without a thread', async () => {
    nodeFs.existsSync(join(folder, 'none'));
    const { value, inline, pooled } = await counted(mode, async () => [
      String(await loop.fs.readFile(file)),
      (await loop.fs.stat(file)).size,
      (await loop.fs.lstat(file, { bigint: true })).size,
      await loop.fs.stat(join(folder, 'none')).catch(({ code }) => code),
      await loop.fs.readFile(join(folder, 'none')).catch(({ code, syscall }) => [code, syscall]),
    ]);
    expect(value).toEqual(['hello world', 11, 11n, 'ENOENT', ['ENOENT', 'open']]);
    // What is not there is told at once as well.
    expect({ inline, pooled }).toEqual({ inline: 5, pooled: 0 });
  });

  it('are opened and read in pieces without a thread, up to the end', async () => {
    const { value, inline, pooled } = await counted(mode, async () => {
      const open = await loop.fs.open(file);
      const texts = [];
      for (const position of [null, null, null, 6, 11, 1000]) {
        // Each in a turn of its own: one that has taken long leaves what moves to a thread.
        await new Promise<void>((resolve) => loop.defer(resolve));
        const { bytesRead, buffer } = await open.read(Buffer.alloc(8), { position });
        texts.push(buffer.toString('latin1', 0, bytesRead));
      }
      texts.push((await open.stat()).size);
      await open.close();
      return texts;
    });
    expect(value).toEqual(['hello wo', 'rld', '', 'world', '', '', 11]);
    // Closing is a thread's: it may have to wait.
    expect({ inline, pooled }).toEqual({ inline: 8, pooled: 1 });
  });

  it('go to a thread where the request says so', async () => {
    const { pooled } = await counted(mode, async () => {
      await loop.fs.stat(file, { inline: false });
      await loop.fs.readFile(file, { inline: false });
    });
    expect(pooled).toBe(2);
  });

  it('go to a thread where the loop says so', async () => {
    loop.close();
    loop = new TestLoop({}, false);
    const { inline, pooled } = await counted(mode, async () => {
      await loop.fs.stat(file);
      await loop.fs.readFile(file);
    });
    expect([inline, pooled]).toEqual([0, 2]);
  });

  it('of a file system that makes its content are a thread’s, also by a descriptor', async () => {
    const fd = nodeFs.openSync('/proc/self/status', 'r');
    const { value, inline } = await counted(mode, async () => {
      const { size } = await loop.fs.fstat(fd);
      // By now it is known what it is.
      await loop.fs.fstat(fd);
      return [size, (await loop.fs.readFile('/proc/self/status', 'utf8')).startsWith('Name:')];
    });
    nodeFs.closeSync(fd);
    expect([value, inline]).toEqual([[0, true], 0]);
  });

  it('of a file system that refuses are a thread’s, which is remembered', async () => {
    const there = nodeFs.mkdtempSync('/dev/shm/rawloop-');
    const path = join(there, 'file');
    nodeFs.writeFileSync(path, 'in memory alone');
    const { value, pooled } = await counted(mode, async () => {
      const open = await loop.fs.open(path);
      const texts = [];
      for (let i = 0; i < 40; i++) {
        const { buffer, bytesRead } = await open.read(Buffer.alloc(20), { position: 0 });
        texts.push(buffer.toString('latin1', 0, bytesRead));
      }
      await open.close();
      return texts;
    });
    nodeFs.rmSync(there, { recursive: true });
    expect(new Set(value)).toEqual(new Set(['in memory alone']));
    expect(pooled).toBeGreaterThan(0);
  });

  it('that grow, or are cut, are read as they are', async () => {
    const log = join(folder, 'log');
    nodeFs.writeFileSync(log, '1');
    const { value } = await counted(mode, async () => {
      const seen = [];
      for (let i = 2; i < 6; i++) {
        nodeFs.appendFileSync(log, String(i));
        seen.push(await loop.fs.readFile(log, 'utf8'));
      }
      nodeFs.truncateSync(log, 0);
      seen.push(await loop.fs.readFile(log, 'utf8'));
      return seen;
    });
    expect(value).toEqual(['12', '123', '1234', '12345', '']);
  });

  it('that another file replaced in between are never read in part', async () => {
    const config = join(folder, 'config');
    const contents = ['short', 'a much longer content'.repeat(100)];
    nodeFs.writeFileSync(config, contents[0] as string);
    const { value } = await counted(mode, async () => {
      const seen = new Set<string>();
      for (let i = 0; i < 40; i++) {
        const next = `${config}.${i}`;
        nodeFs.writeFileSync(next, contents[i % 2] as string);
        nodeFs.renameSync(next, config);
        seen.add(await loop.fs.readFile(config, 'utf8'));
      }
      return [...seen];
    });
    expect(value.sort()).toEqual(contents.sort());
  });
});

describe.runIf(isLinux).each(MODES)('a loop that reads from memory, %s', (mode) => {
  it('keeps its timers: 10,000 files in a row', async () => {
    await warm(mode);
    let ticks = 0;
    const timer = loop.setInterval(() => ticks++, 1).unref();
    const work = (async () => {
      for (let i = 0; i < 10_000; i++) await loop.fs.readFile(file);
      return ticks;
    })();
    // It would be none if the chain of promises went on for ever between two turns.
    expect(await loop.outcome(mode, work)).toBeGreaterThan(5);
    timer.close();
    expect(counts().inline).toBeGreaterThan(9000);
  });

  it('does 10,000 that were asked for at once, over several turns', async () => {
    await warm(mode);
    const before = loop.meter.iterations;
    const work = Promise.all(Array.from({ length: 10_000 }, () => loop.fs.stat(file)));
    expect((await loop.outcome(mode, work)).every(({ size }) => size === 11)).toBe(true);
    expect(loop.meter.iterations - before).toBeGreaterThan(5);
  });

  it('lets go of what waited for a turn and was read', async () => {
    await warm(mode);
    const path = join(folder, '64k');
    nodeFs.writeFileSync(path, Buffer.alloc(65_536, 'x'));
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = () => process.memoryUsage().arrayBuffers;
    let most = 0;
    // Some wait at any time, as a turn reads 16: the queue is never empty.
    const chain = async () => {
      for (let i = 0; i < 60; i++) {
        await loop.fs.readFile(path);
        // What nobody holds any more may lie about for as long as the collector has no time.
        if (held() > MOST_BYTES) collect();
        most = Math.max(most, held());
      }
    };
    await loop.outcome(mode, Promise.all(Array.from({ length: 64 }, chain)));
    expect(most).toBeLessThan(MOST_BYTES);
  });

  it('is alive until what was done at once is told', async () => {
    await warm(mode);
    const told: string[] = [];
    loop.fs.readFile(file, 'utf8').then(async (text) => {
      told.push(text);
      told.push(await loop.fs.readFile(file, 'latin1'));
      await new Promise<void>((resolve) => void loop.setTimeout(resolve, 1));
      told.push('after a timer');
    });
    await loop.drive(mode);
    expect(told).toEqual(['hello world', 'hello world', 'after a timer']);
  });

  it('rejects what is aborted before it is told, and what waits for a turn', async () => {
    await warm(mode);
    const controller = new AbortController();
    const { signal } = controller;
    const requests = Array.from({ length: 3000 }, () => loop.fs.stat(file, { signal }));
    controller.abort('enough');
    // At once: no turn of the loop comes.
    const outcomes = await Promise.allSettled(requests);
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(outcomes[2999]).toMatchObject({ reason: { code: 'ABORT_ERR', cause: 'enough' } });
  });

  it('rejects what waits for a turn when it is closed', async () => {
    await warm(mode);
    const requests = Array.from({ length: 3000 }, () => loop.fs.stat(file));
    loop.close();
    const outcomes = await Promise.allSettled(requests);
    const rejected = outcomes.filter(({ status }) => status === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    expect(rejected[0]).toMatchObject({ reason: { code: 'ERR_LOOP_CLOSED' } });
  });

  it('does not wait for a FIFO, of which a thread does', async () => {
    await warm(mode);
    const fifo = join(folder, `fifo-${mode}`);
    spawnSync('mkfifo', [fifo]);
    const read = loop.fs.readFile(fifo, 'utf8');
    expect(await loop.fs.readFile(file, 'utf8')).toBe('hello world');
    // A thread has it open by now, or soon: then there can be a writer, who lets it go.
    let writer = -1;
    while (writer < 0) {
      await new Promise(setImmediate);
      try {
        writer = nodeFs.openSync(fifo, nodeFs.constants.O_WRONLY | nodeFs.constants.O_NONBLOCK);
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENXIO' });
      }
    }
    nodeFs.writeSync(writer, 'said');
    nodeFs.closeSync(writer);
    expect(await loop.outcome(mode, read)).toBe('said');
  });
});
