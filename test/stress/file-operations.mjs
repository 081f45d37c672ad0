// What an actor of files.mjs does, one operation at a time: each knows what must come, by the
// actor's own record of its file, and throws Wrong for anything else.
import { createHash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { bytesOf, memoryFor } from './file-memory.mjs';

export class Wrong extends Error {}

export function expect(holds, what) {
  if (!holds) throw new Wrong(what);
}

const same = (a, b) => a.length === b.length && Buffer.compare(a, b) === 0;
const MAX_BYTES = 40_000;
const SECRET = ['secret', 'salt'];
const KEY = pbkdf2Sync(...SECRET, 50, 24, 'sha256');
const SCRYPT = { cost: 16, blockSize: 8, parallelization: 1 };
const SLOW_KEY = scryptSync(...SECRET, 24, SCRYPT);

/** By the actor's path: what a file has as a whole. */
const ofPaths = {
  async readFile({ fs, path, content, random }, options) {
    if (random.oneIn(3)) {
      const text = await fs.readFile(path, { ...options, encoding: 'latin1' });
      expect(text === content.toString('latin1'), 'the text of a file');
    } else expect(same(await fs.readFile(path, options), content), 'the content of a file');
  },
  async writeFile(actor, { signal }) {
    const bytes = actor.random.bytes(actor.random.below(MAX_BYTES));
    actor.content = Buffer.from(bytes);
    const written = actor.fs.writeFile(actor.path, bytes, { signal });
    bytes.fill(0);
    await written;
  },
  async appendFile(actor, { signal }) {
    const bytes = actor.random.bytes(actor.random.below(2000));
    actor.content = Buffer.concat([actor.content, bytes]).subarray(0);
    const written = actor.fs.appendFile(actor.path, bytes, { signal });
    bytes.fill(0);
    await written;
    if (actor.content.length > MAX_BYTES) await ofPaths.writeFile(actor, { signal });
  },
  async stat({ fs, path, content, random }, options) {
    const bigint = random.oneIn(3);
    const call = random.pick(['stat', 'lstat']);
    const stats = await fs[call](path, { ...options, bigint });
    expect(Number(stats.size) === content.length && stats.isFile(), `${call}: ${stats.size} bytes`);
  },
  async truncate(actor, { signal }) {
    const size = actor.random.below(MAX_BYTES);
    await actor.fs.truncate(actor.path, size, { signal });
    actor.content = Buffer.concat([actor.content, Buffer.alloc(MAX_BYTES)]).subarray(0, size);
  },
  async copyFile({ fs, path, content, random }, { signal }) {
    const copy = `${path}-copy`;
    await fs.copyFile(path, copy, random.pick([0, 2]), { signal });
    expect(same(await fs.readFile(copy), content), 'the content of a copy');
    await fs.unlink(copy);
  },
  async names({ fs, path, content }, { signal }) {
    const [link, symbolic, moved] = [`${path}-link`, `${path}-symbolic`, `${path}-moved`];
    await fs.link(path, link, { signal });
    await fs.symlink(path, symbolic);
    expect((await fs.readlink(symbolic)) === path, 'what a link says');
    expect((await fs.realpath(symbolic)) === path, 'where a link leads');
    expect((await fs.lstat(symbolic)).isSymbolicLink(), 'that it is a link');
    await fs.rename(link, moved);
    expect((await fs.stat(moved)).size === content.length, 'the size by another name');
    await fs.unlink(symbolic);
    await fs.rm(moved);
    const none = await fs.access(moved).catch((error) => error);
    if (none?.code !== 'ENOENT') throw none ?? new Wrong('that a name is gone');
  },
  async attributes({ fs, path, random }, { signal }) {
    const [mode, time] = [0o600 | random.below(0o200), random.below(2 ** 31)];
    await fs.chmod(path, mode, { signal });
    await fs.utimes(path, time, time);
    const stats = await fs.stat(path);
    expect((stats.mode & 0o777) === mode, 'a mode');
    expect(stats.mtimeMs === time * 1000, 'a time');
    await fs.lutimes(path, 5, 6);
    await fs.chown(path, stats.uid, stats.gid);
    await fs.lchown(path, stats.uid, stats.gid);
  },
};

/** By the actor's FileHandle. */
const ofHandles = {
  async read(actor, options) {
    const { file, random, content } = actor;
    const [at, size] = [random.below(content.length + 10), 1 + random.below(9000)];
    const { view, spoil } = memoryFor(random, size);
    const expected = content.subarray(at, at + size);
    const length = random.oneIn(2) ? size : undefined;
    const request = file.read(view, { length, position: at, ...options });
    const isSpoilt = spoil !== undefined && random.oneIn(4) && actor.spoils(spoil, view);
    const { bytesRead } = await request;
    // Done without a thread, before that: what it read went with the memory.
    if (isSpoilt) return;
    const most = Math.min(bytesRead, expected.length);
    expect(bytesRead >= expected.length, `${bytesRead} bytes of ${expected.length} at ${at}`);
    expect(same(bytesOf(view, most), expected.subarray(0, most)), `what is read at ${at}`);
  },
  async follow(actor, options) {
    const { file, random, content } = actor;
    const from = random.below(content.length + 1);
    expect((await file.seek(from)) === from, 'a place');
    for (let at = from, i = 0; i < 3; i++) {
      const bytes = Buffer.alloc(1 + random.below(3000));
      const { bytesRead } = await file.read(bytes, { ...options });
      const expected = content.subarray(at, at + bytes.length);
      expect(bytesRead === expected.length, `${bytesRead} bytes behind ${at}`);
      expect(same(bytes.subarray(0, bytesRead), expected), `what follows at ${at}`);
      at += bytesRead;
    }
  },
  async readv({ file, random, content }, { signal }) {
    const parts = [Buffer.alloc(random.below(900)), new Uint8Array(random.below(2000) + 1)];
    const at = random.below(content.length + 1);
    const { bytesRead } = await file.readv(parts, at, { signal });
    const size = parts[0].length + parts[1].length;
    const expected = content.subarray(at, at + size);
    expect(same(Buffer.concat(parts).subarray(0, bytesRead), expected), 'what is read in parts');
  },
  async write(actor, { signal }) {
    const { file, random } = actor;
    const bytes = random.bytes(1 + random.below(5000));
    const at = random.below(actor.content.length + 1);
    const more = Math.max(0, at + bytes.length - actor.content.length);
    actor.content = Buffer.concat([actor.content, Buffer.alloc(more)]);
    bytes.copy(actor.content, at);
    const half = bytes.length >> 1;
    const request = random.oneIn(2)
      ? file.write(bytes, { position: at, signal })
      : file.writev([bytes.subarray(0, half), bytes.subarray(half)], at, { signal });
    if (random.oneIn(2)) bytes.fill(0xff);
    else structuredClone(bytes, { transfer: [bytes.buffer] });
    const size = actor.content.length;
    expect((await request).bytesWritten > 0, 'that something is written');
    if (size > MAX_BYTES) await ofHandles.cut(actor, { signal });
  },
  async cut(actor, { signal }) {
    const size = actor.random.below(actor.content.length + 1);
    await actor.file.truncate(size, { signal });
    actor.content = actor.content.subarray(0, size);
  },
  async status({ file, content, random }, options) {
    const stats = await file.stat({ ...options, bigint: random.oneIn(3) });
    expect(Number(stats.size) === content.length, `fstat: ${stats.size} bytes`);
    await file.chmod(0o640);
    await file.utimes(7, 8);
  },
  async locks({ fs, file }, { signal }) {
    await fs.flock(file, 'exclusive', { signal });
    await fs.funlock(file);
    await fs.lock(file, 'exclusive', { owner: 'file', start: 3, length: 4, signal });
    expect((await fs.testLock(file, 'shared', { owner: 'file' })) === undefined, 'no lock');
    await fs.unlock(file, { owner: 'file' });
  },
  async rest({ file, content }, { signal }) {
    await file.seek(0);
    expect(same(await file.readFile({ signal }), content), 'the rest of a file');
  },
};

/** Of what all share, and the folders beside it. */
const ofWorld = {
  async shared({ fs, world, random }, options) {
    const { path, content } = random.pick(world.files);
    if (random.oneIn(2)) {
      expect(same(await fs.readFile(path, options), content), 'a file of all');
      return;
    }
    const file = await fs.open(path, 'r', undefined, { signal: options.signal });
    const bytes = Buffer.alloc(content.length);
    const { bytesRead } = await file
      .read(bytes, { position: 0, inline: options.inline })
      .finally(() => file.close());
    expect(bytesRead === content.length && same(bytes, content), 'a file of all, opened');
  },
  async listing({ fs, world }, { signal }) {
    const entries = await fs.readdir(world.tree, { recursive: true, signal });
    expect(entries.sort().join() === world.names.join(), 'what is in the tree');
  },
  async listed({ fs, world }) {
    const found = [];
    for await (const entry of await fs.opendir(world.tree)) found.push(entry.name);
    expect(found.length === world.top, 'entries one by one');
  },
  async trees({ fs, world, folder }, { signal }) {
    const copy = join(folder, 'tree');
    await fs.cp(world.tree, copy, { recursive: true, signal });
    const entries = await fs.readdir(copy, { recursive: true });
    expect(entries.sort().join() === world.names.join(), 'what is in the copy of a tree');
    await fs.rm(copy, { recursive: true });
  },
  async folders({ fs, folder }, { signal }) {
    const made = await fs.mkdtemp(join(folder, 'made-'), { signal });
    await fs.mkdir(join(made, 'a/b'), { recursive: true });
    await fs.rmdir(join(made, 'a/b'));
    await fs.rm(made, { recursive: true });
  },
  async missing({ fs, folder, random }, options) {
    const call = random.pick(['stat', 'lstat', 'readFile', 'readdir', 'readlink', 'realpath']);
    const given = call === 'stat' || call === 'readFile' ? options : { signal: options.signal };
    const error = await fs[call](join(folder, 'none'), given).catch((reason) => reason);
    if (error.code !== 'ENOENT') throw error;
  },
  async system({ fs, folder }, { signal }) {
    expect((await fs.statfs(folder, { signal })).bsize > 0, 'the size of a block');
  },
  async pbkdf2({ crypto }, { signal }) {
    expect(same(await crypto.pbkdf2(...SECRET, 50, 24, 'sha256', { signal }), KEY), 'a key');
  },
  async scrypt({ crypto }, { signal }) {
    const key = await crypto.scrypt(...SECRET, 24, { ...SCRYPT, signal });
    expect(same(key, SLOW_KEY), 'a slow key');
  },
  async hash({ crypto, random }, { signal }) {
    const bytes = random.bytes(random.below(20_000));
    const digest = createHash('sha1').update(bytes).digest();
    const request = crypto.hash('sha1', bytes, { outputEncoding: 'buffer', signal });
    bytes.fill(1);
    expect(same(await request, digest), 'a digest');
  },
  async randomBytes({ crypto, random }, { signal }) {
    const size = 16 + random.below(500);
    const bytes = await crypto.randomBytes(size, { signal });
    expect(bytes.length === size && bytes.some((byte) => byte !== 0), 'bytes of chance');
  },
  async zlib({ zlib, random }, { signal }) {
    const bytes = random.bytes(random.below(3000));
    const [packed, unpacked] = await Promise.all([
      zlib.gzip(bytes, { signal }),
      zlib.gunzip(gzipSync(bytes)),
    ]);
    expect(same(gunzipSync(packed), bytes) && same(unpacked, bytes), 'what was compressed');
  },
};

/** Whichever `random` chooses, by their weights. */
export function chooseOperation(random) {
  let place = random.below(ALL_WEIGHTS);
  return OPERATIONS.find(({ weight }) => {
    place -= weight;
    return place < 0;
  });
}

/** Each with how often it is chosen, and what it needs: a path with content, a handle, nothing. */
export const OPERATIONS = [
  ...Object.entries(ofPaths).map(([name, run]) => ({ name, run, needs: 'path', weight: 6 })),
  ...Object.entries(ofHandles).map(([name, run]) => ({ name, run, needs: 'file', weight: 8 })),
  ...Object.entries(ofWorld).map(([name, run]) => ({ name, run, needs: 'world', weight: 4 })),
];
for (const [name, weight] of [
  ['trees', 1],
  ['listing', 1],
  ['shared', 30],
  ['zlib', 2],
]) {
  OPERATIONS.find((operation) => operation.name === name).weight = weight;
}
const ALL_WEIGHTS = OPERATIONS.reduce((sum, { weight }) => sum + weight, 0);
