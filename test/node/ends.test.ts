// How a SocketDuplex ends where a net.Socket has a way of its own, on which others rely: nobody reads,
// it is both ends of a pipeline, TLS has a last word.
// Tried without its guard: without `read(0)` in Bridge.end the one that nobody reads stays open; with
// `#shut` called at once in `finish` the pipeline waits for ever; without `#takesLastWord` the client
// of TLS gets ERR_STREAM_WRITE_AFTER_END; without `hostWaits` in `callBack` bytes come before the immediate.
import { pipeline } from 'node:stream';
import { createServer, connect as secure } from 'node:tls';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a program of the examples, without types.
import { selfSigned } from '../../examples/node/certificate.mjs';
import { toDuplex } from '../../lib/node/index.js';
import { serve } from '../stream/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { noting, withPair } from './support.js';

guardDescriptors();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('the end of a SocketDuplex (%s)', (mode) => {
  it('closes behind the peer although nobody reads, as nothing is left', async () => {
    const events: string[] = [];
    withPair(test.loop, (mine, theirs) => {
      noting(mine, events);
      theirs.end();
    });
    await drive(test.loop, mode);
    expect(events).toEqual(['end', 'finish', 'close']);
  });

  it('stays with what nobody has read, until somebody does', async () => {
    const events: string[] = [];
    withPair(test.loop, (mine, theirs) => {
      noting(mine, events);
      theirs.end('unread');
      test.loop.setTimeout(() => {
        events.push('now');
        mine.on('data', (chunk) => events.push(`data ${chunk}`));
      }, 5);
    });
    await drive(test.loop, mode);
    expect(events).toEqual(['now', 'data unread', 'end', 'finish', 'close']);
  });

  it('may be both ends of a pipeline with a generator in between', async () => {
    const chunks: Buffer[] = [];
    const calls: unknown[] = [];
    withPair(
      test.loop,
      (mine, theirs) => {
        const shouts = async function* (source: AsyncIterable<Buffer>) {
          for await (const chunk of source) yield String(chunk).toUpperCase();
        };
        pipeline(mine, shouts, mine, (error) => calls.push(error));
        theirs.write('one ');
        test.loop.setTimeout(() => theirs.end('two'), 1);
      },
      {},
      { data: (_: unknown, chunk: Uint8Array) => chunks.push(Buffer.from(chunk)) },
    );
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(Buffer.concat(chunks).toString()).toBe('ONE TWO');
    expect(calls).toEqual([undefined]);
  });
});

describe.runIf(DRIVE_MODES.includes('guest'))('in the host’s loop', () => {
  it('TLS whose peer is cut off has its last word, and no error of it', async () => {
    const { key, cert } = selfSigned('localhost');
    const events: string[] = [];
    const tls = createServer({ key, cert }, (socket) => socket.destroy());
    const { server, port } = serve(test.loop, {
      open: (socket) => tls.emit('connection', toDuplex(socket)),
    });
    const under = toDuplex(test.loop.connect({ port }));
    const client = secure({ socket: under, ca: cert, servername: 'localhost' });
    noting(under, events);
    client.on('error', (error) => events.push(`TLS ${error}`)).resume();
    client.on('close', () => server.close());
    await drive(test.loop, 'guest');
    expect(events).toEqual(['connect', 'ready', 'end', 'finish', 'close']);
  });

  it('a turn does not go on before the host had its phases for a write that is called back', async () => {
    const events: string[] = [];
    withPair(
      test.loop,
      (mine, theirs) => {
        mine.on('data', (chunk) => {
          events.push('data');
          mine.write(chunk, () => setImmediate(() => events.push('immediate')));
        });
        theirs.write('x');
      },
      {},
      {
        data: (socket: { write(bytes: Uint8Array): void; end(): void }, chunk: Uint8Array) => {
          if (events.length < 20) socket.write(chunk);
          else socket.end();
        },
      },
    );
    await drive(test.loop, 'guest');
    const pairs = Array.from({ length: events.length / 2 }, () => ['data', 'immediate']);
    expect(events).toEqual(pairs.flat());
  });
});
