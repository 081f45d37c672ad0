// Aborting had three forms: the signal's reason was thrown by one, closed a socket by
// another, and was the cause of a coded error of the third. It has one: an AbortError,
// ABORT_ERR, whose cause is the reason.
//
// With `throw signal.reason` in throwIfAborted, or `destroy(signal.reason)` in connect:
// the tests of that moment fail for every kind.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { IpAddress } from '../../lib/raw/index.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop({ poolSize: 1 });

const REASONS: [string, unknown][] = [
  ['an error', new Error('enough')],
  ['a value', 7],
  ['an error of time', new DOMException('late', 'TimeoutError')],
];
const told = (cause: unknown) => ({ name: 'AbortError', code: 'ABORT_ERR', cause });

const THROWING: Record<string, (loop: EventLoop, signal: AbortSignal, fd: number) => unknown> = {
  watch: (loop, signal, fd) => loop.watch(fd, { read: true, signal }, () => {}),
  listen: (loop, signal) => loop.listen({ port: 0, signal }, {}),
  connect: (loop, signal) => loop.connect({ port: 9, signal }, {}),
  stream: (loop, signal, fd) => loop.stream(fd, { signal }, {}),
  tty: (loop, signal, fd) => loop.tty(fd, { signal }, {}),
  pty: (loop, signal) => loop.pty({ signal }),
  createReadStream: (loop, signal) => loop.fs.createReadStream('/none', { signal }),
  createWriteStream: (loop, signal) => loop.fs.createWriteStream('/none/x', { signal }),
  'connect by name': (loop, signal) => loop.connect({ host: 'x.test', port: 9, signal }, {}),
  watchPath: (loop, signal) => loop.watchPath('.', { signal }),
  dgram: (loop, signal) => loop.dgram({ port: 0, signal }, {}),
  spawn: (loop, signal) => loop.spawn('cat', [], { signal }),
};
/** A descriptor that nobody has. */
const NONE = 2 ** 31 - 1;
type Requests = Record<string, Promise<unknown>>;

/** A row for each request that `make` makes: all of them, of which one is looked at. */
function fileRequests(make: (loop: EventLoop, options: { signal: AbortSignal }) => Requests) {
  const call = (name: string) => (loop: EventLoop, signal: AbortSignal) => {
    const requests = make(loop, { signal });
    for (const request of Object.values(requests)) request.catch(() => {});
    return requests[name] as Promise<unknown>;
  };
  const closed = new EventLoop();
  closed.close();
  const all = make(closed, { signal: AbortSignal.abort() });
  for (const request of Object.values(all)) request.catch(() => {});
  return Object.fromEntries(Object.keys(all).map((name) => [`fs.${name}`, call(name)]));
}

const resolver = (loop: EventLoop) =>
  new loop.dns.Resolver({ servers: ['127.0.0.1:9'], resolvConf: '/dev/null', hosts: false });
