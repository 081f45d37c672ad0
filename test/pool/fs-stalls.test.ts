// File systems that fill, go away or do not answer, for real: a small tmpfs, a FIFO, a FUSE server
// that is stopped. What they hold is a thread, never the loop, and what comes is told.
//
// Where a status or an open goes to the server of a file system (without AT_STATX_DONT_SYNC, or
// without RESOLVE_CACHED), 'a server that does not answer' finds the loop's thread held until its
// watchdog lets the server go on, when all has been answered too early; as does the close of one of
// its files with fstat(2) in StatusOf (native/os/identity_linux.cc). Without the unlink in CopyTo
// a copy that had no room is left; without the look at what write(2) took (WriteAll) a file is cut
// short and nobody told.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import * as nodeFs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { countDescriptors } from '../support/descriptors.js';
import { MODES, TestLoop } from './support.js';

const folder = nodeFs.mkdtempSync(join(tmpdir(), 'rawloop-stalls-'));
afterAll(() => nodeFs.rmSync(folder, { recursive: true }));

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop({ size: 3 }, true);
});
afterEach(() => loop.close());

/** Why there can be no mounts here; undefined: there can. */
function noMounts(): string | undefined {
  if (process.platform !== 'linux') return 'the mounts are Linux’s';
  return process.getuid?.() === 0 ? undefined : 'only root may mount';
}

describe.each(MODES)('a disk that is full, %s', (mode) => {
  const disk = join(folder, `disk-${mode}`);
  let isMounted = false;
  beforeAll(() => {
    nodeFs.mkdirSync(disk);
    const options = ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk];
    isMounted = noMounts() === undefined && spawnSync('mount', options).status === 0;
  });
  afterAll(() => void (isMounted && spawnSync('umount', ['-l', disk])));

  it('is told, and nothing is said to be written that is not', async ({ skip }) => {
    if (!isMounted) skip(noMounts() ?? 'a tmpfs cannot be mounted');
    const before = countDescriptors();
    const [kept, path, copy] = [join(disk, 'kept'), join(disk, 'path'), join(disk, 'copy')];
    const content = Buffer.alloc(40_000, 'kept');
    const full = { code: 'ENOSPC', syscall: 'write' };
    const work = async () => {
      await loop.fs.writeFile(kept, content);
      await expect(loop.fs.writeFile(path, content)).rejects.toMatchObject(full);
      await loop.fs.rm(path);
      await expect(loop.fs.appendFile(kept, content)).rejects.toMatchObject(full);
      const { size } = await loop.fs.stat(kept);
      expect([size > content.length, size % 4096]).toEqual([true, 0]);
      await loop.fs.truncate(kept, content.length);
      await expect(loop.fs.copyFile(kept, copy)).rejects.toMatchObject({ code: 'ENOSPC' });
      await expect(loop.fs.access(copy)).rejects.toMatchObject({ code: 'ENOENT' });
      // What a write says is what the file has.
      const file = await loop.fs.open(path, 'w');
      let written = 0;
      for (let code = ''; code === ''; ) {
        const result = await file.write(content).catch((error) => error);
        if (result instanceof Error) code = (result as NodeJS.ErrnoException).code as string;
        else written += result.bytesWritten;
        if (code !== '') expect(code).toBe('ENOSPC');
      }
      expect((await file.stat()).size).toBe(written);
      await file.close();
      await loop.fs.rm(path);
      await loop.fs.copyFile(kept, join(folder, `saved-${mode}`));
      expect(content.equals(await loop.fs.readFile(kept))).toBe(true);
    };
    await loop.outcome(mode, work());
    loop.close();
    expect(countDescriptors()).toBeLessThanOrEqual(before);
  });
});

