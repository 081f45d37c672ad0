// A setter on Object.prototype or Array.prototype is somebody else's code: it must not
// run while native code fills a result, and must not get what the result was to have.
//
// Without Define and DefineElement, with napi_set_named_property as before: the setters
// are called and the results lack what they took.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

it('no result of a native call runs a setter', () => {
  const result = runChild(`
    const names = ['0', '1', 'family', 'address', 'port', 'path', 'errno', 'syscall', 'peer', 'error',
      'threads', 'connections', 'bytes', 'active', 'errors', 'size', 'idle', 'queued', 'running', 'finished',
      'completed', 'wakeups', 'startErrno', 'read', 'close', 'constants', 'EPOLLIN', 'HostLoop', 'Pool',
      'ThreadServer', 'WakerGuard', 'EndNotice', 'FileWatch', 'minStackBytes', 'code', 'flags', 'ancillary', 'fds', 'credentials', 'pktinfo',
      'timestamp', 'ttl', 'tos', 'raw', 'truncated', 'pidfd', 'level', 'type', 'data', 'pid', 'uid', 'gid', 'local'];
    let ran = '';
    const file = process.report.getReport().sharedObjects.find((one) => one.endsWith('rawloop.node'));
    const open = [...raw.pipe2()];
    for (const prototype of [Object.prototype, Array.prototype]) {
      for (const name of names) {
        Object.defineProperty(prototype, name, {
          configurable: true, set() { ran += name + ' '; }, get() { return undefined; },
        });
      }
    }
    const pipe = raw.pipe2();
    const pair = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0);
    const fd = raw.socket(c.AF_INET, c.SOCK_STREAM, 0);
    const name = raw.getsockname(fd);
    const unix = raw.getsockname(pair[0]);
    raw.setsockopt(pair[1], c.SOL_SOCKET, c.SO_PASSCRED ?? 0, 1);
    raw.sendmsg(pair[0], { buffers: [new Uint8Array(1)], ancillary: { fds: [pair[0]] } });
    const message = raw.recvmsg(pair[1], { buffers: [new Uint8Array(1)], maxFds: 1 });
    const module = { exports: {} };
    process.dlopen(module, file);
    const { ThreadServer, Threads, constants } = module.exports;
    const server = new ThreadServer(ThreadServer.minStackBytes);
    const failure = server.start({ family: 'ipv4', address: '203.0.113.1', port: 0 }, 5);
    const stats = server.stats();
    const pool = new Threads(1, 65536, -1, 1).stats();
    const host = new module.exports.HostLoop(pipe[0], () => {}, 'libuv');
    host.close();
    let thrown;
    try { raw.read('no descriptor'); } catch (error) { thrown = error; }
    const own = (object, ...keys) => keys.every((key) => Object.hasOwn(object, key));
    const seen = [
      own(pipe, '0', '1'), own(pair, '0', '1'), own(name, 'family', 'address', 'port'), own(unix, 'family', 'path'),
      own(module.exports, 'read', 'constants', 'Pool'), own(constants, 'EPOLLIN'), own(failure, 'errno', 'syscall'),
      own(stats, 'threads', 'errors'), own(pool, 'size', 'startErrno'), own(host, 'error'),
      own(thrown, 'code'), own(message, 'bytes', 'address', 'flags', 'ancillary'),
      own(message.ancillary, 'fds', 'credentials', 'raw', 'truncated'), own(message.ancillary.fds, '0'),
    ];
    for (const prototype of [Object.prototype, Array.prototype]) for (const name of names) delete prototype[name];
    report({ ran, seen, error: failure.syscall, lengths: [pipe.length, pair.length] });
  `);
  expect(result).toEqual({ ran: '', seen: Array(14).fill(true), error: 'bind', lengths: [2, 2] });
});
