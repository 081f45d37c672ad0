// What ends a relay: an error or a reset of one side, the program, a limit, the loop; and that
// nothing is left behind by then, least of all the descriptors of a pipe that was not empty.
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { fill, newSeed, put, randomFrom, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop, patientClock, run } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';
import { CASES, codeOf, endOf, fourOf, joinBy, Peer, resetNow, WAYS } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(CASES)('a relay that moves bytes by %s, %s', (way, mode) => {
  it.skipIf(deviates(usedBackend, 'errorTaken')).each(['near', 'far'] as const)(
    'resets the other side when one is reset: %s',
    async (which) => {
      const closed: string[] = [];
      const close = (_: unknown, error?: Error) => closed.push(codeOf(error));
      const { near, a, b, far } = fourOf(test.loop, opened, 'tcp', { a: { close }, b: { close } });
      const relay = joinBy(way, a, b);
      const [one, other] = which === 'near' ? [near, far] : [far, near];
      const peer = new Peer(test.loop, other);
      test.loop.setTimeout(() => resetNow(opened, one), 2);
      const ended = endOf(relay);
      await drive(test.loop, mode);
      expect(peer.events).toEqual(['close ECONNRESET']);
      expect(closed).toEqual(['ECONNRESET', 'ECONNRESET']);
      expect([await ended, codeOf(relay.error)]).toEqual(['ECONNRESET', 'ECONNRESET']);
    },
  );

  it('closes the side that is there when the other cannot connect', async () => {
    const [listener, { port }] = opened.listening();
    opened.close(listener);
    const codes: string[] = [];
    const { server, port: front } = serve(test.loop, {
      open(socket) {
        const to = test.loop.connect({ port });
        void endOf(joinBy(way, socket, to)).then((code) => codes.push(code));
        server.close();
      },
      close: (_, error) => void codes.push(codeOf(error)),
    });
    const client = test.loop.connect(
      { port: front },
      { open: (socket) => void socket.write('x'), close: (_, error) => codes.push(codeOf(error)) },
    );
    await drive(test.loop, mode);
    expect(codes.sort()).toEqual(['ECONNREFUSED', 'ECONNREFUSED', 'ECONNRESET']);
    expect(client.active).toBe(false);
  });

  it.each(['destroy', 'close', 'dispose'] as const)('is closed by %s', async (how) => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const relay = joinBy(way, a, b);
    fill(near);
    test.loop.setTimeout(() => {
      if (how === 'dispose') relay[Symbol.dispose]();
      else relay[how]();
      relay.destroy();
    }, 2);
    await drive(test.loop, mode);
    expect([a.active, b.active, await endOf(relay)]).toEqual([false, false, '']);
    take(far);
    expect(raw.read(far, new Uint8Array(1))).toBe(0);
  });

  it('closes the other when the program closes one', async () => {
    const { a, b, far } = fourOf(test.loop, opened, 'tcp');
    const relay = joinBy(way, a, b);
    test.loop.setTimeout(() => a.destroy(), 1);
    await drive(test.loop, mode);
    expect([b.active, await endOf(relay)]).toEqual([false, '']);
    expect(raw.read(far, new Uint8Array(1))).toBe(0);
  });

  it('ends with the reason of the signal that aborts', async () => {
    const { a, b } = fourOf(test.loop, opened, 'unix');
    const abort = new AbortController();
    const relay = joinBy(way, a, b, { signal: abort.signal });
    test.loop.setTimeout(() => abort.abort(new Error('on purpose')), 1);
    await drive(test.loop, mode);
    expect(await endOf(relay)).toBe('ABORT_ERR');
    expect([a.error, b.error].map(codeOf)).toEqual(['ABORT_ERR', 'ABORT_ERR']);
    expect((relay.error as Error).cause).toMatchObject({ message: 'on purpose' });
  });

  it('ends when no byte has moved for idleTimeoutMs, in either direction', async () => {
    const loop = new EventLoop({}, { clock: patientClock(12) });
    const { near, a, b, far } = fourOf(loop, opened, 'tcp');
    const relay = joinBy(way, a, b, { idleTimeoutMs: 40 });
    let left = 8;
    const fromMs = loop.now();
    // One direction alone keeps both.
    const turn = loop.setInterval(() => {
      put(far);
      if (--left === 0) loop.clearInterval(turn);
    }, 10);
    await drive(loop, mode);
    expect(loop.now() - fromMs).toBeGreaterThanOrEqual(80 + 40 - 10);
    loop.close();
    expect(await endOf(relay)).toBe('ERR_IDLE_TIMEOUT');
    expect(relay.bytesBToA).toBe(8);
    expect(take(near).length).toBeLessThanOrEqual(8);
  });

  it('ends once maxBytes have passed, and passes no more', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const relay = joinBy(way, a, b, { maxBytes: 100_000 });
    const peer = new Peer(test.loop, far, { end: (stream) => stream.end() });
    put(far, 'x'.repeat(10));
    fill(near);
    await drive(test.loop, mode);
    expect(await endOf(relay)).toBe('ERR_RELAY_MAX_BYTES');
    expect(relay.bytesAToB + relay.bytesBToA).toBe(100_000);
    expect(peer.bytes.length).toBe(relay.bytesAToB);
  });

  it('gives both streams back by stop, with what is on its way', async () => {
    const told: string[] = [];
    const data = (name: string) => (_: unknown, chunk: Uint8Array) =>
      void told.push(`${name} ${Buffer.from(chunk)}`);
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix', {
      a: { data: data('a') },
      b: { data: data('b') },
    });
    const relay = joinBy(way, a, b);
    const filled = fill(near);
    let got = 0;
    test.loop.setTimeout(() => {
      // Far has read nothing, so that some of it waits between.
      relay.stop();
      relay.stop();
      expect([a.active, b.active, relay.spliced]).toEqual([true, true, false]);
      b.write('behind it');
      const reading = test.loop.setInterval(() => {
        const text = take(far);
        got += text.length;
        if (!text.endsWith('behind it')) return;
        test.loop.clearInterval(reading);
        put(far, 'to b');
        put(near, 'to a');
        const telling = test.loop.setInterval(() => {
          const isTold = (text: string) => told.some((each) => each.endsWith(text));
          if (!isTold('to a') || !isTold('to b')) return;
          test.loop.clearInterval(telling);
          a.destroy();
          b.destroy();
        }, 1);
      }, 1);
    }, 3);
    const ended = endOf(relay);
    await drive(test.loop, mode);
    expect(await ended).toBe('');
    // What had not come to the relay yet is told to a.
    const ofA = told
      .filter((text) => text.startsWith('a '))
      .join('')
      .replaceAll('a ', '');
    expect(got - 'behind it'.length + ofA.length - 'to a'.length).toBe(filled);
    expect(ofA.endsWith('to a')).toBe(true);
    expect(told.filter((text) => text.startsWith('b '))).toEqual(['b to b']);
    expect([relay.bytesAToB, relay.bytesBToA]).toEqual([got - 'behind it'.length, 0]);
  });

  it('may be begun anew behind stop, also from a callback of its own', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'tcp');
    joinBy(way, a, b).stop();
    const second = joinBy(way, b, a);
    put(near, 'once more');
    const peer = new Peer(test.loop, far, { data: (stream) => stream.end() });
    test.loop.setTimeout(() => opened.close(near), 5);
    await drive(test.loop, mode);
    expect([second.bytesBToA, peer.events]).toEqual([9, ['end', 'close']]);
  });

  it('leaves nothing when many end at random points', async () => {
    const seed = newSeed();
    const random = randomFrom(seed);
    const ended: Promise<string>[] = [];
    // So that no poller has a number above 256, for which the addon keeps a mark more.
    for (let i = 0; i < 50; i++) {
      const { near, a, b, far } = fourOf(test.loop, opened, i % 2 === 0 ? 'tcp' : 'unix');
      const relay = joinBy(way, a, b);
      ended.push(endOf(relay));
      for (const fd of [near, far]) if (random(2) === 0) fill(fd);
      const acts = [
        () => relay.destroy(),
        () => relay.destroy(new Error('on purpose')),
        () => a.destroy(),
        () => b.close(),
        () => resetNow(opened, near),
        () => opened.close(far),
        () => {
          relay.stop();
          a.destroy();
          b.destroy();
        },
        () => a.end(),
      ];
      test.loop.setTimeout(() => acts[random(acts.length)]?.(), random(6));
      test.loop.setTimeout(() => opened.close(near, far), 6);
    }
    await drive(test.loop, mode);
    await Promise.all(ended);
    // The guard of this file finds what is left.
    expect(opened, `seed ${seed}`).toBeDefined();
  });
});