describe.each(MODES)('a file that goes away, %s', (mode) => {
  it('is read on by who has it open, and is not there for others', async () => {
    const path = join(folder, 'removed');
    nodeFs.writeFileSync(path, 'still here');
    const work = async () => {
      for (let i = 0; i < 3; i++) await loop.fs.readFile(path);
      const file = await loop.fs.open(path);
      nodeFs.unlinkSync(path);
      const { buffer } = await file.read(Buffer.alloc(10));
      await expect(loop.fs.readFile(path)).rejects.toMatchObject({
        code: 'ENOENT',
        syscall: 'open',
      });
      await expect(loop.fs.stat(path)).rejects.toMatchObject({ code: 'ENOENT', syscall: 'stat' });
      const { nlink } = await file.stat();
      await file.close();
      return [buffer.toString(), nlink];
    };
    expect(await loop.outcome(mode, work())).toEqual(['still here', 0]);
  });

  it('is read as far as it goes while others cut it and let it grow', async () => {
    const path = join(folder, 'cut');
    const all = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251));
    nodeFs.writeFileSync(path, all);
    const work = async () => {
      const file = await loop.fs.open(path);
      const found = new Set<string>();
      for (let round = 0; round < 12; round++) {
        const inline = round % 2 === 0;
        const requests = [
          loop.fs.readFile(path, { inline }),
          file
            .read(Buffer.alloc(100_000), { position: 0, inline })
            .then(({ bytesRead, buffer }) => buffer.subarray(0, bytesRead)),
        ];
        nodeFs.truncateSync(path, round * 8000);
        nodeFs.writeFileSync(path, all, { flag: 'r+' });
        for (const bytes of await Promise.all(requests)) {
          // Where it was cut and had not been written again there are zeros.
          const isRight = bytes.every((byte, at) => byte === all[at] || byte === 0);
          found.add(isRight ? 'right' : 'wrong');
        }
      }
      await file.close();
      return [...found];
    };
    expect(await loop.outcome(mode, work())).toEqual(['right']);
  });

  it('is a thread’s when it is no longer in memory', async ({ skip }) => {
    const path = join(folder, `cold-${mode}`);
    nodeFs.writeFileSync(path, Buffer.alloc(50_000, 'c'));
    const count = () => loop.pool.stats().kinds['readFile'] ?? { inline: 0, pooled: 0 };
    const read = () => loop.outcome(mode, loop.fs.readFile(path));
    for (let i = 0; i < 4; i++) await read();
    if (count().inline === 0) skip('files are not read without a thread here');
    const { pooled } = count();
    const drop = ['oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none'];
    // The kernel need not do it, as long as a page is in use.
    for (let i = 0; i < 20 && count().pooled === pooled; i++) {
      execFileSync('dd', [`of=${path}`, ...drop]);
      expect((await read()).length).toBe(50_000);
    }
    expect(count().pooled).toBe(pooled + 1);
  });
});

describe.runIf(process.platform !== 'win32').each(MODES)('a FIFO without a writer, %s', (mode) => {
  it('holds a thread, while other lanes and files go on, and close() ends', async () => {
    const path = join(folder, `fifo-${mode}`);
    execFileSync('mkfifo', [path]);
    const stuck = [loop.fs.open(path), loop.fs.readFile(path)];
    for (const request of stuck) request.catch(() => {});
    while (loop.pool.stats().running < 2) await new Promise(setImmediate);
    loop.attach();
    await loop.fs.readFile(path.replace('fifo', 'saved')).catch(() => {});
    const files = await Promise.all([loop.fs.stat(folder), loop.fs.readdir(folder)]);
    const key = await loop.crypto.pbkdf2('p', 's', 10, 8, 'sha256');
    expect([files[0].isDirectory(), key.length]).toEqual([true, 8]);
    expect(loop.pool.stats().running).toBe(2);
    loop.close();
    for (const request of stuck) {
      await expect(request).rejects.toMatchObject({ code: 'ERR_LOOP_CLOSED' });
    }
    // Lets them go, as their thread would be waited for when the process ends.
    const writer = nodeFs.openSync(path, nodeFs.constants.O_RDWR | nodeFs.constants.O_NONBLOCK);
    nodeFs.closeSync(writer);
    const { O_WRONLY, O_NONBLOCK } = nodeFs.constants;
    while (loop.pool.stats().running > 0) {
      try {
        nodeFs.closeSync(nodeFs.openSync(path, O_WRONLY | O_NONBLOCK));
      } catch {}
      await new Promise(setImmediate);
    }
  });
});

