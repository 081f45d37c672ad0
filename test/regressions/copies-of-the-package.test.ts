// Test runners load a package anew for each file, or each test: copies of which nothing
// is left but what they hold of the process. Each gives back its descriptors and its
// listeners when it is collected, whether its loops were closed or not.
//
// When the registry of collected loops is collected with its copy, "owned" leaves two
// descriptors a copy; when the module keeps its default loop, "guest" does.
import { expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const COPIES = 20;

const USES: Record<string, string> = {
  'the default loop': `defaultLoop().setTimeout(() => {}, 1);`,
  'an owned loop that a callback threw out of': `
    const loop = new EventLoop();
    loop.setTimeout(() => {}, 1e6);
    loop.setTimeout(() => { throw new Error('on purpose'); }, 0);
    assert.throws(() => loop.run());`,
  'a loop with a server and connections': `
    const loop = new EventLoop();
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, {});
    loop.connect({ port: server.address.port, host: '127.0.0.1' }, {});
    loop.run('nowait');`,
  'an attached loop that is closed': `
    new EventLoop().attach().close();`,
};

it.each(Object.keys(USES))('copies that used %s leave nothing', (use) => {
  const told = runChild<{ made: boolean; left: number; listeners: number; warnings: string[] }>(
    `const warnings = [];
    process.on('warning', ({ message }) => warnings.push(message));
    const listeners = () => process.eventNames().map((name) => process.listenerCount(name))
      .reduce((sum, count) => sum + count, 0);
    const forget = () => {
      module.children.length = 0;
      for (const key of Object.keys(require.cache)) delete require.cache[key];
    };
    const copy = () => {
      forget();
      const { EventLoop, defaultLoop } = require(DIST + '/index.cjs');
      ${USES[use]}
    };
    copy();
    const before = { descriptors: countDescriptors(), listeners: listeners() };
    for (let i = 0; i < ${COPIES}; i++) copy();
    forget();
    const made = countDescriptors() > before.descriptors;
    let looks = 0;
    const look = () => {
      gc();
      const left = countDescriptors() - before.descriptors;
      const isLeft = left > 0 || listeners() > before.listeners;
      if (isLeft && ++looks < 500) setTimeout(look, 10);
      else report({ made, left, listeners: listeners() - before.listeners, warnings });
    };
    setTimeout(look, 10);`,
    { flags: ['--expose-gc'], env: { NODE_NO_WARNINGS: '1' } },
  );
  const closed = use.endsWith('closed');
  expect(told).toMatchObject({ made: !closed, listeners: 0, warnings: [] });
  expect(told.left).toBeLessThanOrEqual(0);
});
