// Trap 6: hangup and error are reported whatever is asked for, even nothing. A handle
// that has no use for them, a paused one, makes the loop spin.
//
// With a level instead of an edge in `updateInterest` (lib/stream/output.ts), or
// without the removal in PollSet's register of a watcher that wants nothing: the poller
// stays ready and every wait returns at once.
import { expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { isReadable } from '../poller/support.js';
import { recording } from '../stream/support.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

it.skipIf(deviates(usedBackend, 'errorTaken'))(
  'a paused socket whose peer resets tells it, and leaves the loop at rest',
  async () => {
    const [listener, { port }] = opened.listening();
    const events: string[] = [];
    const socket = test.loop.connect(
      { port },
      { ...recording(events), open: () => test.loop.stop() },
    );
    await run(test.loop);
    const peer = opened.accept(listener);
    socket.pause();
    raw.setsockopt(peer, constant('SOL_SOCKET'), constant('SO_LINGER'), new Int32Array([1, 0]));
    opened.close(peer);
    while (!socket.isClosed) await run(test.loop, 'nowait');
    for (let i = 0; i < 3; i++) await run(test.loop, 'nowait');
    expect(isReadable(test.loop.poller.fd)).toBe(false);
    expect(events).toEqual(['close ECONNRESET']);
    expect(socket.resume().isClosed).toBe(true);
  },
);

it('a socket that is done with reading, but not with writing, leaves the loop at rest', async () => {
  const [listener, { port }] = opened.listening();
  const events: string[] = [];
  const socket = test.loop.connect(
    { port, allowHalfOpen: true },
    { ...recording(events), open: () => test.loop.stop() },
  );
  await run(test.loop);
  const peer = opened.accept(listener);
  raw.shutdown(peer, constant('SHUT_WR'));
  await run(test.loop, 'once');
  opened.close(peer);
  for (let i = 0; i < 3; i++) await run(test.loop, 'nowait');
  expect(events).toEqual(['end']);
  expect(isReadable(test.loop.poller.fd)).toBe(false);
  socket.destroy();
  await run(test.loop);
});

it('a watcher of nothing leaves the loop at rest, and hears of the hangup later', async () => {
  const [readEnd, writeEnd] = opened.pipe();
  const told: boolean[] = [];
  const watcher = test.loop.watch(readEnd, { read: true }, ({ hangup }, self) => {
    told.push(hangup);
    self.close();
  });
  watcher.modify({});
  put(writeEnd);
  opened.close(writeEnd);
  await run(test.loop, 'nowait');
  expect(isReadable(test.loop.poller.fd)).toBe(false);
  watcher.modify({ read: true });
  await run(test.loop);
  expect(told).toEqual([true]);
});