describe.each(MODES)('a server that does not answer, %s', (mode) => {
  const mount = join(folder, `server-${mode}`);
  const program = join(folder, `fuse-${mode}`);

  /** A file system of its own, or why there is none. */
  async function serve(): Promise<{ pid: number; end(): void } | string> {
    const why = noMounts();
    if (why !== undefined) return why;
    if (!nodeFs.existsSync('/dev/fuse')) return 'there is no /dev/fuse';
    const source = join(import.meta.dirname, '../support/fuse-server.c');
    if (spawnSync('cc', ['-o', program, source]).status !== 0) return 'there is no C compiler';
    nodeFs.mkdirSync(mount);
    const child = spawn(program, [mount], { stdio: ['ignore', 'pipe', 'ignore'] });
    const isReady = await new Promise((resolve) => {
      child.stdout.once('data', () => resolve(true));
      child.once('exit', () => resolve(false));
    });
    const end = () => {
      child.kill('SIGKILL');
      spawnSync('umount', ['-l', mount]);
    };
    return isReady ? { pid: child.pid as number, end } : 'a FUSE file system cannot be mounted';
  }

  it('holds threads alone, whatever is asked', async ({ skip, onTestFinished }) => {
    const server = await serve();
    if (typeof server === 'string') return skip(server);
    onTestFinished(server.end);
    loop.close();
    // One for each that waits, and one more.
    loop = new TestLoop({ size: 11 }, true);
    loop.attach();
    const [kept, slow] = [join(mount, 'kept'), join(mount, 'slow')];
    const files = [];
    for (const path of [kept, slow]) {
      for (let i = 0; i < 4; i++) {
        expect(await loop.fs.readFile(path, 'utf8')).toBe('from a server');
        expect((await loop.fs.stat(path)).size).toBe(13);
      }
      files.push(await loop.fs.open(path));
    }
    const third = await loop.fs.open(slow);
    // Lets a loop go that is held: by then all is answered, and the test says so.
    const go = `setTimeout(() => process.kill(${server.pid}, 'SIGCONT'), 20_000)`;
    const watchdog = spawn(process.execPath, ['-e', go]);
    onTestFinished(() => void watchdog.kill());
    process.kill(server.pid, 'SIGSTOP');
    const [keptFile, slowFile] = files;
    const requests = [
      ...[loop.fs.stat(slow), loop.fs.lstat(slow), loop.fs.open(slow), loop.fs.readFile(slow)],
      ...[loop.fs.open(kept), loop.fs.readFile(kept), slowFile?.stat()],
      ...[slowFile?.read(Buffer.alloc(20), { position: 0 }), loop.fs.access(slow), third.close()],
    ];
    const outcomes = Promise.allSettled(requests);
    let settled = 0;
    for (const request of requests)
      request?.then(
        () => settled++,
        () => settled++,
      );
    const timer = new Promise((resolve) => loop.setTimeout(() => resolve('in time'), 5));
    const key = loop.crypto.pbkdf2('p', 's', 10, 8, 'sha256');
    expect(await Promise.all([timer, key.then((bytes) => bytes.length)])).toEqual(['in time', 8]);
    expect((await loop.fs.stat(folder)).isDirectory()).toBe(true);
    // What the kernel has of it is told; the rest waits.
    expect(settled).toBeLessThan(3);
    const pending = loop.fs.stat(slow);
    process.kill(server.pid, 'SIGCONT');
    expect((await pending).size).toBe(13);
    const codes = (await outcomes).map((each) => (each.status === 'rejected' ? each.reason : 'ok'));
    expect(codes).toEqual(codes.map(() => 'ok'));
    // And one that is gone for good.
    process.kill(server.pid, 'SIGSTOP');
    const last = loop.fs.stat(slow);
    last.catch(() => {});
    while (loop.pool.stats().running === 0) await new Promise(setImmediate);
    server.end();
    const gone = await last.catch((error) => error);
    expect(['ENOTCONN', 'ECONNABORTED', 'ENOENT']).toContain(gone.code);
    await Promise.allSettled([keptFile?.close(), slowFile?.close()]);
    loop.detach();
  });
});
