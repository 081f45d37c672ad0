// The word of a waker is shared memory in everybody's reach. What is written there must
// not keep a close from ending.
//
// Without the limit in WakerGuard::RetireWord: close spins for ever, and the child is
// killed.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';

describe.each(['eventfd', 'pipe'])('with an %s', (waker) => {
  it.each([2, 3, -1, -2, 2 ** 31 - 1, -(2 ** 31)])('close ends although the word is %d', (word) => {
    const result = runChild(
      `
      const loop = new EventLoop();
      loop.waker.state[0] = ${word};
      loop.close();
      const other = new EventLoop();
      other.setTimeout(() => report('ended'), 1);
      setImmediate(() => { other.run(); other.close(); });
    `,
      { env: { RAWLOOP_WAKER: waker } },
    );
    expect(result).toBe('ended');
  });
});

it('and so does the Worker whose loop it was', () => {
  const result = runChild(`
    const worker = new Worker(\`
      const { EventLoop } = require(\${JSON.stringify(DIST + '/index.cjs')});
      const loop = new EventLoop().attach();
      loop.waker.state[0] = 2;
      require('node:worker_threads').parentPort.postMessage('ready');
      setInterval(() => {}, 1000);
    \`, { eval: true });
    worker.on('message', () => worker.terminate().then(() => report('ended')));
  `);
  expect(result).toBe('ended');
});
