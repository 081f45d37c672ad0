// Files that are larger than what a turn reads at once: in pieces, over turns.
//
// Where the end is where the size was, what is appended meanwhile is missing. Where the descriptor is
// not closed behind the last piece, it is among those of the process.
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MAX_BYTES } from '../../lib/pool/fs/inline/in-memory.js';
import { MODES, type Mode, TestLoop } from './support.js';

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
});
