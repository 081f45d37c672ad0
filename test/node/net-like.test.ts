// What a SocketDuplex has of a net.Socket, as http, tls and clients ask for it.
// Tried without its guard: without `touch` in `data` the one of setTimeout is told too early; with
// `open` in place of `active` in setKeepAlive that of a connection on its way is lost.
import { describe, expect, it } from 'vitest';
import { toDuplex } from '../../lib/node/index.js';
import { constants } from '../../lib/raw/constants.js';
import { serve } from '../stream/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { withPair } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

describe.each(DRIVE_MODES)('as a net.Socket (%s)', (mode) => {
  it('has addresses of both ends, also when it is closed', async () => {
    let told: unknown;
    let port = 0;
    withPair(test.loop, (mine, theirs) => {
      port = (theirs.address as { port: number }).port;
      const ask = () => [mine.remoteAddress, mine.remotePort, mine.remoteFamily, mine.localFamily];
      ask();
      expect(mine.address()).toMatchObject({ address: '127.0.0.1', port: mine.localPort });
      mine.on('close', () => (told = [ask(), mine.localAddress, mine.readyState])).destroy();
    });
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(told).toEqual([['127.0.0.1', port, 'IPv4', 'IPv4'], '127.0.0.1', 'closed']);
  });

  it('of a Unix socket has none, and takes what TCP alone has', async () => {
    const [mine] = opened.pair();
    const duplex = toDuplex(test.loop.stream(mine));
    duplex.setNoDelay().setKeepAlive(true, 5000).ref().unref();
    expect([duplex.remoteAddress, duplex.localPort, duplex.address()]).toEqual([
      undefined,
      undefined,
      {},
    ]);
    duplex.destroy();
    await drive(test.loop, mode);
  });

  it('setNoDelay and setKeepAlive reach the kernel', async () => {
    const told: unknown[] = [];
    withPair(test.loop, (mine) => {
      const { options } = mine.source;
      const ask = () => [options.TCP_NODELAY, options.SO_KEEPALIVE];
      told.push(ask());
      mine.setNoDelay(false).setKeepAlive(true, 42_000);
      told.push(ask(), options.TCP_KEEPIDLE);
      mine.setNoDelay().setKeepAlive(false).destroy();
    });
    await drive(test.loop, mode);
    const idle = constants['TCP_KEEPIDLE'] === undefined ? expect.anything() : 42;
    expect(told).toEqual([[true, false], [false, true], idle]);
  });

  it('what is set before it is connected is set then', async () => {
    const told: unknown[] = [];
    const { server, port } = serve(test.loop, { open: () => server.close() });
    // The name is looked up first: there is no socket yet.
    const duplex = toDuplex(test.loop.connect({ host: 'localhost', port }));
    expect([duplex.pending, duplex.connecting]).toEqual([true, true]);
    duplex.setNoDelay(false).setKeepAlive(true);
    duplex.on('connect', () => {
      const { options } = duplex.source;
      told.push(duplex.pending, options.TCP_NODELAY, options.SO_KEEPALIVE);
      duplex.destroy();
    });
    await drive(test.loop, mode);
    expect(told).toEqual([false, false, true]);
    expect(duplex.pending).toBe(true);
  });

  it('setTimeout tells that nothing has moved for so long, and closes nothing', async () => {
    const quietMs: number[] = [];
    let movedMs = 0;
    withPair(test.loop, (mine, theirs) => {
      const moved = () => {
        movedMs = test.loop.now();
      };
      moved();
      mine.on('data', moved);
      let left = 10;
      const chatting = test.loop.setInterval(() => {
        if (left-- > 0) theirs.write('x');
        else test.loop.clearInterval(chatting);
      }, 3);
      mine.setTimeout(19.5).on('timeout', () => {
        quietMs.push(test.loop.now() - movedMs);
        if (quietMs.length === 1) mine.write('y', moved);
        if (left < 0 && quietMs.length > 1) mine.destroy();
      });
      expect(mine.timeout).toBe(19.5);
    });
    await drive(test.loop, mode);
    // It is told anew each time that something has moved in between.
    expect(quietMs.length).toBeGreaterThan(1);
    expect(quietMs.filter((ms) => ms < 19.5)).toEqual([]);
  });

  it('setTimeout(0) takes it off, and no timer is left behind', async () => {
    const calls: string[] = [];
    withPair(test.loop, (mine) => {
      const call = () => calls.push('timeout');
      mine.setTimeout(1, call).setTimeout(0, call);
      expect([mine.timeout, mine.listenerCount('timeout')]).toEqual([0, 0]);
      test.loop.setTimeout(() => mine.setTimeout(1e6).destroy(), 5);
    });
    await drive(test.loop, mode);
    expect(calls).toEqual([]);
    expect(test.loop.alive).toBe(false);
  });

  it('resetAndDestroy tells the peer by a reset', async () => {
    const codes: unknown[] = [];
    withPair(
      test.loop,
      (mine) => mine.resetAndDestroy(),
      {},
      { close: (_: unknown, error?: { code: string }) => codes.push(error?.code) },
    );
    await drive(test.loop, mode);
    expect(codes).toEqual(['ECONNRESET']);
  });

  it('unref lets the loop end', async () => {
    const [mine] = opened.pair();
    const duplex = toDuplex(test.loop.stream(mine)).unref();
    await drive(test.loop, mode);
    expect(duplex.destroyed).toBe(false);
    expect(() => duplex.setTimeout(-1)).toThrow(RangeError);
    expect(() => duplex.setTimeout(1, 1 as never)).toThrow(TypeError);
  });
});
