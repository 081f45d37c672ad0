// What goes through a relay: every byte, in order, both ways at once, and each end on its own;
// whichever way it moves, in both modes.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import { bytesOf, newSeed, pattern, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { CASES, endOf, fourOf, joinBy, PAIR_KINDS, Peer } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(CASES)('a relay that moves bytes by %s, %s', (way, mode) => {
  it.each(PAIR_KINDS)(
    'passes on each byte of both sides of %s, whatever their pace',
    async (kind) => {
      const seed = newSeed();
      const { near, a, b, far } = fourOf(test.loop, opened, kind);
      const relay = joinBy(way, a, b);
      expect(relay.spliced).toBe(way === 'splice');
      const peers = [new Peer(test.loop, near), new Peer(test.loop, far)] as const;
      const sent = [pattern(3_000_000, 1), pattern(2_000_000, 2)] as const;
      for (const [index, peer] of peers.entries()) {
        peer.sendAll(sent[index as 0 | 1], seed + index);
        peer.pauseByChance(seed + 2 + index);
      }
      const ended = endOf(relay);
      await drive(test.loop, mode);
      expect(await ended, `seed ${seed}`).toBe('');
      // Not toEqual, which would show millions of bytes.
      expect(peers[1].bytes.equals(sent[0]), `seed ${seed}`).toBe(true);
      expect(peers[0].bytes.equals(sent[1]), `seed ${seed}`).toBe(true);
      expect(peers.map(({ events }) => events)).toEqual([
        ['end', 'close'],
        ['end', 'close'],
      ]);
      expect([relay.bytesAToB, relay.bytesBToA]).toEqual(sent.map(({ length }) => length));
      expect([a.bytesRead, b.bytesWritten]).toEqual([3_000_000, 3_000_000]);
      expect([b.bytesRead, a.bytesWritten]).toEqual([2_000_000, 2_000_000]);
      expect(relay.bufferedBytes).toBe(0);
    },
  );

  it.each(['near', 'far'] as const)(
    'ends one side when the other ends: %s first',
    async (first) => {
      const { near, a, b, far } = fourOf(test.loop, opened, 'tcp');
      const relay = joinBy(way, a, b);
      const [one, other] = first === 'near' ? [near, far] : [far, near];
      const answering = new Peer(test.loop, other, {
        end: (stream) => {
          stream.write('the answer to all of it');
          test.loop.setTimeout(() => stream.end(), 2);
        },
      });
      const asking = new Peer(test.loop, one);
      asking.stream.end('a question');
      await drive(test.loop, mode);
      expect([answering.text, asking.text]).toEqual(['a question', 'the answer to all of it']);
      expect(asking.events).toEqual(['end', 'close']);
      expect(await endOf(relay)).toBe('');
    },
  );

  it('joins what is still connecting, and calls its open and close', async () => {
    const events: string[] = [];
    const noting = (name: string) => ({
      open: () => void events.push(`${name} open`),
      data: () => void events.push(`${name} data`),
      drain: () => void events.push(`${name} drain`),
      end: () => void events.push(`${name} end`),
      close: () => void events.push(`${name} close`),
    });
    const back = serve(test.loop, {
      open: () => back.server.close(),
      data: (socket, chunk) => void socket.write(chunk),
    });
    let ended: Promise<string> | undefined;
    const front = serve(test.loop, {
      ...noting('a'),
      open(socket) {
        events.push('a open');
        const to = test.loop.connect({ port: back.port }, noting('b'));
        ended = endOf(joinBy(way, socket, to));
        front.server.close();
      },
    });
    const client = test.loop.connect({ port: front.port });
    client.write('written before anything is open; ');
    client.end('and the rest');
    let text = '';
    const reading = (async () => {
      for await (const chunk of client) text += Buffer.from(chunk);
    })();
    await drive(test.loop, mode);
    await reading;
    expect(text).toBe('written before anything is open; and the rest');
    expect(events.slice(0, 2)).toEqual(['a open', 'b open']);
    expect(events.slice(2).sort()).toEqual(['a close', 'b close']);
    expect(await ended).toBe('');
  });

  it('passes on first what was kept, read or written before, in order', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    put(near, 'kept, ');
    const look = test.loop.setInterval(() => {
      if (a.bytesRead === 0) return;
      test.loop.clearInterval(look);
      // More than the kernel takes at once, so that it waits in b's queue.
      b.write('x'.repeat(1_000_000));
      b.write('written before, ');
      put(near, 'new');
      joinBy(way, a, b);
      raw.shutdown(near, constant('SHUT_WR'));
      const peer = new Peer(test.loop, far, { end: (stream) => stream.end('answer') });
      got.push(peer);
    }, 1);
    const got: Peer[] = [];
    await drive(test.loop, mode);
    expect(got[0]?.text.replace(/x+/, 'x')).toBe('xwritten before, kept, new');
    expect(got[0]?.bytes.length).toBe(1_000_000 + 'written before, kept, new'.length);
    expect(take(near)).toBe('answer');
  });

  // Whoever of the two comes first in the batch begins the relay: the other has been read.
  it('loses nothing of what the batch under way has read', async () => {
    const got: string[] = [];
    const data = () => {
      if (got.length > 0) return;
      got.push('begun');
      joinBy(way, four.a, four.b);
      let [near, far] = ['', ''];
      const look = test.loop.setInterval(() => {
        near += take(four.near);
        far += take(four.far);
        if (near + far === '') return;
        test.loop.clearInterval(look);
        test.loop.setTimeout(() => {
          got.push(near + take(four.near), far + take(four.far));
          opened.close(four.near, four.far);
        }, 5);
      }, 1);
    };
    const four = fourOf(test.loop, opened, 'unix', { a: { data }, b: { data } });
    put(four.near, 'from near');
    put(four.far, 'from far');
    await drive(test.loop, mode);
    // What its own handler was told is the handler's.
    expect([got[1], got[2]].filter((text) => text !== '')).toHaveLength(1);
    expect(['from near', 'from far']).toContain(`${got[1]}${got[2]}`);
  });

  it('passes on the end of what had ended before', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'tcp');
    put(near, 'all');
    raw.shutdown(near, constant('SHUT_WR'));
    const look = test.loop.setInterval(() => {
      if (a.bytesRead === 0) return;
      test.loop.clearInterval(look);
      test.loop.setTimeout(() => {
        joinBy(way, a, b);
        got.push(new Peer(test.loop, far, { end: (stream) => stream.end('answer') }));
      }, 2);
    }, 1);
    const got: Peer[] = [];
    await drive(test.loop, mode);
    expect([got[0]?.text, take(near)]).toEqual(['all', 'answer']);
  });

  it('reads what was paused before', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    a.pause();
    joinBy(way, a, b);
    put(near, 'all');
    opened.close(near);
    const peer = new Peer(test.loop, far, { end: (stream) => stream.end() });
    await drive(test.loop, mode);
    expect(peer.text).toBe('all');
  });

  it('takes what the program writes meanwhile, and is halted by pause', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'tcp');
    joinBy(way, a, b);
    a.pause();
    put(near, 'from near');
    const seen: string[] = [];
    test.loop.setTimeout(() => {
      seen.push(take(far));
      b.write('from the program, ');
      test.loop.setTimeout(() => {
        seen.push(take(far));
        a.resume();
        const look = test.loop.setInterval(() => {
          const text = take(far);
          if (text === '') return;
          test.loop.clearInterval(look);
          seen.push(text);
          opened.close(near, far);
        }, 1);
      }, 5);
    }, 5);
    await drive(test.loop, mode);
    expect(seen).toEqual(['', 'from the program, ', 'from near']);
  });

  it('of a thousand small messages keeps each, in order', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix');
    joinBy(way, a, b);
    const peer = new Peer(test.loop, far, { end: (stream) => stream.end() });
    let sent = '';
    let left = 1000;
    const send = (): void => {
      const text = `${left};`;
      sent += text;
      raw.check(raw.write(near, bytesOf(text)), 'write');
      if (--left > 0) test.loop.setImmediate(send);
      else opened.close(near);
    };
    send();
    await drive(test.loop, mode);
    expect(peer.text).toBe(sent);
  });
});
