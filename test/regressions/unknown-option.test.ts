// Trap 49: options that are not known were ignored: `hostname` listened on every address,
// `dta` was never called, `pollSize` made four threads.
//
// Without the look at the names in readOptions and checkHandlerNames: nothing below
// throws, and the first of them listens on every address.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { FlightRecorder, toText } from '../../lib/inspect/index.js';
import { ThreadPerConnectionServer } from '../../lib/models/thread-per-connection.js';
import { createPoller } from '../../lib/poller/index.js';
import { ThreadPool } from '../../lib/pool/index.js';
import { inheritedSockets } from '../../lib/process/inherited.js';
import { sdNotify } from '../../lib/process/notify.js';
import { KeventList } from '../../lib/raw/index.js';
import { relay } from '../../lib/relay/index.js';
import { thrownBy } from '../loop/support.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

/** What takes options: a call with an unknown one, that name, and the one that was meant. */
type Call = (loop: EventLoop, fd: number) => unknown;
const CALLS: Record<string, [call: Call, unknown: string, meant: string]> = {
  'new EventLoop': [() => new EventLoop({ pollSize: 9 } as object), 'pollSize', 'poolSize'],
  'new ThreadPool': [() => new ThreadPool({ maxQueue: 9 } as object), 'maxQueue', 'maxQueued'],
  'new ThreadPool, a lane': [
    () => new ThreadPool({ lanes: { fs: { limits: 1 } as object } }),
    'lanes.fs.limits',
    'limit',
  ],
  listen: [
    (loop) => loop.listen({ hostname: '127.0.0.1', port: 0 } as object, {}),
    'options.hostname',
    'host',
  ],
  'listen, the handlers': [
    (loop) => loop.listen({ port: 0 }, { dta() {} } as object),
    'handlers.dta',
    'data',
  ],
  connect: [
    (loop) => loop.connect({ port: 9, localAdress: '::1' } as object, {}),
    'options.localAdress',
    'localAddress',
  ],
  'connect, to a name': [
    (loop) => loop.connect({ host: 'x.test', port: 9, attemptDelay: 50 } as object),
    'options.attemptDelay',
    'attemptDelayMs',
  ],
  'new loop.dns.Resolver': [
    (loop) => new loop.dns.Resolver({ timeout: 5 } as object),
    'options.timeout',
    'timeoutMs',
  ],
  'listen, a socket option': [
    (loop) => loop.listen({ port: 0, socketOptions: { TCP_NODELY: true } as object }, {}),
    'options.socketOptions.TCP_NODELY',
    'TCP_NODELAY',
  ],
  'connect, the times of keepAlive': [
    (loop) => loop.connect({ port: 9, keepAlive: { idleSecond: 5 } as object }, {}),
    'options.keepAlive.idleSecond',
    'idleSeconds',
  ],
  'listen, its limits': [
    (loop) => loop.listen({ port: 0, maxConnection: 5 } as object),
    'options.maxConnection',
    'maxConnections',
  ],
  'connect, its limits': [
    (loop) => loop.connect({ port: 9, timeout: 5 } as object),
    'options.timeout',
    'timeoutMs',
  ],
  'connect, the handlers': [
    (loop) => loop.connect({ port: 9 }, { closed() {} } as object),
    'handlers.closed',
    'close',
  ],
  dgram: [
    (loop) => loop.dgram({ port: 0, reuseAdress: true } as object, {}),
    'options.reuseAdress',
    'reuseAddress',
  ],
  'dgram, the handlers': [
    (loop) => loop.dgram({ port: 0 }, { mesage() {} } as object),
    'handlers.mesage',
    'message',
  ],
  stream: [
    (loop, fd) => loop.stream(fd, { highWatermark: 1 } as object, {}),
    'options.highWatermark',
    'highWaterMark',
  ],
  tty: [(loop, fd) => loop.tty(fd, { chunk: 'copy' } as object, {}), 'options.chunk', 'chunks'],
  pty: [(loop) => loop.pty({ colums: 80 } as object), 'options.colums', 'columns'],
  createReadStream: [
    (loop) => loop.fs.createReadStream('/none', { highWatermark: 1 } as object),
    'options.highWatermark',
    'highWaterMark',
  ],
  'createReadStream, the handlers': [
    (loop) => loop.fs.createReadStream('/none', {}, { dta() {} } as object),
    'handlers.dta',
    'data',
  ],
  createWriteStream: [
    (loop) => loop.fs.createWriteStream('/none', { flsh: true } as object),
    'options.flsh',
    'flush',
  ],
  'stream, the handlers': [
    (loop, fd) => loop.stream(fd, {}, { dta() {} } as object),
    'handlers.dta',
    'data',
  ],
  relay: [
    () => relay(undefined as never, undefined as never, { maxByte: 1 } as object),
    'options.maxByte',
    'maxBytes',
  ],
  watch: [
    (loop, fd) => loop.watch(fd, { read: true, onshot: true } as object, () => {}),
    'options.onshot',
    'oneshot',
  ],
  'watcher.modify': [
    (loop, fd) => {
      using watcher = loop.watch(fd, { read: true }, () => {});
      watcher.modify({ writ: true } as object);
    },
    'options.writ',
    'write',
  ],
  spawn: [
    (loop) => loop.spawn('true', [], { detatched: true } as object),
    'options.detatched',
    'detached',
  ],
  'spawn, the handlers': [
    (loop) => loop.spawn('true', [], {}, { exited() {} } as object),
    'handlers.exited',
    'exit',
  ],
  'spawn, a file for stdin': [
    (loop) => loop.spawn('true', [], { stdio: [{ path: '/x', flag: 'r' } as never] }),
    'options.stdio[0].flag',
    'flags',
  ],
  'spawn, its limits': [
    (loop) => loop.spawn('true', [], { resourceLimits: { RLIMIT_NOFIL: 5 } as object }),
    'options.resourceLimits.RLIMIT_NOFIL',
    'RLIMIT_NOFILE',
  ],
  workers: [
    (loop) => loop.workers({ code: '', resourceLimit: {} } as object),
    'options.resourceLimit',
    'resourceLimits',
  ],
  'workers, what threads may take': [
    (loop) => loop.workers({ code: '', resourceLimits: { stackSize: 1 } as object }),
    'options.resourceLimits.stackSize',
    'stackSizeMb',
  ],
  toText: [
    (loop) => toText(new FlightRecorder(loop), { column: 5 } as object),
    'column',
    'columns',
  ],
  'new FlightRecorder': [
    (loop) => new FlightRecorder(loop, { capasity: 5 } as object),
    'options.capasity',
    'capacity',
  ],
  'new ThreadPerConnectionServer': [
    () => new ThreadPerConnectionServer({ stacksize: 65536 } as object),
    'options.stacksize',
    'stackBytes',
  ],
  watchPath: [
    (loop) => loop.watchPath('.', { recursiv: true } as object),
    'options.recursiv',
    'recursive',
  ],
  inheritedSockets: [() => inheritedSockets({ unse: true } as object), 'options.unse', 'unset'],
  sdNotify: [() => sdNotify('READY=1', { fd: [] } as object), 'options.fd', 'fds'],
  'KeventList.set': [
    () => new KeventList(1).set(0, { ident: 1, filter: -1, flags: 0, fflag: 1 } as never),
    'kevent.fflag',
    'fflags',
  ],
};

