// Trap 1: an event that a wait had found already reaches whoever has the descriptor's
// number, and the loop's slot, by the time it is dispatched.
//
// Without the comparison of generations in `dispatch` (lib/loop/poll-phase.ts): the new
// watcher is called for what the old one was ready for. Without the one in ReadAll
// (native/stream/batch.cc): the bytes of a new connection are read for the old one, and lost.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Watcher } from '../../lib/watch/watcher.js';
import { serve } from '../stream/support.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('a watcher of a reused number is not told what the one before it was', async () => {
    const [first, second] = [opened.pipe(), opened.pipe()];
    let told = 0;
    let reused: Watcher | undefined;
    const watchers: Watcher[] = [];
    for (const [index, [readEnd]] of [first, second].entries()) {
      const watcher = test.loop.watch(readEnd, { read: true }, (_, self) => {
        self.close();
        if (reused !== undefined) return;
        // The other one is ready as well, in this batch. It goes, a new one comes.
        const [otherRead, otherWrite] = index === 0 ? second : first;
        watchers[1 - index]?.close();
        opened.close(otherRead, otherWrite);
        const again = opened.pipe();
        expect(again).toContain(otherRead);
        reused = test.loop.watch(again[0], { read: true }, () => told++);
        // From here: a timer that was started before may be due before anything is ready.
        test.loop.setTimeout(() => reused?.close(), 10);
      });
      watchers.push(watcher);
    }
    put(first[1]);
    put(second[1]);
    await drive(test.loop, mode);
    expect(reused?.isClosed).toBe(true);
    expect(told).toBe(0);
  });
});

it('a connection that takes the slot of another one within the batch keeps its bytes', async () => {
  // Room for one read: the next stream is read after the handler of the first.
  const loop = new EventLoop({ slabBytes: 65536 });
  const texts: string[] = [];
  const sockets: Socket[] = [];
  const { server, port } = serve(loop, {
    open: (socket) => sockets.push(socket),
    data(socket, chunk) {
      texts.push(Buffer.from(chunk).toString());
      if (socket === sockets[0]) sockets[1]?.destroy();
      if (texts.length === 2) server.destroy();
    },
  });
  const connect = () => {
    const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
    raw.check(raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port }), 'connect');
    return fd;
  };
  const [first, second] = [connect(), connect()];
  await run(loop, 'once');
  expect(sockets.length).toBe(2);
  // Nothing is ready any more: what becomes so is found in this order.
  await run(loop, 'nowait');
  // The first destroys the second, the new one takes its slot.
  put(first, 'from the first');
  put(connect(), 'from the new one');
  put(second, 'never seen');
  loop.setTimeout(() => server.destroy(), 10_000).unref();
  await run(loop);
  loop.close();
  expect(texts).toEqual(['from the first', 'from the new one']);
});
