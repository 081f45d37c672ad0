// fromDuplex: a Duplex of node:stream with the surface of our streams, told as they are told.
// Tried without its guard: without the copy in `write` the one of memory used again gets other bytes;
// without the check of maxBufferedBytes its own does not end; without the `try` around what an object
// is refused by, whoever pushes one is thrown at; and without `#opened` there it comes before `open`.
import { Duplex, PassThrough } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type DuplexStreamHandlers, fromDuplex, toDuplex } from '../../lib/node/index.js';
import { recording, serve } from '../stream/support.js';
import { pattern } from '../support/bytes.js';
import { guardDescriptors } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();

/** Handlers that write down what happens, as those of `recording`. */
const noting = (events: string[]) => recording(events) as unknown as DuplexStreamHandlers;

/** One of two, each of which reads what the other writes. */
class Crossed extends Duplex {
  other: Crossed | undefined;
  #goOn: (() => void) | undefined;

  override _read(): void {
    const goOn = this.#goOn;
    this.#goOn = undefined;
    goOn?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, written: () => void): void {
    const { other } = this;
    if (other === undefined || other.push(chunk)) written();
    else other.#goOn = written;
  }

  override _final(finished: () => void): void {
    this.other?.push(null);
    finished();
  }
}

function crossed(options = {}): [Duplex, Duplex] {
  const [a, b] = [new Crossed(options), new Crossed(options)];
  a.other = b;
  b.other = a;
  return [a, b];
}

