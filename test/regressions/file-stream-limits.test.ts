// What a process may not have any more, as it streams files: descriptors (RLIMIT_NOFILE) and bytes
// of a file (RLIMIT_FSIZE). Each is told, once, by the call that was refused; what there was room for
// is written; and the streams work again when there is room.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { DRIVE_MODES } from '../support/drive.js';

const LIMIT = 100_000;

const SCRIPT = `
  const { execFileSync } = require('node:child_process');
  const { join } = require('node:path');
  const folder = fs.mkdtempSync(join(require('node:os').tmpdir(), 'rawloop-limits-'));
  const file = join(folder, 'file');
  process.on('exit', () => fs.rmSync(folder, { recursive: true }));
  const loop = new EventLoop();
  const textOf = (error) => error === undefined ? 'whole' : error.code + ' ' + error.syscall;
  const told = { paths: [] };
  const close = (stream, error) => {
    if (error !== undefined) told.paths.push(error.path === file);
    return textOf(error);
  };
  const written = (next) => (stream, error) => {
    (told.written ??= []).push(close(stream, error) + ' ' + fs.statSync(file).size);
    next();
  };
  const limit = (bytes) => execFileSync('prlimit', ['--pid', String(process.pid), '--fsize=' + bytes + ':']);

  function writeTooMuch() {
    limit(${LIMIT});
    const next = () => { limit('unlimited'); writeAgain(); };
    loop.fs.createWriteStream(file, {}, { close: written(next) }).end(Buffer.alloc(3 * ${LIMIT}));
  }
  function writeAgain() {
    loop.fs.createWriteStream(file, {}, { close: written(openTooMuch) }).end(Buffer.alloc(3 * ${LIMIT}));
  }
  async function openTooMuch() {
    const [socket, peer] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM)
      .map((fd) => loop.stream(fd, {}, { data() {} }));
    const source = await loop.fs.open(file);
    const hoard = [];
    for (let fd = raw.eventfd(0); fd >= 0; fd = raw.eventfd(0)) hoard.push(fd);
    const ends = { data() {} };
    const reads = loop.fs.createReadStream(file, {}, ends);
    const writes = loop.fs.createWriteStream(file, { flags: 'a' }, {});
    const outcome = (promise) => promise.then(() => 'whole', textOf);
    const closed = async (stream) => { await stream.closed.catch(() => {}); return close(stream, stream.error); };
    const refused = [outcome(loop.fs.sendFile(socket, source)), closed(reads), closed(writes)];
    told.opened = await Promise.all(refused);
    for (const fd of hoard) raw.close(fd);
    told.sent = await loop.fs.sendFile(socket, source);
    socket.end();
    peer.end();
    await source.close();
    report(told);
  }
  writeTooMuch();
`;

describe.runIf(process.platform === 'linux').each(DRIVE_MODES)('streams of files, %s', (mode) => {
  it('tell of a limit of the process by its errno', () => {
    const start = mode === 'owned' ? 'loop.run();' : 'loop.attach();';
    expect(runChild(SCRIPT + start, { maxDescriptors: 64 })).toEqual({
      written: [`EFBIG write ${LIMIT}`, `whole ${3 * LIMIT}`],
      opened: ['EMFILE fcntl', 'EMFILE open', 'EMFILE open'],
      sent: 3 * LIMIT,
      paths: [true, true, true],
    });
  });
});
