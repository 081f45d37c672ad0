// loop.fs.sendFile: each byte in its place among what is written, by the loop's thread where the kernel
// has the file in memory and by others where not, at the pace of who reads, and what ends it.
//
// Tried without its guard: without the duplicate of the file 'may be closed at once' does not come
// to its end.
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { pattern } from '../support/bytes.js';
import { countDescriptors, guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { all, pairOf } from './file-support.js';

guardDescriptors();
const test = eachWithLoop();
const bytes = Buffer.from(pattern(3_000_000));
let path: string;

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, bytes);
});

const pair = () => pairOf(test.loop);

describe.each(DRIVE_MODES)('a file that is sent, %s', (mode) => {
  const outcome = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = work();
    started.catch(() => {});
    await drive(test.loop, mode);
    return started;
  };

  it.each([
    ['at once, of what is in memory', 200_000, true],
    ['by threads', 200_000, false],
    ['by both, of a large one', 3_000_000, undefined],
  ])('goes in its place: %s', async (_way, size, inline) => {
    const { fs, pool } = test.loop;
    nodeFs.truncateSync(path, size);
    const options = inline === undefined ? {} : { inline };
    const [from, to] = pair();
    const sizes: number[] = [];
    const got = await outcome(async () => {
      const file = await fs.open(path);
      from.write('before ');
      const first = fs.sendFile(from, file, options);
      from.write(' between ');
      const second = fs.sendFile(from, file, { ...options, offset: 1000, length: 10_000 });
      from.end(' behind');
      const received = await all(to);
      sizes.push(await first, await second);
      await file.close();
      return received;
    });
    expect(sizes).toEqual([size, 10_000]);
    const part = bytes.subarray(1000, 11_000);
    const parts = ['before ', bytes.subarray(0, size), ' between ', part, ' behind'];
    const expected = Buffer.concat(parts.map((each) => Buffer.from(each as never)));
    expect(got.equals(expected)).toBe(true);
    expect(from.bytesWritten).toBe(expected.length);
    const { inline: atOnce = 0, pooled = 0 } = pool.stats().kinds?.['sendFile'] ?? {};
    expect([atOnce > 0, pooled > 0]).toEqual([inline !== false, inline !== true]);
  });

  it('waits for a reader, and holds nothing of it in memory', async () => {
    const { fs } = test.loop;
    nodeFs.truncateSync(path, 50_000_000);
    const [from, to] = pair();
    let most = 0;
    const got = await outcome(async () => {
      const file = await fs.open(path);
      const sent = fs.sendFile(from, file).finally(() => from.end());
      await file.close();
      let size = 0;
      for await (const chunk of to) {
        size += chunk.length;
        most = Math.max(most, from.bufferedBytes, from.heldBytes);
        if (size < 500_000) await new Promise((resolve) => test.loop.setTimeout(resolve, 1));
      }
      return [await sent, size];
    });
    expect(got).toEqual([50_000_000, 50_000_000]);
    expect(most).toBeLessThan(8192);
  });

  it('may be closed at once, and its number be another file’s', async () => {
    const { fs } = test.loop;
    const other = `${path} other`;
    nodeFs.writeFileSync(other, 'x'.repeat(3_000_000));
    const [from, to] = pair();
    const got = await outcome(async () => {
      const file = await fs.open(path);
      const { fd } = file;
      const sent = fs.sendFile(from, file).finally(() => from.end());
      await file.close();
      const another = await fs.open(other);
      expect(another.fd).toBe(fd);
      const received = await all(to);
      await Promise.all([sent, another.close()]);
      return received;
    });
    expect(got.equals(bytes)).toBe(true);
  });

  it('ends where the file does, which may be sooner than was asked', async () => {
    const { fs } = test.loop;
    const [from, to] = pair();
    const [sizes, taken] = await outcome(async () => {
      const file = await fs.open(path);
      const part = { offset: 2_999_990, length: 100 };
      const short = [
        await fs.sendFile(from, file, part),
        await fs.sendFile(from, file, { ...part, inline: false }),
        await fs.sendFile(from, file, { offset: 4_000_000 }),
        await fs.sendFile(from, file, { length: 0 }),
      ];
      const cut = fs.sendFile(from, file).finally(() => from.end());
      let size = 0;
      for await (const chunk of to) {
        if (size === 0) nodeFs.truncateSync(path, 400_000);
        size += chunk.length;
      }
      await file.close();
      return [[...short, await cut], size] as const;
    });
    expect(sizes.slice(0, 4)).toEqual([10, 10, 0, 0]);
    expect(sizes[4]).toBeLessThan(3_000_000);
    expect(taken).toBe(20 + (sizes[4] as number));
  });

  it('goes to a TCP connection that is on its way, and to a pipe', async () => {
    const { fs } = test.loop;
    const [readEnd, writeEnd] = raw.check(raw.pipe2(constant('O_NONBLOCK')), 'pipe2');
    const [reader, writer] = [test.loop.stream(readEnd), test.loop.stream(writeEnd)];
    const server = test.loop.listen({ host: '127.0.0.1', port: 0 });
    const got = await outcome(async () => {
      const file = await fs.open(path);
      const socket = test.loop.connect(server.address as never);
      socket.write('x');
      const sent = [fs.sendFile(socket, file), fs.sendFile(writer, file)];
      void sent[0]?.then(() => socket.end());
      void sent[1]?.then(() => writer.end());
      for await (const accepted of server) {
        const received = await Promise.all([all(accepted), all(reader)]);
        await file.close();
        return [...received, await Promise.all(sent)] as const;
      }
      throw new Error('nobody came');
    });
    expect(got[0].subarray(1).equals(bytes)).toBe(true);
    expect(got[1].equals(bytes)).toBe(true);
    expect(got[2]).toEqual([3_000_000, 3_000_000]);
  });

  it('rejects with what ended the connection, and leaves nothing open', async () => {
    const { fs } = test.loop;
    const before = countDescriptors();
    const [from, to] = pair();
    const [gone, closed] = [pair(), pair()];
    const codes = await outcome(async () => {
      const file = await fs.open(path);
      const sent = [from, gone[0], closed[0]].map((socket) => fs.sendFile(socket, file));
      const told = Promise.all(sent.map((one) => one.catch(({ code }) => code)));
      for await (const chunk of to) if (chunk.length > 0) break;
      gone[1].destroy();
      closed[0].destroy();
      closed[1].destroy();
      await file.close();
      return told;
    });
    const lost = expect.stringMatching(/^(EPIPE|ECONNRESET)$/);
    expect(codes).toEqual([lost, lost, 'ERR_HANDLE_CLOSED']);
    // A thread may have one yet, of which the loop hears in a turn. The pool's wake-up stays.
    while (countDescriptors() - before > 1) await outcome(() => fs.stat(path));
  });

  it('stops at an abort, and what is behind it goes on', async () => {
    const { fs } = test.loop;
    const controller = new AbortController();
    const { signal } = controller;
    const [from, to] = pair();
    const [codes, text] = await outcome(async () => {
      const file = await fs.open(path);
      const sent = [
        fs.sendFile(from, file, { signal, inline: false }),
        fs.sendFile(from, file, { signal }),
      ];
      from.end('behind');
      const told = Promise.all(sent.map((one) => one.catch(({ code }) => code)));
      let last = '';
      for await (const chunk of to) {
        last = Buffer.from(chunk).toString('latin1');
        controller.abort();
      }
      await file.close();
      return [await told, last] as const;
    });
    expect(codes).toEqual(['ABORT_ERR', 'ABORT_ERR']);
    expect(text.endsWith('behind')).toBe(true);
    expect(to.bytesRead).toBeLessThan(3_000_000);
  });

  it('tells what is wrong with the file, and the connection goes on', async () => {
    const { fs } = test.loop;
    const [from, to] = pair();
    const [codes, got] = await outcome(async () => {
      const folder = await fs.open(join(path, '..'));
      const closed = await fs.open(path);
      await closed.close();
      const sent = [fs.sendFile(from, folder), fs.sendFile(from, closed), fs.sendFile(from, 98765)];
      const told = Promise.all(sent.map((one) => one.catch(({ code }) => code)));
      from.end('still there');
      const received = await all(to);
      await folder.close();
      return [await told, String(received)] as const;
    });
    expect(codes).toEqual(['EISDIR', 'EBADF', 'EBADF']);
    expect(got).toBe('still there');
  });

  it.skipIf(process.platform !== 'linux')('may be of a kind that has no pages', async () => {
    const { fs } = test.loop;
    const [from, to] = pair();
    const got = await outcome(async () => {
      const file = await fs.open('/proc/version');
      const sent = fs.sendFile(from, file).finally(() => from.end());
      const received = await all(to);
      await Promise.all([sent, file.close()]);
      return received;
    });
    expect(got.equals(nodeFs.readFileSync('/proc/version'))).toBe(true);
  });
});
