// What is open: descriptors that nobody took, or that are closed while requests have them, and
// memory that JavaScript takes away from requests in flight.
//
// Without Job::Taken, or the close in ~FileCall, descriptors of aborted opens stay. Without
// DescriptorUse the read that waits in a FIFO reads the file that got its number; with native.close in
// closeOpen (contents.ts) it loses its number when the loop is closed. Without the copy
// in values.ts, made when a read is done, detached memory is written to; without what catches there
// 'however often' is told ERR_OUT_OF_RANGE and a TypeError without a code, on Node 20.
import { spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../lib/binding/index.js';
import { countDescriptors } from '../support/descriptors.js';
import { MODES, TestLoop } from './support.js';

let folder: string;
let file: string;
let loop: TestLoop;

beforeAll(() => {
  folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-descriptors-'));
  file = join(folder, 'file');
  nodeFs.writeFileSync(file, 'hello world');
});
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));
beforeEach(() => {
  loop = new TestLoop({ size: 2 });
});
afterEach(() => loop.close());

/** A FIFO, and a thread that waits in its open; `meet` lets it go. */
async function stuckOpen(signal?: AbortSignal) {
  const path = join(folder, `fifo-${Math.random()}`);
  spawnSync('mkfifo', [path]);
  const request = loop.fs.open(path, 'r', undefined, { signal });
  request.catch(() => {});
  while (loop.pool.stats().running === 0) await new Promise(setImmediate);
  const meet = async (): Promise<number> => {
    for (;;) {
      try {
        return nodeFs.openSync(path, nodeFs.constants.O_WRONLY | nodeFs.constants.O_NONBLOCK);
      } catch {
        await new Promise(setImmediate);
      }
    }
  };
  return { path, request, meet };
}

describe.each(MODES)('descriptors, %s', (mode) => {
  it('of an open that was aborted while it ran are closed', async () => {
    await loop.outcome(mode, loop.fs.stat(file));
    const before = countDescriptors();
    const controller = new AbortController();
    const { request, meet } = await stuckOpen(controller.signal);
    controller.abort();
    await expect(request).rejects.toMatchObject({ code: 'ABORT_ERR' });
    const writer = await meet();
    // The writer may be there before the thread has its end.
    while (loop.pool.stats().running > 0) await new Promise(setImmediate);
    // Its completion comes with others, sooner or later, and what comes behind them lets go of it.
    while (countDescriptors() > before + 1) await loop.outcome(mode, loop.fs.stat(file));
    nodeFs.closeSync(writer);
    expect(countDescriptors()).toBe(before);
  });

  it('of opens that a loop was closed with are closed', async () => {
    const before = countDescriptors();
    const requests = Array.from({ length: 50 }, () => loop.fs.open(file));
    for (const request of requests) request.catch(() => {});
    loop.close();
    await Promise.allSettled(requests);
    while (countDescriptors() > before) await new Promise(setImmediate);
    expect(countDescriptors()).toBeLessThanOrEqual(before);
  });

  it('are close-on-exec, and ours to close', async () => {
    const open = await loop.outcome(mode, loop.fs.open(file));
    expect(native.fcntl(open.fd, 1)).toBe(1);
    const { fd } = open;
    await loop.outcome(mode, open.close());
    expect([open.fd, native.close(fd)]).toEqual([-1, -9]);
    const again = await loop.outcome(mode, loop.fs.open(file));
    await loop.outcome(mode, loop.fs.close(again.fd));
  });

  it('that were opened elsewhere are borrowed, and not closed', async () => {
    const fd = nodeFs.openSync(file, 'r');
    const { bytesRead } = await loop.outcome(mode, loop.fs.read(fd, Buffer.alloc(20)));
    expect(bytesRead).toBe(11);
    const refused = { code: 'EPERM', syscall: 'close' };
    await expect(loop.outcome(mode, loop.fs.close(fd))).rejects.toMatchObject(refused);
    nodeFs.closeSync(fd);
  });

  it('are closed behind the requests that have them', async () => {
    const { request, meet } = await stuckOpen();
    const writer = await meet();
    const fifo = await loop.outcome(mode, request);
    const controller = new AbortController();
    const { signal } = controller;
    const read = fifo.read(Buffer.alloc(4), { signal });
    while (loop.pool.stats().running === 0) await new Promise(setImmediate);
    controller.abort();
    await expect(read).rejects.toMatchObject({ code: 'ABORT_ERR' });
    const { fd } = fifo;
    await loop.outcome(mode, fifo.close());
    // The thread still has it: the number is not given out.
    const other = nodeFs.openSync(file, 'r');
    expect(other).not.toBe(fd);
    nodeFs.closeSync(other);
    nodeFs.writeSync(writer, 'late');
    nodeFs.closeSync(writer);
    while (loop.pool.stats().running > 0) await new Promise(setImmediate);
    expect(() => nodeFs.fstatSync(fd)).toThrow('EBADF');
  });

  it('are closed behind a thread that has them when their loop is closed', async () => {
    const { request, meet } = await stuckOpen();
    const writer = await meet();
    const fifo = await loop.outcome(mode, request);
    const read = fifo.read(Buffer.alloc(4));
    while (loop.pool.stats().running === 0) await new Promise(setImmediate);
    loop.close();
    await expect(read).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    const { fd } = fifo;
    await fifo.close();
    expect(nodeFs.fstatSync(fd).isFIFO()).toBe(true);
    nodeFs.closeSync(writer);
    while (loop.pool.stats().running > 0) await new Promise(setImmediate);
    expect(() => nodeFs.fstatSync(fd)).toThrow('EBADF');
  });

  it('can be closed when their loop is closed', async () => {
    const open = await loop.outcome(mode, loop.fs.open(file));
    const { fd } = open;
    loop.close();
    await open.close();
    expect(() => nodeFs.fstatSync(fd)).toThrow('EBADF');
  });

  it('close with their block', async () => {
    let fd = -1;
    const work = (async () => {
      await using open = await loop.fs.open(file);
      fd = open.fd;
      nodeFs.fstatSync(fd);
    })();
    await loop.outcome(mode, work);
    expect(() => nodeFs.fstatSync(fd)).toThrow('EBADF');
  });
});

