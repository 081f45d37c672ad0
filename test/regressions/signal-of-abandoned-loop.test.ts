// A loop that nothing can reach any more gives its signals back: the process dies of them
// again. So does one that never ran, that was left by a throw, or attached and detached.
// Without `holdings.add` in SignalHub the watches of our own handler stay for ever, as the
// host's listener leads to them: all of these live on. (By libuv the finalizer is enough.)
import { describe, expect, it } from 'vitest';
import { endOfChild } from '../support/child.js';

const USES = {
  'that never ran': `loop.onSignal('SIGTERM', () => {});`,
  'that was left by a throw': `
    loop.onSignal('SIGTERM', () => {}).ref();
    loop.setTimeout(() => { throw 1; }, 1);
    try { loop.run(); } catch {}`,
  'attached and detached': `
    loop.attach();
    loop.onSignal('SIGTERM', () => {});
    loop.onSignal('SIGTERM', () => {});
    loop.onSignal('SIGHUP', () => {});
    loop.detach();`,
};

describe.each(['libuv', 'handler'])('told by %s', (dispatcher) => {
  it.each(Object.entries(USES))('a loop %s gives its signals back', (_, use) => {
    const end = endOfChild(
      `const listeners = process.listenerCount('SIGTERM');
      const before = countDescriptors();
      (() => { const loop = new EventLoop(); ${use} })();
      let left = 500;
      const look = () => {
        gc();
        const isLeft = countDescriptors() > before || process.listenerCount('SIGTERM') > listeners;
        if (isLeft && --left > 0) return setTimeout(look, 10);
        report([countDescriptors() - before, process.listenerCount('SIGTERM') - listeners]);
        process.kill(process.pid, 'SIGTERM');
        setTimeout(() => {}, 10000);
      };
      setTimeout(look, 10);`,
      { flags: ['--expose-gc'], env: { RAWLOOP_SIGNALS: dispatcher } },
    );
    expect(end).toMatchObject({ report: [0, 0], signal: 'SIGTERM', stderr: '' });
  });
});
