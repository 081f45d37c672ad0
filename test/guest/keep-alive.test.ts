// A referenced handle, timer or request keeps the process alive, and nothing else
// does: each kind alone, in a process that has nothing else to do.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

/** An expression each: something that waits in `loop` for ever, or for long. */
const KINDS = {
  'a timer': 'loop.setTimeout(() => {}, 1e9)',
  'an interval': 'loop.setInterval(() => {}, 1e9)',
  'a watcher': 'loop.watch(eventfd(0), { read: true }, () => {})',
  'a watcher that is paused': 'loop.watch(eventfd(0), { read: true }, () => {}).modify({})',
  'a server': 'loop.listen({ port: 0 }, {})',
  'a connected socket': 'connected()',
  'a paused socket': 'connected().pause()',
  'a signal': "loop.onSignal('SIGUSR2', () => {}).ref()",
};

const SCRIPT = `
  const loop = new EventLoop().attach();
  const connected = () => {
    // The other end is another loop's, and does not count.
    const other = new EventLoop().attach();
    const server = other.listen({ port: 0 }, { open(socket) { socket.unref(); } }).unref();
    return loop.connect({ port: server.address.port }, {});
  };
`;

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it.each(Object.entries(KINDS))('%s alone keeps the process alive', async (_kind, expression) => {
    // A timer of the host that does not count itself: it fires only if the process lives.
    const said = await sayingsOf(
      `${SCRIPT}
      const handle = ${expression};
      setTimeout(() => { say('alive'); handle.close(); }, 150).unref();
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toEqual(['alive', 'exit']);
  });

  it.each(Object.entries(KINDS))(
    '%s that is not referenced does not',
    async (_kind, expression) => {
      const said = await sayingsOf(
        `${SCRIPT}
      const handle = ${expression};
      handle.unref();
      setTimeout(() => say('alive'), 30000).unref();
      process.on('exit', () => say('exit ' + handle.active));`,
        { host },
      );
      expect(said).toEqual(['exit true']);
    },
  );

  it.each(Object.entries(KINDS))('%s that is referenced again does', async (_kind, expression) => {
    const said = await sayingsOf(
      `${SCRIPT}
      const handle = ${expression};
      handle.unref();
      handle.ref();
      setTimeout(() => { say('alive'); handle.unref(); }, 150).unref();
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toEqual(['alive', 'exit']);
  });

  it.each(Object.entries(KINDS))(
    '%s in a loop that is detached does not',
    async (_kind, expression) => {
      const said = await sayingsOf(
        `${SCRIPT}
      ${expression};
      loop.detach();
      setTimeout(() => say('alive'), 30000).unref();
      process.on('exit', () => say('exit ' + loop.alive));`,
        { host },
      );
      expect(said).toEqual(['exit true']);
    },
  );

  it('a loop with nothing in it does not', async () => {
    const said = await sayingsOf(
      `new EventLoop().attach();
      setTimeout(() => say('alive'), 30000).unref();
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toEqual(['exit']);
  });

  it.each([
    ['a timer', 'loop.setTimeout(done, 20)'],
    ['an immediate', 'loop.setImmediate(done)'],
    ['a nextTick callback', 'loop.nextTick(done)'],
    ['a close callback', 'loop.connect({ port: 9 }, { close: done }).destroy()'],
    [
      'a readable descriptor',
      'loop.watch(eventfd(1), { read: true }, (r, w) => { w.close(); done(); })',
    ],
    ['a request', "loop.fs.stat('/').then(done)"],
    ['a connection that is refused', 'loop.connect({ port: 1 }, { close: done })'],
  ])('%s alone is served before the process ends', async (_kind, expression) => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      const done = () => say('served');
      ${expression};
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toEqual(['served', 'exit']);
  });

  it.each([
    ['a timer', 'loop.setTimeout(done, 1e6).unref()'],
    ['an interval of no delay', 'loop.setInterval(done, 0).unref()'],
    ['a readable descriptor', 'loop.watch(eventfd(1), { read: true }, () => {}).unref()'],
  ])(
    '%s that is not referenced lets the process end, and does no harm',
    async (_kind, expression) => {
      const said = await sayingsOf(
        `const loop = new EventLoop().attach();
      const done = () => {};
      ${expression};
      process.on('exit', () => say('exit'));`,
        { host },
      );
      expect(said).toEqual(['exit']);
    },
  );

  it('what is not referenced is served while the host lives for other reasons', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      const got = new Set();
      loop.setTimeout(() => got.add('timer'), 1).unref();
      loop.setImmediate(() => got.add('immediate')).unref();
      loop.watch(eventfd(1), { read: true }, (r, w) => { w.close(); got.add('watcher'); }).unref();
      until(() => got.size === 3).then(() => say('all'));`,
      { host },
    );
    expect(said).toEqual(['all']);
  });

  it('references may change in callbacks: the last one to go ends the process', async () => {
    const said = await sayingsOf(
      `const loop = new EventLoop().attach();
      let calls = 0;
      const interval = loop.setInterval(() => {
        say('call ' + ++calls);
        if (calls === 1) loop.setTimeout(() => { say('ref'); interval.ref(); }, 5);
        if (calls === 1) interval.unref();
        if (calls > 30) interval.close();
      }, 1);
      process.on('exit', () => say('exit'));`,
      { host },
    );
    expect(said).toContain('ref');
    expect(said.slice(-2)).toEqual(['call 31', 'exit']);
  });
});