type Resizable = ArrayBuffer & { resize(length: number): void };

/** The library of types is older than these. */
function resizable(size: number): Resizable {
  const Maker = ArrayBuffer as unknown as new (size: number, options: object) => Resizable;
  return new Maker(size, { maxByteLength: size });
}

const GONE = { status: 'rejected', reason: { code: 'ERR_INVALID_STATE' } };

describe.each([
  { inline: true, mode: 'owned' },
  { inline: false, mode: 'guest' },
] as const)('memory of requests in flight, inline $inline', ({ inline, mode }) => {
  beforeEach(() => {
    loop.close();
    loop = new TestLoop({}, inline);
  });

  it('may be detached: what is read is dropped, and the request says so', async () => {
    const open = await loop.outcome(mode, loop.fs.open(file));
    const small = new Uint8Array(8);
    const large = new Uint8Array(100_000);
    nodeFs.writeFileSync(join(folder, 'large'), large);
    const other = await loop.outcome(mode, loop.fs.open(join(folder, 'large')));
    const requests = [open.read(small, 0, 8, 0), other.read(large, 0, 100_000, 0)];
    structuredClone(0, { transfer: [small.buffer, large.buffer] });
    const outcomes = await loop.outcome(mode, Promise.allSettled(requests));
    // Read at once, it was there.
    if (!inline) expect(outcomes).toMatchObject([GONE, GONE]);
    await loop.outcome(mode, Promise.all([open.close(), other.close()]));
  });

  // What compiled code sees: see copyTo in values.ts.
  it.skipIf(inline)('may be detached however often it was before', async () => {
    loop.attach();
    nodeFs.writeFileSync(join(folder, 'large'), Buffer.alloc(5000));
    const open = await loop.fs.open(join(folder, 'large'));
    const codes = new Set<string>();
    for (let i = 0; i < 1500; i++) {
      const [small, large] = [new Uint8Array(200), new Uint8Array(5000)];
      const kept = [new Uint8Array(resizable(5000)), new Uint8Array(5000)];
      const requests = [small, large, ...kept].map((bytes) => open.read(bytes, { position: 0 }));
      structuredClone(0, { transfer: [small.buffer, large.buffer] });
      for (const outcome of await Promise.allSettled(requests.slice(0, 2))) {
        codes.add(outcome.status === 'fulfilled' ? 'nothing' : outcome.reason.code);
      }
      await Promise.all(requests.slice(2));
    }
    expect([...codes]).toEqual(['ERR_INVALID_STATE']);
    await open.close();
    loop.detach();
  });

  it('may shrink', async () => {
    const open = await loop.outcome(mode, loop.fs.open(file));
    const memory = resizable(64);
    const request = open.read(new Uint8Array(memory), 0, 8, 0);
    memory.resize(4);
    const [outcome] = await loop.outcome(mode, Promise.allSettled([request]));
    if (!inline) expect(outcome).toMatchObject(GONE);
    await loop.outcome(mode, open.close());
  });

  it('is copied before a write returns', async () => {
    const path = join(folder, 'written');
    const bytes = new Uint8Array(Buffer.from('kept'));
    const request = loop.fs.writeFile(path, bytes);
    bytes.fill(0);
    structuredClone(0, { transfer: [bytes.buffer] });
    await loop.outcome(mode, request);
    expect(nodeFs.readFileSync(path, 'utf8')).toBe('kept');
  });

  it('may be of any kind', async () => {
    const open = await loop.outcome(mode, loop.fs.open(file));
    const shared = new SharedArrayBuffer(16);
    const kinds = [
      new ArrayBuffer(16),
      new DataView(new ArrayBuffer(20), 2, 16),
      new Float64Array(2),
      shared,
    ];
    for (const memory of kinds) {
      const { bytesRead, buffer } = await loop.outcome(
        mode,
        open.read(memory as unknown as Uint8Array, 0, 5, 6),
      );
      expect([bytesRead, buffer]).toEqual([5, memory]);
    }
    expect(Buffer.from(shared).toString('latin1', 0, 5)).toBe('world');
    await loop.outcome(mode, open.close());
  });
});
