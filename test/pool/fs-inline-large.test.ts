// Files that are larger than what a turn reads at once: in pieces, over turns. And what comes in pieces
// by itself: a short answer is never taken for the end.
//
// With a short answer that ends ReadCached a part of what was asked for is read, with one that ends
// ReadToEnd a part of what comes by a FIFO. Without #isRegular in in-memory.ts a writer that waits for a
// reader of the FIFO finds one for a moment, and writes for nobody: the thread waits for another for ever.
// Where the end is where the size was, what is appended meanwhile is missing. Where the descriptor is
// not closed behind the last piece, it is among those of the process.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_BYTES } from '../../lib/pool/fs/inline/in-memory.js';
import { run } from '../support/drive.js';
import { holdingThreads } from './held.js';
import { MODES, type Mode, TestLoop } from './support.js';

const hold = holdingThreads();
let folder: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-large-'));
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop({}, true);
});
afterEach(() => loop.close());

/** What a descriptor of this process leads to; nothing where it is closed by now. */
function linkOf(fd: string): string | undefined {
  try {
    return nodeFs.readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return undefined;
  }
}

/** The outcome of `work`, which is asked for when it is known on which file system `folder` is. */
async function known<T>(mode: Mode, work: () => Promise<T>): Promise<T> {
  for (let i = 0; i < 3; i++) await loop.outcome(mode, loop.fs.stat(folder));
  return loop.outcome(mode, work());
}

describe.runIf(process.platform === 'linux').each(MODES)('large files in memory, %s', (mode) => {
  it('are read in pieces where they are large, and let go of', async () => {
    const large = join(folder, `large-${mode}`);
    const content = Buffer.from(Array.from({ length: 5 * MAX_BYTES + 7 }, (_, i) => i % 251));
    nodeFs.writeFileSync(large, content);
    const value = await known(mode, () => loop.fs.readFile(large));
    expect(value.equals(content)).toBe(true);
    expect(value.buffer.byteLength).toBe(content.length);
    // The file, its six pieces, and that there is no more. Closing it is a thread's.
    const { kinds } = loop.pool.stats();
    const inline = (kind: string) => kinds[kind]?.inline ?? 0;
    expect([inline('readFile'), inline('read'), kinds['close']?.pooled]).toEqual([1, 7, 1]);
    expect(nodeFs.readdirSync('/proc/self/fd').map(linkOf)).not.toContain(large);
  });

  it('that are large and change meanwhile are read as they are', async () => {
    const path = join(folder, `changes-${mode}`);
    nodeFs.writeFileSync(path, Buffer.alloc(4 * MAX_BYTES, 'a'));
    const value = await known(mode, async () => {
      const grown = loop.fs.readFile(path);
      nodeFs.appendFileSync(path, Buffer.alloc(MAX_BYTES + 1, 'b'));
      const sizes = [(await grown).length, (await grown).at(-1)];
      // In a turn that has done nothing yet: it begins at once, however long the last one took.
      await new Promise<void>((resolve) => loop.defer(resolve));
      const cut = loop.fs.readFile(path);
      nodeFs.truncateSync(path, 1000);
      // The first piece was read before that.
      sizes.push((await cut).length, (await cut).buffer.byteLength);
      return sizes;
    });
    expect(value).toEqual([5 * MAX_BYTES + 1, 98, MAX_BYTES, MAX_BYTES]);
  });

  it('that are large reject when they are aborted, and are let go of', async () => {
    const path = join(folder, `aborted-${mode}`);
    nodeFs.writeFileSync(path, Buffer.alloc(9 * MAX_BYTES, 'a'));
    const controller = new AbortController();
    const value = await known(mode, async () => {
      const read = loop.fs.readFile(path, { signal: controller.signal });
      await undefined;
      controller.abort('enough');
      return read.catch(({ code, cause }) => [code, cause]);
    });
    expect(value).toEqual(['ABORT_ERR', 'enough']);
    expect(nodeFs.readdirSync('/proc/self/fd').map(linkOf)).not.toContain(path);
  });

  it('that are not in memory, or in part only, are read whole', async () => {
    const cold = join(folder, `cold-${mode}`);
    nodeFs.writeFileSync(cold, Buffer.alloc(MAX_BYTES, 'cold'));
    spawnSync('sync', [cold]);
    const fd = nodeFs.openSync(cold, 'r');
    const lengths = await known(mode, async () => {
      const file = await loop.fs.open(cold);
      const requests = [
        async () => (await loop.fs.readFile(cold)).length,
        async () => (await loop.fs.read(fd, Buffer.alloc(MAX_BYTES), { position: 0 })).bytesRead,
        async () => (await file.read(Buffer.alloc(MAX_BYTES))).bytesRead,
      ];
      const found = [];
      for (let round = 0; round < 2; round++) {
        for (const request of requests) {
          // Drops it from memory, where the file system does so on request; then some of it is there.
          spawnSync('dd', [`of=${cold}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0']);
          nodeFs.readSync(fd, Buffer.alloc(4096), 0, 4096, round * 65536);
          found.push(await request());
        }
        await loop.fs.seek(file, 0);
      }
      await file.close();
      return found;
    });
    nodeFs.closeSync(fd);
    expect(lengths).toEqual(Array.from({ length: 6 }, () => MAX_BYTES));
  });

  it('that come by a FIFO are read to their end', async () => {
    const [file, fifo] = [join(folder, `through-${mode}`), join(folder, `fifo-${mode}`)];
    // Many times what a pipe holds.
    const content = Buffer.from(Array.from({ length: 1_000_000 }, (_, i) => i % 251));
    nodeFs.writeFileSync(file, content);
    spawnSync('mkfifo', [fifo]);
    const writer = spawn('sh', ['-c', `cat '${file}' > '${fifo}'`]);
    const ended = once(writer, 'exit');
    // It waits for a reader by now, as a rule: who is none may not let it go.
    const isAsleep = () => / S /.test(nodeFs.readFileSync(`/proc/${writer.pid}/stat`, 'latin1'));
    for (let seen = 0; seen < 3; seen += isAsleep() ? 1 : 0) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await known(mode, () => loop.fs.stat(file));
    const held = [0, 1, 2, 3].map(() => hold(loop));
    const request = loop.fs.readFile(fifo);
    // It is tried at once, in one of these turns.
    for (let i = 0; i < 3; i++) await run(loop, 'nowait');
    // No thread reads it yet: where somebody did for a moment the writer has written, and is gone.
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100))]);
    for (const each of held.reverse()) each.release();
    const value = await loop.outcome(mode, request);
    expect(await ended).toEqual([0, null]);
    expect(value.equals(content)).toBe(true);
  });
});