it.each(WAYS)(
  'a relay by %s keeps the loop alive until what is on its way is sent',
  async (way) => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    const relay = joinBy(way, a, b);
    // Until the kernel has no more room for it.
    while (relay.bufferedBytes === 0) {
      fill(near);
      await run(test.loop, 'nowait');
    }
    a.unref();
    b.unref();
    let got = 0;
    const reading = test.loop.setInterval(() => {
      got += take(far).length;
    }, 1);
    reading.unref();
    await run(test.loop);
    got += take(far).length;
    expect([relay.bufferedBytes, got]).toEqual([0, relay.bytesAToB]);
    relay.close();
  },
);

it.each(WAYS)('a relay by %s ends with its loop, whose pipes are closed', (way) => {
  const loop = new EventLoop();
  const { near, a, b } = fourOf(loop, opened, 'unix');
  const relay = joinBy(way, a, b);
  fill(near);
  loop.setImmediate(() => {});
  loop.close();
  expect([a.active, b.active, relay.error]).toEqual([false, false, undefined]);
  opened.closeAll();
});

it('what a relay has is not detached; stop gives it back', () => {
  const { a, b } = fourOf(test.loop, opened, 'unix');
  const relay = joinBy('copy', a, b);
  expect(() => a.detach()).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
  relay.stop();
  expect(raw.close(a.detach())).toBe(0);
});
