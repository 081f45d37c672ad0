// The bytes of a SocketDuplex: backpressure both ways, the short way and the long one, encodings,
// large chunks.
// Tried without its guard: with `stream.pause()` left out of `data` the one of a slow reader reads
// all; without `writableLength` in `gathers` the one of the order mixes it; with PIECE_BYTES of 2^30
// the one of large chunks is closed by the limit; without `readableFlowing` in `flows` the one of
// a pause gets bytes.
import { describe, expect, it } from 'vitest';
import { toDuplex } from '../../lib/node/index.js';
import { serve } from '../stream/support.js';
import { pattern, randomFrom } from '../support/bytes.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { noting, withPair } from './support.js';

guardDescriptors();
const test = eachWithLoop();

/** Handlers of the peer that keep what it gets. */
function keeping(chunks: Buffer[]) {
  return { data: (_: unknown, chunk: Uint8Array) => chunks.push(Buffer.from(chunk)) };
}

describe.each(DRIVE_MODES)('the bytes of a SocketDuplex (%s)', (mode) => {
  it('what a slow peer does not take counts as buffered, and each callback comes as it is sent', async () => {
    const order: string[] = [];
    const bytes = pattern(3_000_000);
    withPair(test.loop, (mine, theirs) => {
      noting(mine, order);
      theirs.pause();
      let written = 0;
      while (mine.write(bytes, () => order.push('written'))) written++;
      expect(mine.writableLength).toBeGreaterThanOrEqual(bytes.length);
      // At most a piece is copied below the Duplex.
      expect(mine.source.bufferedBytes).toBeLessThanOrEqual(262_144);
      expect(mine.write('small')).toBe(false);
      mine.on('drain', () => {
        expect([mine.writableLength, mine.source.bufferedBytes]).toEqual([0, 0]);
        order.push(`${written + 1}`);
        mine.destroy();
      });
      test.loop.setTimeout(() => theirs.resume(), 2);
    });
    await drive(test.loop, mode);
    const count = Number(order.find((each) => /^\d+$/.test(each)));
    const written = Array.from({ length: count - 1 }, () => 'written');
    // The host tells of the room before it calls back for the last one.
    expect(order).toEqual([...written, 'drain', String(count), 'written', 'close']);
  });

  it('a slow reader makes the peer wait: no more is read than its mark and a chunk', async () => {
    let most = 0;
    let got = 0;
    const bytes = pattern(2_000_000);
    withPair(
      test.loop,
      (mine, theirs) => {
        theirs.end(bytes);
        const look = () => {
          most = Math.max(most, mine.readableLength);
          for (let taken = mine.read(); taken; taken = mine.read()) got += taken.length;
          if (!mine.readableEnded) test.loop.setTimeout(look, 0.2);
        };
        mine.on('end', () => (got += 1));
        look();
      },
      { highWaterMark: 10_000 },
    );
    await drive(test.loop, mode);
    expect(got).toBe(bytes.length + 1);
    expect(most).toBeLessThan(10_000 + 262_144 + 1);
  });

  it('keeps the order of the short way and the long one, corked or not, with callbacks or not', async () => {
    const random = randomFrom(7);
    const chunks: Buffer[] = [];
    const wanted: Buffer[] = [];
    let called = 0;
    let asked = 0;
    withPair(
      test.loop,
      (mine, theirs) => {
        let left = 100;
        const some = () => {
          if (random(4) === 0) theirs.pause();
          else theirs.resume();
          if (random(3) === 0) mine.cork();
          for (let i = random(6); i >= 0; i--) {
            const bytes = Buffer.from(pattern(random(4) === 0 ? random(100_000) : random(5000), i));
            wanted.push(bytes);
            const how = random(3);
            if (how < 2) asked++;
            if (how === 0) mine.write(bytes, () => called++);
            else if (how === 1) mine.write(bytes.toString('latin1'), 'latin1', () => called++);
            else mine.write(bytes);
          }
          mine.uncork();
          if (--left > 0) test.loop.setTimeout(some, random(2) / 10);
          else {
            theirs.resume();
            mine.end();
          }
        };
        some();
      },
      {},
      keeping(chunks),
    );
    await drive(test.loop, mode);
    expect(Buffer.concat(chunks).equals(Buffer.concat(wanted))).toBe(true);
    expect(called).toBe(asked);
  });

  it.each([
    ['utf8', undefined, 'grüße €'],
    ['latin1', 'latin1', 'grüße'],
    ['hex', 'hex', '00ff80'],
    ['utf16le', 'utf16le', 'grüße'],
    ['base64', 'base64', 'AP+A'],
  ] as const)('text as %s', async (encoding, given, text) => {
    const chunks: Buffer[] = [];
    withPair(
      test.loop,
      (mine) => {
        mine.write(text, given as BufferEncoding);
        mine.setDefaultEncoding(encoding);
        mine.write(text);
        // Out of the turn, where the Duplex gathers.
        if (mode === 'guest') setImmediate(() => mine.end(text));
        else mine.end(text);
      },
      {},
      keeping(chunks),
    );
    await drive(test.loop, mode);
    const once = Buffer.from(text, encoding);
    expect(Buffer.concat(chunks)).toEqual(Buffer.concat([once, once, once]));
  });

  it('refuses in a turn what node:stream refuses', async () => {
    const codes: unknown[] = [];
    withPair(test.loop, (mine, theirs) => {
      mine.on('data', () => {
        for (const given of [[null], [1], [{}], [Buffer.from('x'), 'nope'], ['x', 'nope']]) {
          try {
            mine.write(...(given as [string]));
          } catch (error) {
            codes.push((error as { code: string }).code);
          }
        }
        mine.destroy();
      });
      theirs.write('x');
    });
    await drive(test.loop, mode);
    const type = 'ERR_INVALID_ARG_TYPE';
    const encoding = 'ERR_UNKNOWN_ENCODING';
    expect(codes).toEqual(['ERR_STREAM_NULL_VALUES', type, type, encoding, encoding]);
  });

  it('a chunk beyond maxBufferedBytes is sent in pieces', async () => {
    const bytes = pattern(5_000_000);
    const chunks: Buffer[] = [];
    const { server, port } = serve(
      test.loop,
      {
        open(socket) {
          server.close();
          toDuplex(socket).end(bytes);
        },
      },
      { maxBufferedBytes: 300_000 },
    );
    test.loop.connect({ port }, keeping(chunks));
    await drive(test.loop, mode);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('while it is paused by its reader bytes wait, and all come when it goes on', async () => {
    let text = '';
    withPair(test.loop, (mine, theirs) => {
      mine.on('data', (chunk) => {
        text += chunk;
        mine.pause();
        rest.shift()?.();
        test.loop.setTimeout(() => {
          text += '|';
          mine.resume();
        }, 2);
      });
      // Each while it is paused for the one before.
      const rest = [() => theirs.write('two'), () => theirs.end('three')];
      theirs.write('one');
    });
    await drive(test.loop, mode);
    expect(text).toBe('one|two|three|');
  });

  it('setEncoding splits no character', async () => {
    let text = '';
    const bytes = Buffer.from('grüße €'.repeat(10));
    withPair(test.loop, (mine, theirs) => {
      mine.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      let at = 0;
      const next = () => {
        if (at === bytes.length) return theirs.end();
        theirs.write(bytes.subarray(at, ++at));
        test.loop.setTimeout(next, 0.1);
      };
      next();
    });
    await drive(test.loop, mode);
    expect(text).toBe('grüße €'.repeat(10));
  });

  it('for await reads it', async () => {
    let text = '';
    withPair(test.loop, async (mine, theirs) => {
      theirs.write('one ');
      test.loop.setTimeout(() => theirs.end('two'), 1);
      for await (const chunk of mine) text += chunk;
    });
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(text).toBe('one two');
  });
});
