// Trap 40: a listener that somebody else put on a signal calls stopImmediatePropagation, and
// the handle that was to close lives on.
//
// With addEventListener in the place of addAbortListener, in lib/base/abort.ts: nothing
// below is closed or rejected.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { IpAddress } from '../../lib/raw/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

/** A controller whose signal tells nobody but the first. */
function silenced(): AbortController {
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  return controller;
}

describe('an abort whose event another listener stops ends', () => {
  it('a watcher and a server', async () => {
    const controller = silenced();
    const { signal } = controller;
    const watcher = test.loop.watch(opened.eventfd(), { read: true, signal }, () => {});
    const server = test.loop.listen({ host: '127.0.0.1', port: 0, signal }, {});
    controller.abort();
    expect([watcher.isClosed, server.isClosed]).toEqual([true, true]);
    await drive(test.loop);
  });

  it('a socket', async () => {
    const controller = silenced();
    const server = test.loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref();
    const { port } = server.address as IpAddress;
    const ends: unknown[] = [];
    const { signal } = controller;
    test.loop.connect(
      { port, signal },
      {
        open(socket) {
          controller.abort('enough');
          // Closed already, or the test would not end.
          socket.destroy();
        },
        close: (_, error) => ends.push(error),
      },
    );
    await drive(test.loop);
    expect(ends).toMatchObject([{ name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' }]);
  });

  it('a request', async () => {
    const loop = new EventLoop({ poolSize: 1 });
    const controller = silenced();
    const { signal } = controller;
    const request = loop.fs.stat('/', { signal });
    controller.abort();
    await expect(request).rejects.toMatchObject({ code: 'ABORT_ERR' });
    loop.close();
  });
});
