// Trap 42: a descriptor of ours is closed by others, and its number given out again: a
// late close, or the end of a Worker, hits a stranger's file.
//
// Without the look at the identity in OwnedDescriptors::Take: each case but the last
// three finds the host's file, connection or event closed.
import { describe, expect, it } from 'vitest';
import { endOfChild, runChild } from '../support/child.js';

/** What each kind of descriptor is opened by, in a child: an array of them. */
const KINDS = {
  'a pipe': 'raw.pipe2()',
  'a pair of sockets': 'raw.socketpair(c.AF_UNIX, c.SOCK_STREAM, 0)',
  'a TCP socket': '[raw.socket(c.AF_INET, c.SOCK_STREAM, 0)]',
  'an eventfd': '[raw.eventfd(0)]',
  'an epoll': '[raw.epoll_create1(0)]',
  'a pidfd': '[raw.pidfd_open(process.pid)]',
  'a duplicate': '[raw.fcntl(1, c.F_DUPFD_CLOEXEC, 10)]',
  'an adopted file': '(raw.adopt(process.adopted()), [process.adopted.fd])',
};

const HELP = `
  process.adopted = () => (process.adopted.fd = fs.openSync('/etc/hosts'));
  /** Closes numbers as somebody else would, and opens other things in their place. */
  const steal = (fds, open = () => fs.openSync(process.execPath)) => {
    for (const fd of fds) fs.closeSync(fd);
    const taken = [];
    while (!fds.every((fd) => taken.includes(fd))) taken.push(open());
    return fds;
  };
  const isOpen = (fd) => raw.fcntl(fd, c.F_GETFD) >= 0;
  const name = (result) => result < 0 ? require('node:util').getSystemErrorName(result) : result;
`;

describe.each(Object.entries(KINDS))('%s whose number is a file of the host by now', (_, open) => {
  it('is not closed by raw.close, nor given away, and known to be gone', () => {
    const result = runChild(`${HELP}
      const first = steal(${open});
      const second = steal(${open});
      report({
        closed: [...new Set(first.map((fd) => name(raw.close(fd))))],
        released: [...new Set(second.map((fd) => name(raw.release(fd))))],
        open: [...first, ...second].every(isOpen),
      });
    `);
    expect(result).toEqual({ closed: ['EPERM'], released: ['EPERM'], open: true });
  });

  it('is left alone by the end of the Worker that opened it', () => {
    const open2 = open
      .replace('process.adopted()', 'workerData')
      .replace('process.adopted.fd', 'workerData');
    const result = runChild(`${HELP}
      const worker = new Worker(\`
        const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
        const c = raw.constants;
        const { parentPort, workerData } = require('node:worker_threads');
        parentPort.postMessage(${open2});
        setInterval(() => {}, 1000);
      \`, { eval: true, workerData: process.adopted() });
      worker.on('message', (fds) => {
        steal(fds);
        worker.terminate().then(() => report(fds.every(isOpen)));
      });
    `);
    expect(result).toBe(true);
  });
});

describe('a number that is ours again', () => {
  it.each([
    ['eventfd', 'raw.eventfd(0)'],
    ['epoll', 'raw.epoll_create1(0)'],
  ])('in the main thread, is not closed by the Worker whose %s had it', (_, open) => {
    const result = runChild(`${HELP}
      const worker = new Worker(\`
        const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
        require('node:worker_threads').parentPort.postMessage(${open});
        setInterval(() => {}, 1000);
      \`, { eval: true });
      worker.on('message', (fd) => {
        steal([fd], () => ${open});
        worker.terminate().then(() => report([isOpen(fd), raw.close(fd)]));
      });
    `);
    expect(result).toEqual([true, 0]);
  });

  it('by another copy of the package, is not closed by the first', () => {
    const result = runChild(`${HELP}
      const copy = fs.mkdtempSync(require('node:os').tmpdir() + '/rawloop-') + '/rawloop.node';
      const built = Object.keys(require.cache).find((key) => key.endsWith('.node'))
        ?? process.report.getReport().sharedObjects.find((file) => file.endsWith('rawloop.node'));
      fs.copyFileSync(built, copy);
      const other = require(copy);
      fs.rmSync(copy);
      const opens = { eventfd: (from) => from.eventfd(0), epoll: (from) => from.epoll_create1(0) };
      report(Object.values(opens).map((open) => {
        const fd = open(raw);
        steal([fd], () => open(other));
        return [name(raw.close(fd)), isOpen(fd), other.close(fd)];
      }));
    `);
    expect(result).toEqual([
      ['EPERM', true, 0],
      ['EPERM', true, 0],
    ]);
  });
});

