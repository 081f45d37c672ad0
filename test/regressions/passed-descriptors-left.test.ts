// Trap 13 and its like: descriptors that came over a Unix socket, or wait to be sent, and what is
// left of them by many passes, by an end of the process or of a Worker, and where the process
// may have no more.
//
// Without closeRest in deliver (lib/stream/input.ts) the process is full of them after a
// thousand passes; without Received in native/stream/unix_read.cc those of a Worker outlive it;
// without the look at MSG_CTRUNC nobody is told what was lost.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const PAIR = `
  const loop = new EventLoop();
  const pair = () => raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK, 0);
  const [ours, its] = pair();`;

describe.skipIf(process.platform !== 'linux')('descriptors that are passed', () => {
  it('a hundred thousand times, half of them not taken, leave none', { timeout: 60_000 }, () => {
    const { passes, grown, reads } = runChild<{ passes: number; grown: number; reads: string }>(`
      ${PAIR}
      const file = fs.openSync('/proc/self/stat', 'r');
      let passes = 0;
      let before;
      let reads = '';
      const sender = loop.stream(ours, {}, { drain: send });
      const receiver = loop.stream(its, {}, {
        data(socket, chunk, fds) {
          passes += fds.length;
          // Half of the messages.
          if (chunk[0] === 1) {
            for (const fd of fds.take()) raw.close(fd);
          }
          if (passes === 10_000) before = countDescriptors();
          if (passes === 100_000) {
            const grown = countDescriptors() - before;
            const bytes = Buffer.alloc(16);
            fs.readSync(file, bytes, 0, 16, 0);
            reads = bytes.toString().split(' ')[0] === String(process.pid) ? 'own' : 'other';
            report({ passes, grown, reads });
            loop.close();
            return;
          }
          if (chunk.length === 1) send();
        },
      });
      let turn = 0;
      function send() {
        sender.write(new Uint8Array([++turn & 1]), { fds: [file, file, file, file, file] });
      }
      send();
      setImmediate(() => loop.run());`);
    expect([passes, grown, reads]).toEqual([100_000, 0, 'own']);
  });

  it('are lost where the process may have no more, and that is told', () => {
    const told = runChild<[number, boolean, number][]>(
      `
      ${PAIR}
      const file = fs.openSync('/dev/null', 'r');
      const told = [];
      const full = [];
      const sender = loop.stream(ours, {}, {});
      loop.stream(its, {}, {
        data(socket, chunk, fds) {
          told.push([fds.length > 0, fds.truncated, chunk.length]);
          if (told.length === 1) sender.write('many', { fds: Array(100).fill(file) });
          if (told.length === 2) {
            // The message's own are closed by then.
            loop.setImmediate(() => {
              for (let fd = raw.dup(file); fd >= 0; fd = raw.dup(file)) full.push(fd);
              sender.end(sender.write('none', { fds: [file] }) ? '' : 'not sent');
            });
          }
        },
        close() {
          for (const fd of full) raw.close(fd);
          report(told);
        },
      });
      sender.write('few', { fds: Array(3).fill(file) });
      setImmediate(() => loop.run());`,
      { maxDescriptors: 96 },
    );
    expect(told).toEqual([
      [true, false, 3],
      [true, true, 4],
      [false, true, 4],
    ]);
  });

  // 20 peers at once, eight each, where there is room for about a hundred. Without kPassedAtOnce
  // (native/stream/unix_read.h) those who are read last lose theirs.
  it('by many at once are received a few at a time, and nobody loses his by others', () => {
    const [came, truncated] = runChild<[number, number]>(
      `
      const loop = new EventLoop();
      const file = fs.openSync('/dev/null', 'r');
      let came = 0;
      let truncated = 0;
      for (let i = 0; i < 20; i++) {
        const [ours, its] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK, 0);
        loop.stream(its, {}, {
          data(socket, chunk, fds) {
            came += fds.length;
            if (fds.truncated) truncated++;
            socket.destroy();
          },
        });
        loop.stream(ours, {}, {}).write('x', { fds: Array(8).fill(file) });
      }
      setImmediate(() => {
        loop.run();
        report([came, truncated]);
      });`,
      { maxDescriptors: 176 },
    );
    expect([came, truncated]).toEqual([160, 0]);
  });

  const late = deviates(usedBackend, 'closesLate');
  it.skipIf(late)(
    'or wait to be, hold up no end of the process, nor of a Worker',
    { timeout: 30_000 },
    () => {
      const worker = `
      const { EventLoop } = require(DIST + '/index.cjs');
      const raw = require(DIST + '/raw.cjs');
      const c = raw.constants;
      ${PAIR}
      const [reader] = raw.pipe2();
      const sender = loop.stream(ours, {}, {});
      const receiver = loop.stream(its, {}, { data(_, chunk, fds) { raw.dup(reader); process.exit(); } });
      receiver.pause();
      while (sender.bufferedBytes === 0) sender.write(new Uint8Array(65536), { fds: [reader] });
      for (let i = 0; i < 50; i++) sender.write('x', { fds: [reader, reader] });
      receiver.resume();
      setImmediate(() => loop.run());`;
      const left = runChild<number[]>(
        `
      const { once } = require('node:events');
      const code = 'const DIST = ' + JSON.stringify(DIST) + ';' + ${JSON.stringify(worker)};
      (async () => {
        const counts = [];
        for (let i = 0; i < 3; i++) {
          await once(new Worker(code, { eval: true }), 'exit');
          counts.push(countDescriptors());
        }
        report(counts.map((count) => count - counts[0]));
        // The same in the process itself, whose end takes all with it.
        new Function('require', 'process', code)(require, process);
      })();`,
      );
      expect(left).toEqual([0, 0, 0]);
    },
  );
});
