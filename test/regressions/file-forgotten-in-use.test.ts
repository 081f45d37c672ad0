// Trap 42: a FileHandle that is forgotten is closed by the collector. While a request that was
// queued for it waits, that would free its number: the thread would cut, or write to, whatever file
// got it next. So it is closed behind the requests that have it, as by its `close`. And a file that
// was opened without a thread, by a request that was aborted before anybody heard of it, is nobody's:
// it is closed at once.
//
// And one whose number somebody else closed has lost it: neither its `close` nor the collector closes
// what was opened with that number since.
//
// With native.close instead of closeFile in lib/pool/fs/handle.ts a stranger gets the number; without
// `discard` in lib/pool/fs/work.ts the descriptors of the aborted opens are left; without `stillOwns` in
// handle.ts the other FileHandle, or the socket, is closed.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as raw from '../../lib/raw/index.js';
import { MODES, TestLoop } from '../pool/support.js';
import { countDescriptors } from '../support/descriptors.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let folder: string;
let path: string;
let fifo: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-forgotten-'));
  path = join(folder, 'own');
  fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  nodeFs.writeFileSync(path, 'of the handle');
});
afterEach(() => loop.close());

/** Of a handle that nothing leads to behind it. */
async function cutAndForget(mode: 'owned' | 'guest'): Promise<{ fd: number; cut: Promise<void> }> {
  const file = await loop.outcome(mode, loop.fs.open(path, 'r+'));
  const { fd } = file;
  // It has the only thread until somebody writes to it.
  const held = loop.fs.open(fifo);
  held.then((opened) => opened.close()).catch(() => {});
  while (loop.pool.stats().running === 0) await new Promise(setImmediate);
  return { fd, cut: file.truncate(2) };
}

describe.each(MODES)('a file that is forgotten in use, %s', (mode) => {
  it('is closed when the last request that has it is done', async () => {
    loop = new TestLoop({ size: 1 });
    const { fd, cut } = await cutAndForget(mode);
    cut.catch(() => {});
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise(setImmediate);
    }
    const stranger = join(folder, 'stranger');
    const others = Array.from({ length: 3 }, () => nodeFs.openSync(stranger, 'w+'));
    nodeFs.writeSync(others[0] as number, 'of a stranger');
    expect(others).not.toContain(fd);
    const writer = nodeFs.openSync(fifo, 'r+');
    await loop.outcome(mode, cut);
    nodeFs.closeSync(writer);
    expect(nodeFs.readFileSync(path, 'utf8')).toBe('of');
    expect(nodeFs.readFileSync(stranger, 'utf8')).toBe('of a stranger');
    for (const other of others) nodeFs.closeSync(other);
    expect(() => nodeFs.fstatSync(fd)).toThrow('EBADF');
  });
});

describe('a file that was opened without a thread', () => {
  it('is closed when its request was aborted before anybody heard of it', async ({ skip }) => {
    loop = new TestLoop({ size: 1 }, true);
    loop.attach();
    const inline = (kind: string) => loop.pool.stats().kinds[kind]?.inline ?? 0;
    // Until it is known what the file system is, a thread is asked.
    for (let i = 0; i < 200 && inline('open') === 0; i++) {
      await (await loop.fs.open(path)).close();
      await new Promise(setImmediate);
    }
    if (inline('open') === 0) skip('files are not opened without a thread here');
    const [before, done] = [countDescriptors(), inline('open')];
    // Where a turn has no room for it, nothing is opened before it is aborted.
    for (let i = 0; i < 200 && inline('open') < done + 5; i++) {
      await new Promise(setImmediate);
      const controller = new AbortController();
      const request = loop.fs.open(path, 'r', undefined, { signal: controller.signal });
      controller.abort();
      await expect(request).rejects.toMatchObject({ code: 'ABORT_ERR' });
    }
    expect(inline('open')).toBe(done + 5);
    expect(countDescriptors()).toBe(before);
    loop.detach();
  });
});

describe.each(MODES)('a file whose number somebody else closed, %s', (mode) => {
  const opened: [string, () => Promise<{ fd: number; close(): unknown }>][] = [
    ['a FileHandle', () => loop.outcome(mode, loop.fs.open(path))],
    [
      'an eventfd',
      async () => {
        const fd = raw.check(raw.eventfd(0, 0), 'eventfd');
        return { fd, close: () => raw.close(fd) };
      },
    ],
  ];

  /** Something with the number of a file that is open still as it sees it. */
  async function reopened(open: (typeof opened)[number][1]) {
    // The host's own descriptor for the loop comes before the file, both times.
    const attach = () => void (mode === 'guest' && loop.attach());
    attach();
    const lost = await loop.outcome(mode, loop.fs.open(path));
    await loop.outcome(mode, loop.fs.close(lost.fd));
    attach();
    const other = await open();
    expect(other.fd).toBe(lost.fd);
    return { lost, other };
  }

  it.each(opened)('does not close %s with that number', async (_, open) => {
    loop = new TestLoop({ size: 1 });
    const { lost, other } = await reopened(open);
    const closing = loop.outcome(mode, lost.close());
    await expect(closing).rejects.toMatchObject({ code: 'EBADF', syscall: 'close' });
    expect(() => nodeFs.fstatSync(other.fd)).not.toThrow();
    await loop.outcome(mode, Promise.resolve(other.close()));
  });

  it.each(opened)('does not take %s with it when it is forgotten', async (_, open) => {
    loop = new TestLoop({ size: 1 });
    const other = await reopened(open).then((both) => both.other);
    for (let i = 0; i < 5; i++) {
      collect();
      await new Promise(setImmediate);
    }
    expect(() => nodeFs.fstatSync(other.fd)).not.toThrow();
    await loop.outcome(mode, Promise.resolve(other.close()));
  });
});
