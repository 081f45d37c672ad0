// A Worker that ends in the middle of its datagrams: nothing is left open, the port and the
// path are free again, and what is left is answered by the next.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { temporaryFolder } from '../support/folder.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

const ENDS = {
  'is terminated': 'void 0',
  'calls process.exit': 'process.exit(0)',
  throws: "throw new Error('on purpose')",
};

// Its clients live in the host's loop.
const isHeld = deviates(usedBackend, 'notPollable');
it.skipIf(isHeld).each(Object.entries(ENDS))(
  'a Worker that %s takes its sockets along',
  (_how, end) => {
    const path = join(temporaryFolder(), 'worker');
    const result = runChild<{ leaked: number; answered: number[] }>(`
    const loop = rawloop.defaultLoop();
    const code = \`
      const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
      const { parentPort, workerData: { port, path } } = require('node:worker_threads');
      const loop = new EventLoop();
      let count = 0;
      const message = (socket, chunk, from) => {
        socket.send(chunk, from);
        if (++count > 500) { ${end}; }
      };
      loop.dgram({ host: '127.0.0.1', port }, { message });
      loop.dgram({ path }, { message });
      parentPort.postMessage('there');
      loop.run();
    \`;
    const path = ${JSON.stringify(path)};
    const probe = loop.dgram({ host: '127.0.0.1' }, {});
    const { port } = probe.address;
    probe.close();
    const answered = [];
    (async () => {
      await probe.closed;
      const before = countDescriptors();
      for (let round = 0; round < 3; round++) {
        const worker = new Worker(code, { eval: true, workerData: { port, path } });
        worker.on('error', () => {});
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        await new Promise((resolve) => worker.once('message', resolve));
        let count = 0;
        const handlers = {
          message: (socket) => { if (++count === 1000) worker.terminate(); socket.send('more'); },
        };
        const clients = [
          loop.dgram({ family: 'ipv4', to: { host: '127.0.0.1', port } }, handlers),
          loop.dgram({ path: path + round, to: { path } }, handlers),
        ];
        for (const client of clients) for (let i = 0; i < 5; i++) client.send('x');
        await ended;
        answered.push(count);
        for (const client of clients) { client.close(); await client.closed; }
      }
      report({ leaked: countDescriptors() - before, answered });
      process.exit(0);
    })();
  `);
    expect(result.leaked).toBe(0);
    for (const count of result.answered) expect(count).toBeGreaterThan(400);
  },
);