describe('fromDuplex', () => {
  it('has handlers as a socket of ours, in their order', async () => {
    const [a, b] = crossed();
    const events: string[] = [];
    const stream = fromDuplex(a, noting(events));
    expect([stream.open, stream.writable, stream.kind]).toEqual([false, true, 'DuplexStream']);
    b.end('hello');
    stream.write('answer');
    let text = '';
    for await (const chunk of b) text += chunk;
    await stream.closed;
    expect(text).toBe('answer');
    expect(events).toEqual(['open', 'data hello', 'end', 'close']);
    expect([stream.bytesRead, stream.bytesWritten, stream.isClosed]).toEqual([5, 6, true]);
  });

  it('one protocol runs on a socket and on what stands on one', async () => {
    // Echoes, and ends behind the peer.
    interface Peer {
      write(chunk: Uint8Array): boolean;
    }
    const echo = { data: (peer: Peer, chunk: Uint8Array) => peer.write(chunk) };
    const texts: string[] = [];
    const { server, port } = serve(test.loop, {
      open: (socket) => void fromDuplex(toDuplex(socket), echo),
    });
    const plain = serve(test.loop, echo);
    for (const each of [port, plain.port]) {
      const socket = test.loop.connect({ port: each });
      socket.end('the same');
      (async () => {
        for await (const chunk of socket) texts.push(Buffer.from(chunk).toString());
        if (texts.length === 2) for (const { close } of [server, plain.server]) close.call(server);
        plain.server.close();
      })();
    }
    await drive(test.loop, 'guest');
    expect(texts).toEqual(['the same', 'the same']);
  });

  it('memory that was written may be used again at once', async () => {
    const [a, b] = crossed({ highWaterMark: 1 });
    const stream = fromDuplex(a, {});
    const bytes = Buffer.from('first ');
    stream.write(bytes);
    bytes.write('second');
    stream.end(bytes);
    let text = '';
    for await (const chunk of b) text += chunk;
    expect(text).toBe('first second');
    b.destroy();
  });

  it('write is false above highWaterMark, and drain tells when all is taken', async () => {
    const [a, b] = crossed();
    let drains = 0;
    const done = new Promise<void>((resolve) => {
      const stream = fromDuplex(
        a,
        {
          drain(each) {
            drains++;
            expect(each.bufferedBytes).toBe(0);
            each.destroy();
          },
          close: () => resolve(),
        },
        { highWaterMark: 200_000 },
      );
      while (stream.write(pattern(50_000)));
      expect(stream.bufferedBytes).toBeGreaterThan(200_000);
      b.resume().on('error', () => {});
    });
    await done;
    expect(drains).toBe(1);
  });

  it('above maxBufferedBytes it closes, and says so', async () => {
    const [a] = crossed();
    const events: string[] = [];
    const stream = fromDuplex(a, noting(events), { maxBufferedBytes: 100_000 });
    while (stream.writable) stream.write(pattern(30_000));
    await stream.closed.catch(() => {});
    expect(events).toEqual(['close ERR_STREAM_MAX_BUFFERED']);
  });

  it('an error of the Duplex is told by close, and one of ours destroys the Duplex', async () => {
    const [a, b] = crossed();
    const events: string[] = [];
    const [mine, theirs] = [fromDuplex(a, noting(events)), fromDuplex(b, {})];
    a.destroy(Object.assign(new Error('of the Duplex'), { code: 'THEIRS' }));
    await expect(mine.closed).rejects.toThrow('of the Duplex');
    theirs.destroy(new Error('ours'));
    await expect(theirs.closed).rejects.toThrow('ours');
    expect(events).toEqual(['close THEIRS']);
    expect([b.destroyed, theirs.error?.message, theirs.write('x')]).toEqual([true, 'ours', false]);
  });

  it('a Duplex that is cut off is an error, and one that we close is not', async () => {
    const [cut, closed] = [new PassThrough(), new PassThrough()];
    const events: string[] = [];
    const streams = [fromDuplex(cut, noting(events)), fromDuplex(closed, noting(events))];
    cut.destroy();
    streams[1]?.close();
    await Promise.allSettled(streams.map((each) => each.closed));
    expect(events.sort()).toEqual(['close', 'close ERR_STREAM_PREMATURE_CLOSE']);
  });

  it('a promise that a handler returns and that rejects ends it', async () => {
    const [a, b] = crossed();
    const stream = fromDuplex(a, { data: async () => Promise.reject(new Error('of the handler')) });
    b.write('x');
    await expect(stream.closed).rejects.toThrow('of the handler');
  });

  it('bytes after our end are told by close', async () => {
    const [a, b] = crossed();
    const stream = fromDuplex(a, {});
    stream.end();
    expect(stream.write('late')).toBe(false);
    b.resume().end();
    await expect(stream.closed).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' });
  });

  it('for await reads it, where handlers were left out, and may answer behind the end', async () => {
    const [a, b] = crossed();
    const stream = fromDuplex(a);
    b.end('a question');
    let text = '';
    for await (const chunk of stream) text += Buffer.from(chunk).toString();
    stream.write(`${text} and an answer`);
    text = '';
    for await (const chunk of b) text += chunk;
    await stream.closed;
    expect(text).toBe('a question and an answer');
    expect(() => stream[Symbol.asyncIterator]()).toThrow(/iterated already/);
    expect(() => fromDuplex(new PassThrough(), {})[Symbol.asyncIterator]()).toThrow(/handlers/);
  });

  it('leaving for await destroys it; pause makes the other side wait', async () => {
    const [a, b] = crossed();
    const stream = fromDuplex(a);
    b.write('one');
    for await (const _ of stream) break;
    await stream.closed;
    expect(a.destroyed).toBe(true);
    const [c, d] = crossed();
    let bytes = 0;
    const paused = fromDuplex(c, { data: (_, chunk) => (bytes += chunk.length) }).pause();
    while (d.write(pattern(10_000)));
    await new Promise(setImmediate);
    expect([bytes, paused.paused]).toEqual([0, true]);
    paused.resume();
    await new Promise(setImmediate);
    expect(bytes).toBeGreaterThan(0);
    await paused[Symbol.asyncDispose]();
    expect(b.destroyed || d.destroyed || paused.isClosed).toBe(true);
  });

  it('a pair of zlib’s is one as well', async () => {
    const gzip = createGzip();
    const gunzip = gzip.pipe(createGunzip());
    const bytes = pattern(300_000);
    const chunks: Uint8Array[] = [];
    const stream = fromDuplex(Duplex.from({ writable: gzip, readable: gunzip }), {
      data: (_, chunk) => chunks.push(chunk),
    });
    stream.end(bytes);
    await stream.closed;
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('an object, of a Duplex of objects, closes it', async () => {
    const objects = new PassThrough({ objectMode: true });
    const events: string[] = [];
    const stream = fromDuplex(objects, noting(events));
    objects.write('text');
    objects.write({ no: 'bytes' });
    await expect(stream.closed).rejects.toThrow('no bytes');
    expect(events).toEqual(['open', 'data text', 'close ERR_INVALID_ARG_TYPE']);

    const iterated = new PassThrough({ objectMode: true });
    iterated.write(1);
    const read = async () => {
      for await (const chunk of fromDuplex(iterated)) expect(chunk).toBeUndefined();
    };
    await expect(read()).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(iterated.destroyed).toBe(true);
  });

  it('refuses what is none', () => {
    for (const bad of [undefined, {}, process, 'x']) {
      expect(() => fromDuplex(bad as never)).toThrow(TypeError);
    }
    const duplex = new PassThrough();
    expect(() => fromDuplex(duplex, { data: 1 } as never)).toThrow(TypeError);
    expect(() => fromDuplex(duplex, {}, { highWaterMark: -1 })).toThrow(RangeError);
    expect(() => fromDuplex(duplex, {}, { chunks: 'copy' } as never)).toThrow(/not known/);
    expect(duplex.listenerCount('error')).toBe(0);
  });
});
