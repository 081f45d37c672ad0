// Trap 4: an epoll_ctl that fails in a way that nobody thought of takes the whole loop
// down, or the process.
//
// Without the catch in PollSet's reconcile: the error leaves run(), and the other
// socket's data is not heard of.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { recording } from '../stream/support.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('a descriptor that the poller refuses is told to that handle alone', async () => {
    const [listener, { port }] = opened.listening();
    const events: string[] = [];
    const pairs: [Socket, peer: number][] = [];
    for (const name of ['broken ', 'good ']) {
      const recorded = recording(events, name);
      const socket = test.loop.connect(
        { port },
        {
          ...recorded,
          close(closed, error) {
            recorded.close?.(closed, error);
            if (closed === broken) put(peer, 'still here');
          },
          open: () => test.loop.stop(),
          data(heard, chunk) {
            events.push(`${name}data ${Buffer.from(chunk).toString()}`);
            heard.destroy();
          },
        },
      );
      await run(test.loop);
      pairs.push([socket, opened.accept(listener, constant('SOCK_NONBLOCK'))]);
    }
    const [[broken], [, peer]] = pairs as [[Socket, number], [Socket, number]];
    test.loop.setImmediate(() => {
      broken.pause();
      // Behind its back; and nothing takes the number meanwhile.
      raw.close(broken.handleFd);
      test.loop.setImmediate(() => broken.resume());
    });
    await drive(test.loop, mode);
    expect(events).toEqual(['broken close EBADF', 'good data still here', 'good close']);
  });
});
