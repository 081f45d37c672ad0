// Files by `loop.fs`, some of which the kernel has in memory, so that the calls are made on the
// loop's thread, and the others on threads: whatever is refused, each result is right, or told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILE_CALLS } from '../file-calls.mjs';

/** Lives of each kind. */
const LIVES = 3;
/** More than a short answer, and more than a thread reads at first. */
const BYTES = 20_000;
const CACHED = 4;

const made = new Map();
function content(seed) {
  if (!made.has(seed)) {
    made.set(seed, Buffer.from(Array.from({ length: BYTES }, (_, at) => (at * seed) >> 3)));
  }
  return made.get(seed);
}
const isContent = (bytes, seed) => Buffer.compare(bytes, content(seed)) === 0;

function expect(holds, what) {
  if (!holds) throw new Error(`wrong: ${what}`);
}

/** A file as a whole. */
async function whole(fs, folder, seed) {
  const [path, copy] = [join(folder, `whole-${seed}`), join(folder, `copy-${seed}`)];
  const [head, tail] = [content(seed).subarray(0, 8000), content(seed).subarray(8000)];
  await fs.writeFile(path, head);
  await fs.appendFile(path, tail);
  expect(isContent(await fs.readFile(path), seed), 'what was written');
  expect(isContent(await fs.readFile(path, { inline: false }), seed), 'the same, on a thread');
  await fs.copyFile(path, copy);
  expect(isContent(await fs.readFile(copy), seed), 'the copy');
  await fs.copyFile(path, copy, 2);
  expect(isContent(await fs.readFile(copy, { inline: false }), seed), 'the copy over it');
  await fs.truncate(copy, 5);
  expect((await fs.stat(copy)).size === 5, 'the size');
  await fs.chmod(copy, 0o600);
  await fs.utimes(copy, 1, 2);
  const stats = await fs.stat(copy, { inline: false });
  expect((stats.mode & 0o777) === 0o600 && stats.mtimeMs === 2000, 'mode and time');
  await fs.chown(copy, stats.uid, stats.gid);
  await fs.lchown(copy, stats.uid, stats.gid);
}

/** All of `size` bytes from `position`, as a program reads: again, where less came. */
async function readAll(file, size, position) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const place = position === null ? null : position + at;
    const { bytesRead } = await file.read(bytes, { offset: at, position: place });
    expect(bytesRead > 0, 'no end before it');
    at += bytesRead;
  }
  return bytes;
}

async function writeAll(file, bytes, position) {
  for (let at = 0; at < bytes.length; ) {
    const place = position === null ? null : position + at;
    at += (await file.write(bytes, { offset: at, position: place })).bytesWritten;
  }
}

/** A file that is open. */
async function open(fs, folder, seed) {
  const file = await fs.open(join(folder, `open-${seed}`), 'w+');
  try {
    const [head, tail] = [content(seed).subarray(0, 10_000), content(seed).subarray(10_000)];
    await writeAll(file, head, null);
    await writeAll(file, tail, head.length);
    expect(isContent(await readAll(file, BYTES, 0), seed), 'what is at its place');
    const some = await file.read(Buffer.alloc(9), { position: 3, inline: false });
    expect(Buffer.compare(some.buffer, content(seed).subarray(3, 12)) === 0, 'a thread reads it');
    await file.seek(0);
    expect(isContent(await readAll(file, BYTES, null), seed), 'what follows');
    // Which may take long.
    if (seed === 1) await file.sync();
    if (seed === 2) await file.datasync();
    await file.chmod(0o640);
    await file.utimes(3, 4);
    const { size, mode, uid, gid } = await file.stat();
    expect(size === BYTES && (mode & 0o777) === 0o640, 'its status');
    await file.chown(uid, gid);
    await fs.flock(file, 'exclusive');
    await fs.funlock(file);
    await fs.lock(file, 'exclusive', { owner: 'file' });
    await fs.unlock(file, { owner: 'file' });
    await file.truncate(7);
    expect((await file.stat({ inline: false })).size === 7, 'what was cut');
  } finally {
    await file.close();
  }
}

/** Names, and folders of them. */
async function names(fs, folder, seed) {
  const top = await fs.mkdtemp(join(folder, `names-${seed}-`));
  const [deep, path] = [join(top, 'a/b/c'), join(top, 'a/file')];
  expect((await fs.mkdir(deep, { recursive: true })) === join(top, 'a'), 'the first that was made');
  await fs.writeFile(path, 'x');
  await fs.link(path, join(deep, 'linked'));
  await fs.symlink('../file', join(top, 'a/b/symbolic'));
  expect((await fs.readlink(join(top, 'a/b/symbolic'))) === '../file', 'the link');
  expect((await fs.realpath(join(top, 'a/b/symbolic'))) === path, 'where it leads');
  expect((await fs.lstat(join(top, 'a/b/symbolic'))).isSymbolicLink(), 'that it is a link');
  await fs.rename(path, join(top, 'renamed'));
  await fs.access(join(top, 'renamed'));
  const entries = await fs.readdir(top, { withFileTypes: true });
  const types = entries.map((entry) => `${entry.name} ${entry.isDirectory()}`);
  expect(types.join() === 'a true,renamed false', `the entries ${types}`);
  const found = [];
  for await (const entry of await fs.opendir(deep)) found.push(entry.name);
  expect(found.join() === 'linked', 'the entries one by one');
  await fs.unlink(join(deep, 'linked'));
  await fs.rmdir(deep);
  await fs.rm(top, { recursive: true });
  const gone = await fs.stat(top).catch(({ code }) => code);
  expect(gone === 'ENOENT', 'that it is gone');
}

/** What is in memory, of which nothing need be told. */
async function cached(fs, folder, seed) {
  const path = join(folder, 'cached');
  for (let i = 0; i < CACHED; i++) {
    expect(isContent(await fs.readFile(path), 7), 'what is in memory');
    const file = await fs.open(path);
    try {
      expect(isContent(await readAll(file, BYTES, null), 7), 'what is read of it');
      expect(isContent(await readAll(file, BYTES, 0), 7), 'what is at its place');
      expect((await file.stat()).size === BYTES, 'its size');
    } finally {
      await file.close();
    }
    expect((await fs.lstat(path)).isFile(), 'its kind');
    const none = await fs.stat(join(folder, `none-${seed}`)).catch((error) => error);
    if (none.code !== 'ENOENT') throw none;
  }
}

export default {
  rules: FILE_CALLS,
  options: { poolSize: 3 },
  // An eventfd that is full wakes its reader, and nothing else befalls one.
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  run(round, loop) {
    const folder = mkdtempSync(join(tmpdir(), 'rawloop-torture-'));
    writeFileSync(join(folder, 'cached'), content(7));
    const live = async (kind, seed) => {
      const unit = round.unit(`${kind.name} ${seed}`);
      try {
        await kind(loop.fs, folder, seed);
        unit.done();
      } catch (error) {
        round.tell(error);
        unit.failed(error.message);
      }
    };
    const begin = (from) => {
      for (let i = from; i < from + LIVES; i++) {
        for (const kind of [whole, open, names, cached]) live(kind, i + 1);
      }
    };
    begin(0);
    // Some more when it is known what the file system is.
    const later = round.unit('a timer between');
    loop.setTimeout(() => {
      begin(LIVES);
      later.done();
    }, 20);
    round.whenAllEnded(() => rmSync(folder, { recursive: true }));
  },
};
