// Trap 24: a wrong number closes standard output, or the host's own epoll instance, and
// something else breaks far away.
//
// Without the look at what was opened here in close: the child loses its descriptors
// one by one and cannot even report.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

it('close refuses 0 to 2 and everything that the host has opened', () => {
  const result = runChild(`
    const net = require('node:net');
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const file = fs.openSync(process.execPath, 'r');
      const fds = fs.readdirSync('/proc/self/fd').map(Number)
        .filter((fd) => raw.fcntl(fd, c.F_GETFD) >= 0);
      assert.ok([0, 1, 2, file, server._handle.fd].every((fd) => fds.includes(fd)));
      const kinds = fds.map((fd) => fs.readlinkSync('/proc/self/fd/' + fd));
      assert.ok(kinds.some((kind) => kind.includes('eventpoll')));
      const results = new Set(fds.map((fd) => raw.close(fd)));
      const open = fds.every((fd) => raw.fcntl(fd, c.F_GETFD) >= 0);
      // The host's own still work: its loop, its file, its server.
      fs.readSync(file, Buffer.alloc(1));
      fs.closeSync(file);
      net.connect(server.address().port, '127.0.0.1', () => server.close()).on('close', () => {
        report({ refused: results.size === 1 && results.has(-c.EPERM), open });
      }).end();
    });
  `);
  expect(result).toEqual({ refused: true, open: true });
});

it('close serves what was opened here, until then and no longer', () => {
  const result = runChild(`
    const fd = raw.eventfd(0);
    const steps = [raw.close(fd)];
    // The number is the host's now.
    const file = fs.openSync(process.execPath, 'r');
    steps.push(file === fd, raw.close(file));
    steps.push(raw.adopt(file), raw.close(file), raw.close(file));
    report(steps.map((step) => (step === -c.EPERM ? 'EPERM' : step === -c.EBADF ? 'EBADF' : step)));
  `);
  expect(result).toEqual([0, true, 'EPERM', 0, 0, 'EBADF']);
});

// Without the look at the owner in dup3: the host's own are replaced one by one.
it('dup3 leaves alone what close would not serve: the host, another thread, a taken number', () => {
  const result = runChild(`
    const file = fs.openSync(process.execPath, 'r');
    const [fd, stolen] = [raw.eventfd(0), raw.eventfd(0)];
    fs.closeSync(stolen);
    const taken = fs.openSync('/dev/null', 'r');
    const fds = fs.readdirSync('/proc/self/fd').map(Number)
      .filter((other) => other !== fd && raw.fcntl(other, c.F_GETFD) >= 0);
    const what = () => fds.map((other) => fs.readlinkSync('/proc/self/fd/' + other)).join();
    const before = what();
    const results = new Set(fds.map((other) => raw.dup3(fd, other)));
    const refused = results.size === 1 && results.has(-c.EPERM);
    const worker = new Worker(\`
      const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
      const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage(raw.dup3(0, workerData));
    \`, { eval: true, workerData: fd });
    worker.on('message', (result) => report({
      refused, same: what() === before, hadAll: [0, 1, 2, file, taken].every((n) => fds.includes(n)),
      taken: taken === stolen, inWorker: result === -c.EPERM, close: raw.close(fd),
    }));
  `);
  expect(result).toEqual({
    refused: true,
    same: true,
    hadAll: true,
    taken: true,
    inWorker: true,
    close: 0,
  });
});

// With dup3(2) for a number that was free a moment ago: some of the Worker's files become
// the pipe.
it('dup3 to a free number replaces nothing that another thread opens there meanwhile', () => {
  const result = runChild(`
    const [fd] = raw.pipe2();
    const shared = new Int32Array(new SharedArrayBuffer(12));
    const worker = new Worker(\`
      const fs = require('node:fs');
      const { parentPort, workerData: shared } = require('node:worker_threads');
      let replaced = 0;
      // And until the main thread was let run: it counts what it made.
      for (let i = 0; i < 20000 || Atomics.load(shared, 2) === 0; i++) {
        const file = fs.openSync('/dev/null', 'r');
        Atomics.store(shared, 0, file);
        try {
          if (!fs.fstatSync(file).isCharacterDevice()) replaced++;
          fs.closeSync(file);
        } catch {
          replaced++;
        }
      }
      Atomics.store(shared, 1, 1);
      parentPort.postMessage(replaced);
    \`, { eval: true, workerData: shared });
    let gone = 0;
    let made = 0;
    while (Atomics.load(shared, 1) === 0) {
      const number = Atomics.load(shared, 0);
      if (number === 0 || raw.dup3(fd, number) !== number) continue;
      Atomics.store(shared, 2, ++made);
      if (raw.close(number) !== 0) gone++;
    }
    worker.on('message', (replaced) => report({ replaced, gone, some: made > 0 }));
    worker.on('error', (error) => report({ error: error.message }));
  `);
  expect(result).toEqual({ replaced: 0, gone: 0, some: true });
});

it('a Worker may not close what the main thread opened', () => {
  const result = runChild(`
    const fd = raw.eventfd(0);
    const worker = new Worker(\`
      const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
      const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage(raw.close(workerData));
    \`, { eval: true, workerData: fd });
    worker.on('message', (result) => report([result === -c.EPERM, raw.close(fd)]));
  `);
  expect(result).toEqual([true, 0]);
});

it('a loop that closes leaves the descriptors alone that it watched', () => {
  const result = runChild(`
    const loop = new EventLoop();
    const fds = [raw.eventfd(0), ...raw.pipe2(c.O_NONBLOCK)];
    for (const fd of fds.slice(0, 2)) loop.watch(fd, { read: true }, () => {});
    loop.close();
    report(fds.map((fd) => raw.close(fd)));
  `);
  expect(result).toEqual([0, 0, 0]);
});