const CODE = 'module.exports = () => 1;';
const REJECTING: Record<string, (loop: EventLoop, signal: AbortSignal) => Promise<unknown>> = {
  onceSignal: (loop, signal) => loop.onceSignal('SIGUSR2', { signal }),
  waitPid: (loop, signal) => loop.waitPid(process.ppid, { signal }),
  'fs.stat': (loop, signal) => loop.fs.stat('/', { signal }),
  'fs.lstat': (loop, signal) => loop.fs.lstat('/', { signal }),
  'fs.readlink': (loop, signal) => loop.fs.readlink('/', { signal }),
  'fs.access': (loop, signal) => loop.fs.access('/', 0, { signal }),
  ...fileRequests(({ fs }, options) => ({
    statfs: fs.statfs('/', options),
    rename: fs.rename('/none', '/none', options),
    link: fs.link('/none', '/none', options),
    symlink: fs.symlink('/none', '/none/x', options),
    unlink: fs.unlink('/none', options),
    realpath: fs.realpath('/', options),
    chmod: fs.chmod('/none', 0, options),
    chown: fs.chown('/none', 0, 0, options),
    lchown: fs.lchown('/none', 0, 0, options),
    utimes: fs.utimes('/none', 0, 0, options),
    lutimes: fs.lutimes('/none', 0, 0, options),
    truncate: fs.truncate('/none', 0, options),
    mkdir: fs.mkdir('/none/x', options),
    mkdtemp: fs.mkdtemp('/none/x', options),
    rmdir: fs.rmdir('/none', options),
    rm: fs.rm('/none', options),
    readdir: fs.readdir('/', options),
    opendir: fs.opendir('/', options),
    open: fs.open('/none', 'r', 0, options),
    readFile: fs.readFile('/none', options),
    writeFile: fs.writeFile('/none/x', '', options),
    appendFile: fs.appendFile('/none/x', '', options),
    copyFile: fs.copyFile('/none', '/none/x', 0, options),
    cp: fs.cp('/none', '/none/x', options),
    fstat: fs.fstat(NONE, options),
    fchmod: fs.fchmod(NONE, 0, options),
    fchown: fs.fchown(NONE, 0, 0, options),
    futimes: fs.futimes(NONE, 0, 0, options),
    ftruncate: fs.ftruncate(NONE, 0, options),
    fsync: fs.fsync(NONE, options),
    fdatasync: fs.fdatasync(NONE, options),
    seek: fs.seek(NONE, 0, 'SET', options),
    read: fs.read(NONE, new Uint8Array(1), options),
    write: fs.write(NONE, 'x', options),
    pread: fs.pread(NONE, new Uint8Array(1), 0, options),
    pwrite: fs.pwrite(NONE, new Uint8Array(1), 0, options),
    readv: fs.readv(NONE, [], 0, options),
    writev: fs.writev(NONE, [], 0, options),
  })),
  'dns.lookup': (loop, signal) => loop.dns.lookup('localhost', { signal }),
  'dns.lookupService': (loop, signal) => loop.dns.lookupService('127.0.0.1', 9, { signal }),
  'a question of a Resolver': (loop, signal) => resolver(loop).resolve4('x.test', { signal }),
  'reverse of a Resolver': (loop, signal) => resolver(loop).reverse('192.0.2.1', { signal }),
  'lookup of a Resolver': (loop, signal) => resolver(loop).lookup('x.test', { signal }),
  'crypto.pbkdf2': (loop, signal) => loop.crypto.pbkdf2('p', 's', 1, 8, 'sha256', { signal }),
  'crypto.scrypt': (loop, signal) => loop.crypto.scrypt('p', 's', 8, { cost: 2, signal }),
  'crypto.randomBytes': (loop, signal) => loop.crypto.randomBytes(8, { signal }),
  'crypto.hash': (loop, signal) => loop.crypto.hash('sha256', 'x', { signal }),
  'zlib.gzip': (loop, signal) => loop.zlib.gzip('x', { signal }),
  'workers.run': (loop, signal) => loop.workers({ code: CODE, size: 1 }).run(1, { signal }),
};

describe.each(REASONS)('a signal that aborted before, with %s', (_kind, reason) => {
  const signal = AbortSignal.abort(reason);

  it.each(Object.entries(THROWING))('is thrown by %s, and nothing is opened', (_name, call) => {
    const fd = opened.eventfd();
    const before = countDescriptors();
    expect(() => call(test.loop, signal, fd)).toThrow(expect.objectContaining(told(reason)));
    expect(countDescriptors()).toBe(before);
  });

  it.each(Object.entries(REJECTING))('rejects %s, and nothing starts', async (_name, call) => {
    await expect(call(test.loop, signal)).rejects.toMatchObject(told(reason));
    expect(test.loop.pool.stats().threads).toBe(0);
  });
});

describe('a signal that aborts later', () => {
  it.each(Object.entries(REJECTING))('rejects %s', async (_name, call) => {
    const controller = new AbortController();
    const request = call(test.loop, controller.signal);
    controller.abort('enough');
    await expect(request).rejects.toMatchObject(told('enough'));
  });

  it.each(DRIVE_MODES)('is told to close of a socket (%s)', async (mode) => {
    const controller = new AbortController();
    const { signal } = controller;
    const server = test.loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref();
    const { port } = server.address as IpAddress;
    const ends: unknown[] = [];
    const handlers = { close: (_: unknown, error?: Error) => ends.push(error) };
    test.loop.connect({ port, signal }, { ...handlers, open: () => controller.abort('enough') });
    // Still connecting then.
    test.loop.connect({ port, signal }, handlers);
    await drive(test.loop, mode);
    expect(ends).toMatchObject([told('enough'), told('enough')]);
    server.close();
  });

  it('closes watchers and servers as close() does', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const watcher = test.loop.watch(opened.eventfd(), { read: true, signal }, () => {});
    const server = test.loop.listen({ port: 0, signal }, {});
    controller.abort('enough');
    expect([watcher.isClosed, server.isClosed]).toEqual([true, true]);
    expect([watcher.error, server.error]).toEqual([undefined, undefined]);
    await drive(test.loop);
  });
});
