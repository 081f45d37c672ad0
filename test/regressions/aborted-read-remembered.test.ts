// A read that was aborted while a thread had it moves where its file stands until it is done, of which
// nobody hears. It was remembered by the number for good: whatever was opened with that number later
// was read on threads. Without `isNew` in lib/pool/fs/work.ts it still is.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from '../pool/support.js';

let folder: string;
let file: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-remembered-'));
  file = join(folder, 'file');
  nodeFs.writeFileSync(file, 'hello world');
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop({}, true);
});
afterEach(() => loop.close());

describe.runIf(process.platform === 'linux').each(MODES)('files in memory, %s', (mode) => {
  it('are read where they stand, whatever a thread had under their number before', async () => {
    const fifo = join(folder, `stuck-${mode}`);
    spawnSync('mkfifo', [fifo]);
    // The host's own descriptor for the loop comes before each file.
    const attach = () => void (mode === 'guest' && loop.attach());
    attach();
    const stuck = await loop.outcome(mode, loop.fs.open(fifo, 'r+'));
    const { fd } = stuck;
    const controller = new AbortController();
    const aborted = stuck.read(Buffer.alloc(5), { signal: controller.signal });
    while (loop.pool.stats().running === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(loop.outcome(mode, aborted)).rejects.toThrow();
    nodeFs.writeSync(fd, 'x');
    await loop.outcome(mode, stuck.close());
    const inline = () => loop.pool.stats().kinds['read']?.inline ?? 0;
    let reads = 0;
    // Until it is known what the file system is, a thread is asked. The number may be the host's for a
    // while: what has another one meanwhile is not read.
    for (let i = 0; i < 200 && reads < 20 && inline() === 0; i++) {
      attach();
      const open = await loop.outcome(mode, loop.fs.open(file));
      if (open.fd === fd) {
        reads++;
        await loop.outcome(mode, open.read(Buffer.alloc(5)));
      }
      await loop.outcome(mode, open.close());
    }
    expect([inline(), reads > 0]).toEqual([1, true]);
  });
});
