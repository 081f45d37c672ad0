// The host's ticks are run by a function that Node has deprecated in name: with
// --pending-deprecation what stands at that name warns, and with --throw-deprecation as
// well the warning is thrown.
//
// When that function itself is called, both programs die of DEP0134.
import { expect, it } from 'vitest';
import { endOfChild } from '../support/child.js';

const PROGRAM = `
  const said = [];
  process.on('exit', () => report(said));
  const use = (loop) => {
    loop.setTimeout(() => {
      said.push('timer');
      process.nextTick(() => said.push('tick'));
      Promise.resolve().then(() => said.push('microtask'));
      loop.setImmediate(() => said.push('immediate'));
    }, 1);
    loop.fs.stat('/').then(() => said.push('stat'));
    const signal = loop.onSignal('SIGUSR2', () => signal.close());
    process.kill(process.pid, 'SIGUSR2');
    const server = loop.listen({ port: 0, host: '127.0.0.1' }, { close: () => server.close() });
    loop.connect({ port: server.address.port, host: '127.0.0.1' }, { open: (k) => k.end('x') });
  };`;

it.each([
  ['guest', 'use(new EventLoop().attach());'],
  ['owned', 'setImmediate(() => { const loop = new EventLoop(); use(loop); loop.run(); });'],
])('a %s program runs where deprecations are pending and thrown', (_mode, start) => {
  const flags = ['--pending-deprecation', '--throw-deprecation'];
  const end = endOfChild(PROGRAM + start, { flags });
  expect(end.stderr).toBe('');
  const said = end.report as string[];
  expect(said.filter((word) => word !== 'stat')).toEqual([
    'timer',
    'tick',
    'microtask',
    'immediate',
  ]);
  expect([end.status, said.length]).toEqual([0, 5]);
});