describe.each(['owned', 'guest'])('in %s mode', (mode) => {
  it('connections, a server, a loop and its waker close nothing of the host', () => {
    const result = runChild<boolean[]>(`${HELP}
      const list = () => fs.readdirSync('/proc/self/fd').map(Number)
        .filter((fd) => { try { return /^(socket|anon_inode|pipe)/.test(fs.readlinkSync('/proc/self/fd/' + fd)); } catch { return false; } });
      const before = new Set(list());
      const loop = new EventLoop();
      const drive = ${mode === 'owned' ? 'false' : 'true'};
      if (drive) loop.attach();
      let open = 0;
      const server = loop.listen({ host: '127.0.0.1', port: 0 }, {
        open() { if (++open === 5) loop.setTimeout(done, 0); },
      });
      for (let i = 0; i < 5; i++) loop.connect({ host: '127.0.0.1', port: server.address.port }, {});
      function done() {
        // All that is ours, but what the loop itself stands on.
        const ours = list().filter((fd) => !before.has(fd) && /^socket/.test(fs.readlinkSync('/proc/self/fd/' + fd)));
        steal(ours);
        server.destroy();
        loop.stop();
        const end = () => {
          loop.close();
          report([ours.length >= 11, ours.every(isOpen)]);
          process.exit();
        };
        setImmediate(end);
      }
      if (!drive) setImmediate(() => loop.run());
    `);
    expect(result).toEqual([true, true]);
  });

  it('the loop itself does not either', () => {
    const result = runChild<boolean[]>(`${HELP}
      const list = () => fs.readdirSync('/proc/self/fd').map(Number).filter(isOpen);
      const before = new Set(list());
      const loop = new EventLoop();
      const ours = list().filter((fd) => !before.has(fd));
      ${mode === 'guest' ? 'loop.attach(); loop.detach();' : "loop.run('nowait');"}
      steal(ours);
      loop.close();
      report([ours.length >= 2, ours.every(isOpen)]);
      process.exit();
    `);
    expect(result).toEqual([true, true]);
  });
});

it('the pool and the thread server close nothing of the host', () => {
  const end = endOfChild(`${HELP}
    const list = () => fs.readdirSync('/proc/self/fd').map(Number).filter(isOpen);
    const loop = new EventLoop().attach();
    const server = new rawloop.ThreadPerConnectionServer({ host: '127.0.0.1', loop });
    const before = new Set(list());
    server.start();
    loop.fs.stat('.').then(() => {
      const ours = list().filter((fd) => !before.has(fd));
      const files = steal(ours);
      process.on('exit', () => report([ours.length >= 6, files.every(isOpen)]));
      loop.close();
      // The accept thread polls what is a file by now: it is told to stop all the same.
    });
  `);
  expect(end).toMatchObject({ status: 0, report: [true, true] });
});

describe('a descriptor has one owner', () => {
  it('release gives it away: neither close nor the end of the thread closes it', () => {
    const result = runChild(`${HELP}
      const worker = new Worker(\`
        const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
        const [r, w] = raw.pipe2();
        const steps = [raw.release(r), raw.release(r), raw.close(r)];
        require('node:worker_threads').parentPort.postMessage({ r, w, steps });
        setInterval(() => {}, 1000);
      \`, { eval: true });
      worker.on('message', ({ r, w, steps }) => {
        const held = [name(raw.adopt(r)), name(raw.adopt(w)), raw.adopt(r)];
        worker.terminate().then(() => {
          report({ steps: steps.map(name), held, open: [isOpen(r), isOpen(w)], closed: raw.close(r) });
        });
      });
    `);
    // Of the second the main thread is told that the Worker has it.
    expect(result).toEqual({
      steps: [0, 'EPERM', 'EPERM'],
      held: [0, 'EBUSY', 0],
      open: [true, false],
      closed: 0,
    });
  });

  it('release refuses what is not ours, or not open', () => {
    const result = runChild(`${HELP}
      const fd = raw.eventfd(0);
      report([name(raw.release(0)), name(raw.release(2 ** 31 - 1)), raw.release(fd), name(raw.release(fd))]);
    `);
    expect(result).toEqual(['EPERM', 'EBADF', 0, 'EPERM']);
  });

  it('a listening socket of another thread is not served, and stays open', () => {
    const result = runChild(`${HELP}
      const fd = raw.socket(c.AF_INET, c.SOCK_STREAM, 0);
      raw.bind(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 });
      raw.listen(fd, 5);
      const worker = new Worker(\`
        const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        const { parentPort, workerData } = require('node:worker_threads');
        const loop = new EventLoop();
        try { loop.listen({ fd: workerData }, {}); } catch (error) { parentPort.postMessage(error.code); }
        loop.close();
      \`, { eval: true, workerData: fd });
      let code;
      worker.on('message', (message) => { code = message; });
      worker.on('exit', () => report([code, isOpen(fd), raw.close(fd)]));
    `);
    expect(result).toEqual(['EBUSY', true, 0]);
  });
});