describe('a name that is not known is refused, with the one that was meant', () => {
  it.each(Object.entries(CALLS))('%s', (_name, [call, unknown, meant]) => {
    const fd = opened.eventfd();
    const before = countDescriptors();
    const error = thrownBy(() => call(test.loop, fd)) as Error;
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
    expect(error.message).toContain(`${unknown}" argument is not known: did you mean '${meant}'?`);
    expect(countDescriptors()).toBe(before);
    expect(test.loop.metrics().handles).toEqual([]);
  });

  it('poller.add and poller.modify', () => {
    const poller = createPoller();
    const fd = opened.eventfd();
    const wrong = { read: true, wite: true } as object;
    const error = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(() => poller.add(fd, wrong, 1)).toThrow(error);
    expect(() => poller.add(fd, wrong, 1)).toThrow(`"interest.wite" argument is not known`);
    expect(poller.delete(fd)).toBe(false);
    poller.add(fd, { read: true }, 1);
    expect(() => poller.modify(fd, wrong, 1)).toThrow(error);
    poller.close();
  });

  it.each(['stat', 'lstat'] as const)('fs.%s, which rejects', async (name) => {
    await expect(
      test.loop.attach().fs[name]('/', { bigInt: true } as object),
    ).rejects.toMatchObject({
      code: 'ERR_INVALID_ARG_VALUE',
      message: `The "options.bigInt" argument is not known: did you mean 'bigint'?`,
    });
    expect(test.loop.pool.stats().threads).toBe(0);
  });
});
