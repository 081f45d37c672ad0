// AbortSignal in guest mode: the signal belongs to the host, what it ends to the loop.
import { describe, expect, it } from 'vitest';
import { HOSTS, sayingsOf } from './support.js';

/** What takes a signal: an expression, and what is said when it is aborted. */
const KINDS = {
  'a server': [
    "loop.listen({ port: 0, signal }, { close: () => say('a connection closed') })",
    'closed true',
  ],
  'a socket': [
    "loop.connect({ port: server.address.port, signal }, { close: (s, e) => say(e.code + ' ' + e.cause.name) })",
    'ABORT_ERR AbortError,closed true',
  ],
  'a watcher': [
    "loop.watch(eventfd(0), { read: true, signal }, () => say('called'))",
    'closed true',
  ],
} as const;

const PRELUDE = `
  const loop = new EventLoop().attach();
  const server = new EventLoop().attach().listen({ port: 0 }, {}).unref();
  const controller = new AbortController();
  const { signal } = controller;
  /** Settles behind the close callback. */
  const ended = (handle) => handle.closed.catch(() => {});
`;

describe.each(HOSTS)('with the loop attached by %s', (host) => {
  it.each(Object.entries(KINDS))('%s ends when its signal aborts', async (_kind, [make, said]) => {
    const all = await sayingsOf(
      `${PRELUDE}
      const handle = ${make};
      setTimeout(() => {
        controller.abort();
        controller.abort();
        ended(handle).then(() => say('closed ' + handle.isClosed));
      }, 10);`,
      { host },
    );
    expect(all.join()).toBe(said);
  });

  it.each(Object.entries(KINDS))('%s ends by a timeout signal', async (_kind, [make, said]) => {
    const all = await sayingsOf(
      `${PRELUDE.replace('const { signal } = controller', 'const signal = AbortSignal.timeout(20)')}
      const handle = ${make};
      signal.addEventListener('abort', () => ended(handle).then(() => say('closed ' + handle.isClosed)));`,
      { host },
    );
    expect(all.join()).toBe(said.replace('AbortError', 'TimeoutError'));
  });

  it.each(Object.entries(KINDS))(
    '%s is not made when its signal aborted before',
    async (_kind, [make]) => {
      const all = await sayingsOf(
        `${PRELUDE}
      const before = openDescriptors();
      controller.abort();
      const fd = eventfd(0);
      try { ${make.replace('eventfd(0)', 'fd')}; } catch (error) { say(error.code); }
      say('opened ' + (openDescriptors() - before - 1));`,
        { host },
      );
      expect(all).toEqual(['ABORT_ERR', 'opened 0']);
    },
  );

  it.each(Object.entries(KINDS))(
    '%s that is closed minds its signal no more',
    async (_kind, [make]) => {
      const all = await sayingsOf(
        `${PRELUDE}
      const { getEventListeners } = require('node:events');
      const handle = ${make.replace(/close: .* }\)$/, '})')};
      handle.close();
      ended(handle).then(() => {
        say('listeners ' + getEventListeners(signal, 'abort').length);
        controller.abort();
        setTimeout(() => say('quiet'), 5);
      });`,
        { host },
      );
      expect(all).toEqual(['listeners 0', 'quiet']);
    },
  );

  it('one signal ends a hundred sockets and their server', async () => {
    const all = await sayingsOf(
      `const loop = new EventLoop().attach();
      const controller = new AbortController();
      const { signal } = controller;
      const before = openDescriptors();
      let open = 0;
      let closed = 0;
      const server = loop.listen({ port: 0, signal }, { close: () => closed++ });
      const handlers = {
        open: () => open++,
        close: () => closed++,
      };
      for (let i = 0; i < 100; i++) loop.connect({ port: server.address.port, signal }, handlers);
      until(() => open === 100 && server.connections === 100).then(() => controller.abort());
      until(() => closed === 200).then(() => say('left ' + (openDescriptors() - before)));`,
      { host },
    );
    expect(all).toEqual(['left 0']);
  });

  it('an abort in a callback of the loop ends things of that very batch', async () => {
    const all = await sayingsOf(
      `const loop = new EventLoop().attach();
      const controller = new AbortController();
      let calls = 0;
      for (let i = 0; i < 10; i++) {
        loop.watch(eventfd(1), { read: true, signal: controller.signal }, () => {
          calls++;
          controller.abort();
        });
      }
      process.on('exit', () => say('calls ' + calls));`,
      { host },
    );
    expect(all).toEqual(['calls 1']);
  });
});
