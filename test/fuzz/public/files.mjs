// Requests of `loop.fs` beside those that need no file of their own: in a folder of the program's,
// whose files come, go, are open and are closed with requests in flight.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyNumber, anyValue, noNumber } from '../support/values.mjs';

const NAMES = ['a', 'b', 'folder', 'folder/c', 'link', 'none/x'];
/** Never more, so that descriptors are left for others. */
const MOST_OPEN = 12;
let folder;

/** Calls, each of which returns a promise; `path` is one of elsewhere, or no path. */
export function fileRequests({ program, random, actions }, path, options) {
  const { fs } = program.loop;
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'rawloop-fuzz-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  const name = () =>
    actions.or(
      () => join(folder, random.pick(NAMES)),
      () => anyValue(random),
    );
  const number = (most) =>
    actions.or(
      () => random.below(most),
      () => anyNumber(random),
    );
  const memory = () =>
    actions.or(
      () => new Uint8Array(random.pick([0, 8, 300, 5000])),
      () => anyValue(random),
    );
  const data = () => (random.oneIn(2) ? 'text' : memory());
  const file = () =>
    actions.or(
      () => random.pick(program.files),
      () => noNumber(random),
    );
  const open = async () => {
    const opened = await fs.open(name(), random.pick(['r', 'w+', 'a', 'r+']));
    program.files.push(opened);
    if (program.files.length > MOST_OPEN || program.loop.closed)
      await program.files.shift().close();
  };
  /** A read whose memory goes away meanwhile. */
  const detached = () => {
    const bytes = new Uint8Array(random.pick([8, 5000]));
    const request = fs.read(file(), bytes, 0, bytes.length, number(20));
    request.catch(() => {});
    if (random.oneIn(2)) structuredClone(0, { transfer: [bytes.buffer] });
    return request;
  };
  /** Ended, or iterated, or destroyed at once. */
  const streamOf = async (stream, bytes) => {
    if (random.oneIn(3)) stream.destroy();
    else if (bytes !== undefined) stream.end(bytes);
    else
      for await (const chunk of stream) if (!(chunk.length > 0)) program.report('an empty chunk');
    await stream.closed;
  };
  /** To a connection of its own, whose peer reads, or is gone: each byte that went comes, once. */
  const sendFile = async () => {
    const { AF_UNIX, SOCK_STREAM } = program.raw.constants;
    const where = { offset: number(5), length: number(900), ...options() };
    const fds = program.raw.socketpair(AF_UNIX, SOCK_STREAM);
    if (!Array.isArray(fds)) return;
    const streams = [];
    try {
      for (const fd of fds) streams.push(program.loop.stream(fd, {}, { data() {} }));
    } catch (error) {
      for (const stream of streams) stream.destroy();
      for (const fd of fds.slice(streams.length)) program.raw.close(fd);
      throw error;
    }
    const [socket, peer] = streams;
    if (random.oneIn(4)) socket.write('before');
    if (random.oneIn(8)) peer.destroy();
    const request = actions.or(
      () => fs.sendFile(socket, file(), where),
      () => fs.sendFile(anyValue(random), file(), where),
    );
    if (random.oneIn(8)) socket.destroy();
    else socket.end();
    try {
      const bytes = await request;
      if (!(bytes >= 0)) program.report(`sendFile sent ${bytes} bytes`);
      await Promise.all([socket.closed, peer.closed]);
      const isWhole = socket.error === undefined && peer.error === undefined;
      if (isWhole && peer.bytesRead > socket.bytesWritten) {
        program.report(`${peer.bytesRead} bytes came of ${socket.bytesWritten}`);
      }
    } finally {
      socket.destroy();
      peer.destroy();
    }
  };
  return [
    open, open, detached,
    () => fs.readFile(random.oneIn(2) ? name() : path, options()),
    () => fs.writeFile(name(), data(), options()),
    () => fs.appendFile(name(), data()),
    () => fs.read(file(), memory(), number(10), number(100), number(100)),
    () => fs.write(file(), data(), number(10), number(100), number(100)),
    () => fs.readv(file(), [memory(), memory()], number(10)),
    () => fs.writev(file(), [memory(), memory()], number(10)),
    () => file()?.close?.() ?? Promise.resolve(),
    () => fs.fstat(file(), options()),
    () => fs.seek(file(), number(100), random.pick(['SET', 'CUR', 'END', 'x'])),
    () => fs.ftruncate(file(), number(1000)),
    () => fs.mkdir(name(), random.oneIn(2) ? { recursive: true } : number(512)),
    () => fs.mkdtemp(name()).then((made) => fs.rmdir(made)),
    () => fs.readdir(random.oneIn(2) ? folder : path, random.oneIn(2) ? { withFileTypes: true } : options()),
    () => fs.rm(name(), { recursive: random.oneIn(2), force: random.oneIn(2) }),
    () => fs.unlink(name()),
    () => fs.rename(name(), name()),
    () => fs.link(name(), name()),
    () => fs.symlink('a', name()),
    () => fs.realpath(name(), options()),
    () => fs.chmod(name(), number(512)),
    () => fs.utimes(name(), number(100), anyValue(random)),
    () => fs.truncate(name(), number(1000)),
    () => fs.copyFile(name(), name(), number(8)),
    () => fs.cp(name(), name(), { recursive: random.oneIn(2) }),
    () => fs.statfs(path, options()),
    () => streamOf(fs.createReadStream(random.oneIn(2) ? name() : path, { start: number(5), end: number(900), ...options() })),
    () => streamOf(fs.createWriteStream(name(), options()), data()),
    sendFile,
    async () => {
      for await (const entry of await fs.opendir(folder)) if (typeof entry.name !== 'string') program.report('an entry has no name');
    },
  ]; // biome-ignore format: a table
}
