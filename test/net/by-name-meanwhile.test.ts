// What happens to a connection by name in between: it is closed when its addresses come, or as one
// of them is connected; it outlives what its attempts were given; an address is refused at once.
// Tried without its guard, each fails: without `socket.active` in by-name.ts the first, in race.ts
// the second; without `clearTimeout` in `tryNext`, or `connectingEnded`, the third; without the look
// at `result` in `#start` the fourth; without MAX_ADDRESSES the last.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { HostResolver } from '../../lib/net/by-name.js';
import * as raw from '../../lib/raw/index.js';
import { recording, serve } from '../stream/support.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

const telling = (...addresses: string[]): HostResolver => ({
  lookup: async () => addresses.map((address) => ({ address, family: 4 })),
});

/** A server of the loopback that counts who connects. */
function counting(): { port: number; accepted: () => number } {
  let count = 0;
  const { server, port } = serve(test.loop, { open: () => void count++ });
  server.unref();
  return { port, accepted: () => count };
}

describe.each(DRIVE_MODES)('connecting by name (%s)', (mode) => {
  it('tries nothing when it was closed before its addresses came', async () => {
    const { port, accepted } = counting();
    let tell = (_: { address: string; family: number }[]) => {};
    const resolver: HostResolver = {
      lookup: () =>
        new Promise((resolve) => {
          tell = resolve;
        }),
    };
    const events: string[] = [];
    const socket = test.loop.connect({ host: 'x.test', port, resolver }, recording(events));
    socket.destroy();
    test.loop.setTimeout(() => tell([{ address: '127.0.0.1', family: 4 }]), 5);
    test.loop.setTimeout(() => {}, 30);
    await drive(test.loop, mode);
    expect([events, accepted()]).toEqual([['close'], 0]);
  });

  it('is not open any more when it is closed as an address is connected', async () => {
    const { port } = counting();
    const bell = opened.eventfd();
    const one = new Uint8Array(8).fill(1, 0, 1);
    const before = countDescriptors();
    const events: string[] = [];
    const resolver: HostResolver = {
      lookup: async () => {
        // Heard in the same turn as the connection, and before it.
        raw.write(bell, one);
        return [{ address: '127.0.0.1', family: 4 }];
      },
    };
    const watcher = test.loop.watch(bell, { read: true }, () => {
      socket.destroy();
      watcher.close();
    });
    const socket = test.loop.connect({ host: 'x.test', port, resolver }, recording(events));
    test.loop.setTimeout(() => {}, 20);
    await drive(test.loop, mode);
    expect(events).toEqual(['close']);
    expect(countDescriptors()).toBe(before);
  });

  it('stays open when the times are over that its attempts had', async () => {
    // The times are over as soon as it is open, and not before, however busy the machine is.
    let passedMs = 0;
    const loop = new EventLoop({}, { clock: () => performance.now() + passedMs });
    const { server, port } = serve(loop, {});
    server.unref();
    const resolver = telling('127.0.0.2', '127.0.0.3', '127.0.0.1');
    const events: string[] = [];
    const recorded = recording(events);
    const times = { attemptDelayMs: 10_000, timeoutMs: 60_000 };
    loop.connect(
      { host: 'x.test', port, resolver, ...times },
      {
        ...recorded,
        open(socket) {
          recorded.open?.(socket);
          passedMs = 100_000;
          // Behind the timers of the next turn.
          loop.setImmediate(() => loop.setImmediate(() => socket.end()));
        },
      },
    );
    await drive(loop, mode);
    loop.close();
    expect(events).toEqual(['open', 'end', 'close']);
  });

  it('goes on with the next address when the kernel refuses one at once', async () => {
    const { port, accepted } = counting();
    // TCP has no broadcast: no packet is sent.
    const resolver = telling('255.255.255.255', '127.0.0.1');
    const options = { host: 'x.test', port, resolver, attemptDelayMs: 2 ** 31 - 1 };
    const events: string[] = [];
    const socket = test.loop.connect(options, {
      ...recording(events),
      open: (self) => {
        events.push(`open ${JSON.stringify(self.remoteAddress)}`);
        self.end();
      },
    });
    await drive(test.loop, mode);
    expect(socket.error).toBeUndefined();
    expect([events[0], accepted()]).toEqual([expect.stringContaining('"127.0.0.1"'), 1]);
  });

  it.skipIf(deviates(usedBackend, 'errorTaken'))('tries a few of very many addresses', async () => {
    const many = Array.from({ length: 200 }, (_, i) => `127.0.1.${i + 1}`);
    const socket = test.loop.connect({ host: 'x.test', port: 1, resolver: telling(...many) }, {});
    await drive(test.loop, mode);
    expect((socket.error as Error & { errors: Error[] }).errors).toHaveLength(32);
  });
});
