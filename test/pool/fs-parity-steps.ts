// The steps of fs-parity.test.ts: what is asked of loop.fs and of node:fs alike.
import * as nodeFs from 'node:fs';
import { normalize } from 'node:path';
import type { FileRequests } from '../../lib/pool/fs/fs.js';

export type Host = typeof nodeFs.promises;
/** What both have: called alike. */
export type Files = FileRequests | Host;
export type Step = (fs: Host, at: (name: string) => string) => Promise<unknown>;

const { COPYFILE_EXCL, COPYFILE_FICLONE, O_RDWR, O_CREAT } = nodeFs.constants;
const when = new Date('2020-02-03T04:05:06.789Z');
const BIG = Buffer.alloc(300_000, 'rawloop ');

/** `use` with a file that is open meanwhile. */
async function withFile<T>(
  fs: Host,
  path: string,
  flags: string | number,
  use: (file: nodeFs.promises.FileHandle) => Promise<T>,
): Promise<T> {
  const file = await fs.open(path, flags);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

const kinds = (entry: nodeFs.Dirent) => [
  entry.name,
  entry.isFile(),
  entry.isDirectory(),
  entry.isSymbolicLink(),
  entry.isFIFO(),
];

/** In this order, as each finds what those before it left. */
export const STEPS: Record<string, Step> = {
  'writes a file': (fs, at) => fs.writeFile(at('a'), 'hello'),
  'writes into none': (fs, at) => fs.writeFile(at('none/a'), 'hello'),
  'writes to a folder': (fs, at) => fs.writeFile(at('.'), 'hello'),
  'writes one that is there, exclusively': (fs, at) => fs.writeFile(at('a'), 'x', { flag: 'wx' }),
  'writes bytes in an encoding': (fs, at) => fs.writeFile(at('hex'), '00ff', 'hex'),
  'writes with permissions': (fs, at) => fs.writeFile(at('private'), 'x', { mode: 0o600 }),
  'tells these permissions': async (fs, at) => (await fs.stat(at('private'))).mode,
  'appends': (fs, at) => fs.appendFile(at('a'), Buffer.from(' world')),
  'reads a file': (fs, at) => fs.readFile(at('a')),
  'reads text': (fs, at) => fs.readFile(at('a'), 'utf8'),
  'reads in an encoding': (fs, at) => fs.readFile(at('hex'), { encoding: 'base64' }),
  'reads in no encoding': (fs, at) => fs.readFile(at('hex'), { encoding: null }),
  'reads none': (fs, at) => fs.readFile(at('none')),
  'reads a folder': (fs, at) => fs.readFile(at('.')),
  'reads what has no size': async (fs) => (await fs.readFile('/proc/self/cmdline')).length > 0,
  'writes many bytes': (fs, at) => fs.writeFile(at('big'), BIG),
  'reads many bytes': (fs, at) => fs.readFile(at('big')),
  'makes a folder': (fs, at) => fs.mkdir(at('folder')),
  'makes it again': (fs, at) => fs.mkdir(at('folder')),
  'makes folders': async (fs, at) =>
    (await fs.mkdir(at('x/y/z'), { recursive: true }))?.slice(at('').length),
  'makes folders that are there': (fs, at) => fs.mkdir(at('x/y/z'), { recursive: true }),
  'makes folders with slashes': async (fs, at) =>
    normalize(`${await fs.mkdir(at('x//w///v/'), { recursive: true })}/`).slice(at('').length),
  'makes a folder over a file': (fs, at) => fs.mkdir(at('a'), { recursive: true }),
  'makes a folder in a file': (fs, at) => fs.mkdir(at('a/b/c'), { recursive: true }),
  'makes a folder with permissions': async (fs, at) => {
    await fs.mkdir(at('closed'), 0o700);
    return (await fs.stat(at('closed'))).mode;
  },
  'makes a folder of a new name': async (fs, at) =>
    (await fs.mkdtemp(at('temp-'))).slice(at('').length).replace(/.{6}$/, ''),
  'makes none in none': (fs, at) => fs.mkdtemp(at('none/temp-')),
  'links': (fs, at) => fs.link(at('a'), at('hard')),
  'links again': (fs, at) => fs.link(at('a'), at('hard')),
  'links none': (fs, at) => fs.link(at('none'), at('hard2')),
  'makes a symbolic link': (fs, at) => fs.symlink('a', at('soft')),
  'makes it once more': (fs, at) => fs.symlink('a', at('soft')),
  'makes symbolic links of types': async (fs, at) => {
    await fs.symlink('.', at('soft-folder'), 'dir');
    await fs.symlink('.', at('soft-type'), null);
    return [await fs.readlink(at('soft-folder')), await fs.readlink(at('soft-type'))];
  },
  'removes those': async (fs, at) => {
    await fs.unlink(at('soft-folder'));
    await fs.unlink(at('soft-type'));
  },
  'reads a link': (fs, at) => fs.readlink(at('soft')),
  'reads a link as bytes': async (fs, at) => Buffer.from(await fs.readlink(at('soft'), 'buffer')),
  'makes a link to itself': (fs, at) => fs.symlink('loop', at('loop')),
  'makes folders at a link to itself': (fs, at) => fs.mkdir(at('loop'), { recursive: true }),
  'removes that link': (fs, at) => fs.rm(at('loop')),
  'removes none': (fs, at) => fs.rm(at('none')),
  'removes none in a file': (fs, at) => fs.rm(at('a/none'), { force: true }),
  'reads what is none': (fs, at) => fs.readlink(at('a')),
  'says where a link leads': async (fs, at) => (await fs.realpath(at('soft'))).endsWith('/a'),
  'says where none leads': (fs, at) => fs.realpath(at('none')),
  'renames': (fs, at) => fs.rename(at('hard'), at('harder')),
  'renames none': (fs, at) => fs.rename(at('hard'), at('harder')),
  'renames over a folder': (fs, at) => fs.rename(at('a'), at('folder')),
  'sets permissions': (fs, at) => fs.chmod(at('a'), 0o640),
  'sets them by text': (fs, at) => fs.chmod(at('a'), '644'),
  'sets them of none': (fs, at) => fs.chmod(at('none'), 0o640),
  'sets the owner': (fs, at) => fs.chown(at('a'), process.getuid?.() ?? 0, process.getgid?.() ?? 0),
  'sets it of none': (fs, at) => fs.chown(at('none'), 1, 1),
  'sets it of a link': (fs, at) => fs.lchown(at('soft'), process.getuid?.() ?? 0, 0),
  'sets times': (fs, at) => fs.utimes(at('a'), when, 1.5),
  'sets times of none': (fs, at) => fs.utimes(at('none'), 1, 1),
  'sets times of a link': (fs, at) => fs.lutimes(at('soft'), when, when),
  'sets them of no link': (fs, at) => fs.lutimes(at('none'), 1, 1),
  'tells these times': async (fs, at) => {
    const [{ atimeMs, mtimeMs }, link] = [await fs.stat(at('a')), await fs.lstat(at('soft'))];
    return [atimeMs, mtimeMs, link.mtimeMs].map(Math.round);
  },
  'cuts': (fs, at) => fs.truncate(at('a'), 5),
  'cuts none': (fs, at) => fs.truncate(at('none'), 5),
  'cuts a folder': (fs, at) => fs.truncate(at('folder')),
  'reads what is left': (fs, at) => fs.readFile(at('a'), 'latin1'),
  'may': (fs, at) => fs.access(at('a'), 6),
  'may not': (fs, at) => fs.access(at('a'), 1),
  'copies': (fs, at) => fs.copyFile(at('big'), at('copy')),
  'copies, sharing blocks where that goes': (fs, at) =>
    fs.copyFile(at('big'), at('copy'), COPYFILE_FICLONE),
  'copies exclusively': (fs, at) => fs.copyFile(at('big'), at('copy'), COPYFILE_EXCL),
  'copies onto itself': (fs, at) => fs.copyFile(at('big'), at('big')),
  'copies none': (fs, at) => fs.copyFile(at('none'), at('copy')),
  'reads the copy': (fs, at) => fs.readFile(at('copy')),
  'lists': (fs, at) => fs.readdir(at('x')),
  'lists names as bytes': async (fs, at) =>
    (await fs.readdir(at('x'), { encoding: 'buffer' })).map((name) => Buffer.from(name)),
  'lists with types': async (fs, at) => {
    const entries = await fs.readdir(at('.'), { withFileTypes: true });
    return entries.map(kinds).filter(([name]) => !String(name).startsWith('temp-'));
  },
  'lists what is below': async (fs, at) => (await fs.readdir(at('x'), { recursive: true })).sort(),
  'lists an empty folder': (fs, at) => fs.readdir(at('folder')),
  'lists a file': (fs, at) => fs.readdir(at('a')),
  'lists none': (fs, at) => fs.readdir(at('none')),
  'opens a folder': async (fs, at) => {
    const names = [];
    for await (const entry of await fs.opendir(at('x'))) names.push(entry.name);
    return names.sort();
  },
  'opens a file as one': (fs, at) => fs.opendir(at('a')),
  'says how large a file system is': async (fs, at) => {
    const { type, bsize, blocks, files } = await fs.statfs(at('.'));
    return { type, bsize, blocks, files };
  },
  'says it of none': (fs, at) => fs.statfs(at('none')),
  'opens none': (fs, at) => fs.open(at('none')),
  'opens in none': (fs, at) => fs.open(at('none/x'), 'w'),
  'reads pieces': (fs, at) =>
    withFile(fs, at('a'), 'r', async (file) => [
      await file.read(Buffer.alloc(3)),
      await file.read(Buffer.alloc(8), 2, 4),
      await file.read(Buffer.alloc(8), 0, 8, 1),
      await file.read(Buffer.alloc(8), { offset: 1, length: 2, position: 0 }),
      await file.read(new Uint8Array(4), 0, 4, 5),
      await file.read(new Uint8Array(0)),
    ]),
  'reads into several': (fs, at) =>
    withFile(fs, at('a'), 'r', (file) => file.readv([Buffer.alloc(2), Buffer.alloc(9)], 1)),
  'reads the rest': (fs, at) =>
    withFile(fs, at('a'), 'r', async (file) => {
      await file.read(Buffer.alloc(2));
      return [await file.readFile(), await file.readFile('utf8')];
    }),
  'writes pieces': (fs, at) =>
    withFile(fs, at('pieces'), 'w+', async (file) => [
      await file.write('text'),
      await file.write('text', 10, 'utf8'),
      await file.write(Buffer.from('0123456789'), 2, 3),
      await file.write(Buffer.from('0123456789'), 0, 2, 0),
      await file.writev([Buffer.from('one'), Buffer.from('two')], 20),
      await file.writeFile('at the end'),
      await file.truncate(30),
      (await file.stat()).size,
      await file.chmod(0o611),
      await file.chown(process.getuid?.() ?? 0, process.getgid?.() ?? 0),
      await file.utimes(1, 2),
      (await file.stat()).mtimeMs,
      await file.sync(),
      await file.datasync(),
    ]),
  'reads them': (fs, at) => fs.readFile(at('pieces')),
  'reads into memory of its own': (fs, at) =>
    withFile(fs, at('pieces'), 'r', async (file) => {
      const { bytesRead, buffer } = await file.read();
      const { buffer: given } = await file.read({ buffer: Buffer.alloc(4), length: 2, position: 1 });
      return [bytesRead, buffer, given];
    }),
  'writes half of a byte': (fs, at) =>
    withFile(fs, at('pieces'), 'r+', (file) => file.write('abc', 0, 'hex')),
  'writes and reads what is open': (fs, at) =>
    withFile(fs, at('open'), 'w+', async (file) => {
      await fs.writeFile(file, 'one');
      await fs.appendFile(file, 'two');
      await file.write('O', 0);
      return [await fs.readFile(file, 'utf8'), await fs.readFile(at('open'), 'utf8')];
    }),
  'writes what is iterated': async (fs, at) => {
    await fs.writeFile(at('coming'), ['a', Buffer.from('b')]);
    await fs.appendFile(
      at('coming'),
      (async function* () {
        yield 'c';
        yield Buffer.from('d');
      })() as never,
      { flush: true },
    );
    return fs.readFile(at('coming'), 'utf8');
  },
  'writes what is no bytes': (fs, at) => fs.writeFile(at('coming'), [1] as unknown as string[]),
  'writes what ends by an error': (fs, at) =>
    fs.writeFile(
      at('coming'),
      (function* () {
        yield 'written';
        throw Object.assign(new Error('ended'), { code: 'ENDED' });
      })(),
    ),
  'reads what is left of it': (fs, at) => fs.readFile(at('coming'), 'utf8'),
  'opens by other orders of letters': async (fs, at) => {
    for (const flags of ['sr', 'sr+', 'sa', 'sa+', 'xw', 'xw+', 'xa', 'xa+']) {
      const name = at(flags.startsWith('x') ? `new-${flags}` : 'a');
      await (await fs.open(name, flags)).close();
    }
  },
  'has no such mode': (fs, at) => fs.chmod(at('a'), 'abc'),
  'writes what is open for reading': (fs, at) =>
    withFile(fs, at('a'), 'r', (file) => file.write('x')),
  'reads what is open for writing': (fs, at) =>
    withFile(fs, at('a'), 'a', (file) => file.read(Buffer.alloc(1))),
  'reads a folder that is open': (fs, at) =>
    withFile(fs, at('.'), 'r', (file) => file.read(Buffer.alloc(1))),
  'cuts what is open for reading': (fs, at) =>
    withFile(fs, at('a'), 'r', (file) => file.truncate(1)),
  'opens by numbers': (fs, at) =>
    withFile(fs, at('numbers'), O_RDWR | O_CREAT, (file) => file.writeFile('1')),
  'asks a handle that is closed': async (fs, at) => {
    const file = await fs.open(at('a'));
    await file.close();
    await file.close();
    return file.stat();
  },
  'copies a tree': (fs, at) => fs.cp(at('x'), at('tree'), { recursive: true }),
  'copies a tree onto itself': (fs, at) => fs.cp(at('x'), at('x/y/x'), { recursive: true }),
  'copies a link over a file': (fs, at) => fs.cp(at('soft'), at('tree/y/z'), { recursive: true }),
  'copies a tree into itself by a link': async (fs, at) => {
    await fs.symlink('x', at('way'));
    await fs.cp(at('x'), at('way/y/x'), { recursive: true });
  },
  'copies a folder by itself': (fs, at) => fs.cp(at('x'), at('tree2')),
  'copies one file into a tree': (fs, at) => fs.cp(at('a'), at('tree/new/a'), { preserveTimestamps: true }),
  'copies a link': async (fs, at) => {
    await fs.cp(at('soft'), at('tree/soft'));
    return (await fs.readlink(at('tree/soft'))).slice(at('').length);
  },
  'copies over what is there': (fs, at) => fs.cp(at('a'), at('tree/new/a'), { force: false, errorOnExist: true }),
  'lists the tree': async (fs, at) => (await fs.readdir(at('tree'), { recursive: true })).sort(),
  'unlinks': (fs, at) => fs.unlink(at('harder')),
  'unlinks none': (fs, at) => fs.unlink(at('harder')),
  'unlinks a folder': (fs, at) => fs.unlink(at('folder')),
  'removes an empty folder': (fs, at) => fs.rmdir(at('folder')),
  'removes one that is not empty': (fs, at) => fs.rmdir(at('x')),
  'removes a file': (fs, at) => fs.rm(at('copy')),
  'removes what is not there': (fs, at) => fs.rm(at('copy'), { force: true }),
  'removes a tree': (fs, at) => fs.rm(at('tree'), { recursive: true }),
  'lists what is left': async (fs, at) =>
    (await fs.readdir(at('.'))).filter((name) => !name.startsWith('temp-')),
}; // biome-ignore format: a table
