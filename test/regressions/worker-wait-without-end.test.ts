// A Worker is terminated while its loop waits: only that the loop also waits for its host
// ends the wait. When the poller refused that for good nobody was told, and `terminate`
// never came back.
//
// With an empty `onFailed` in lib/loop/host-watch.ts the Worker waits for ever.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { temporaryFolder } from '../support/folder.js';

const preload = compiled('refuse-preload.c');

it.runIf(process.platform === 'linux')(
  'a run in a Worker that could not be ended throws why; the next one is as any',
  () => {
    const orders = join(temporaryFolder(), 'orders');
    writeFileSync(orders, new Uint8Array(12));
    const result = runChild(
      `
      const worker = new Worker(\`
        const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
        const raw = require(\${JSON.stringify(DIST + '/raw.cjs')});
        const { parentPort, workerData } = require('node:worker_threads');
        const loop = new EventLoop();
        loop.watch(raw.eventfd(0), { read: true }, () => {});
        // Known to the poller before the rest is refused.
        loop.run('nowait');
        const { EPERM, EPOLL_CTL_ADD } = raw.constants;
        require('node:fs').writeFileSync(workerData,
          new Uint8Array(new Int32Array([EPERM, EPOLL_CTL_ADD, 1]).buffer), { flag: 'r+' });
        try { loop.run(); } catch (error) { parentPort.postMessage(error.code + ' ' + error.syscall); }
        loop.setImmediate(() => parentPort.postMessage('ready'));
        loop.run();
      \`, { eval: true, workerData: ${JSON.stringify(orders)} });
      const told = [];
      worker.on('message', (message) => {
        told.push(message);
        if (message === 'ready') worker.terminate().then(() => report(told));
      });
    `,
      { env: { LD_PRELOAD: preload, RAWLOOP_REFUSE: orders } },
    );
    expect(result).toEqual(['EPERM epoll_ctl', 'ready']);
  },
);
