// toDuplex: what node:stream promises, over our streams: ends, errors and closes both ways, what
// came before, and the halves of a pipe.
// Tried without its guard: with `sentAll` always true the one of what a turn gathered loses some; without
// `takeUnread` in `handOver` the one of what came before; without the first line of
// `#closedInOrder` the one of who reads late; without `isOver` in `begin` the one of a closed
// stream hangs.
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { toDuplex } from '../../lib/node/index.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { recording, serve } from '../stream/support.js';
import { pattern, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { noting, withPair } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

describe.each(DRIVE_MODES)('a stream as a Duplex (%s)', (mode) => {
  it('echoes, ends behind the peer, and closes once', async () => {
    const events: string[] = [];
    const peer: string[] = [];
    withPair(
      test.loop,
      (mine, theirs) => {
        noting(mine, events);
        mine.on('data', (chunk) => mine.write(chunk));
        theirs.end('hello');
      },
      {},
      recording(peer),
    );
    await drive(test.loop, mode);
    expect(events).toEqual(['end', 'finish', 'close']);
    expect(peer.filter((event) => event !== 'open')).toEqual(['data hello', 'end', 'close']);
  });

  it('stays open behind the peer’s end with allowHalfOpen', async () => {
    const peer: string[] = [];
    withPair(
      test.loop,
      (mine, theirs) => {
        mine.on('end', () => test.loop.setTimeout(() => mine.end('late'), 1)).resume();
        theirs.end();
      },
      { allowHalfOpen: true },
      recording(peer),
    );
    await drive(test.loop, mode);
    expect(peer).toContain('data late');
  });

  it('the last bytes are sent before finish, however slow the peer is', async () => {
    const bytes = pattern(8_000_000);
    let got = 0;
    const events: string[] = [];
    withPair(
      test.loop,
      (mine, theirs) => {
        noting(mine, events);
        theirs.pause();
        mine.write(bytes);
        mine.end();
        // As http does behind its last answer.
        mine.destroySoon();
        test.loop.setTimeout(() => theirs.resume(), 5);
      },
      {},
      { data: (_: unknown, chunk: Uint8Array) => (got += chunk.length) },
    );
    await drive(test.loop, mode);
    expect(got).toBe(bytes.length);
    expect(events.slice(-2)).toEqual(['finish', 'close']);
  });

  it('what a turn gathered is sent before finish, also what the kernel does not take at once', async () => {
    const [mine, peer] = opened.pair();
    const duplex = toDuplex(test.loop.stream(mine));
    let got = 0;
    test.loop.setTimeout(() => {
      // More than a socketpair takes, less than the turn's slab.
      for (let i = 0; i < 62; i++) duplex.write(pattern(4096));
      duplex.destroySoon();
      const read = () => {
        got += take(peer).length;
        if (!duplex.destroyed || got === 0) test.loop.setTimeout(read, 1);
      };
      test.loop.setTimeout(read, 2);
    }, 0);
    await drive(test.loop, mode);
    got += take(peer).length;
    expect(got).toBe(62 * 4096);
  });

  it('who reads late gets what came, and its end', async () => {
    let text = '';
    withPair(test.loop, (mine, theirs) => {
      mine.end();
      theirs.end('late');
      mine.source.closed.then(() => {
        mine.on('data', (chunk) => (text += chunk)).on('end', () => (text += ' end'));
      });
    });
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(text).toBe('late end');
  });

  it('destroy with an error closes the stream with it, and tells who had its handlers', async () => {
    const told: unknown[] = [];
    const error = new Error('mine');
    const { server, port } = serve(test.loop, {
      open(socket) {
        server.close();
        const duplex = toDuplex(socket).on('error', (each) => told.push(each));
        socket.closed.catch((each) => told.push(each));
        duplex.destroy(error);
      },
      data: () => told.push('data'),
      close: (_, each) => told.push(each),
    });
    const client = test.loop.connect({ port }, {});
    client.write('not to be heard');
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(told).toEqual([error, error, error]);
  });

  it('a reset is its error, and what was to be sent is told so', async () => {
    const events: string[] = [];
    const written: unknown[] = [];
    withPair(test.loop, (mine, theirs) => {
      noting(mine, events);
      theirs.pause();
      mine.write(pattern(20_000_000), (error) => written.push((error as { code?: string })?.code));
      mine.write('more', (error) => written.push(error instanceof Error));
      test.loop.setTimeout(() => theirs.resetAndDestroy(), 2);
    });
    await drive(test.loop, mode);
    expect(events).toEqual(['error ECONNRESET', 'close']);
    expect(written).toEqual(['ECONNRESET', true]);
  });

  it('a connect that fails is its error', async () => {
    const [listener, { port }] = opened.listening();
    opened.close(listener);
    const duplex = toDuplex(test.loop.connect({ port }));
    expect([duplex.connecting, duplex.readyState]).toEqual([true, 'opening']);
    const events = noting(duplex);
    duplex.end('never');
    await drive(test.loop, mode);
    expect(events).toEqual(['error ECONNREFUSED', 'close']);
  });

  it('what is written while it connects is sent, and connect and ready tell when', async () => {
    let text = '';
    const { server, port } = serve(test.loop, {
      data: (_, chunk) => (text += Buffer.from(chunk)),
      close: () => server.close(),
    });
    const duplex = toDuplex(test.loop.connect({ port }));
    const events = noting(duplex.resume());
    duplex.write('one ');
    duplex.end('two');
    await drive(test.loop, mode);
    expect(text).toBe('one two');
    expect(events).toEqual(['connect', 'ready', 'finish', 'end', 'close']);
  });

  it('what came before is read first, where handlers were left out', async () => {
    const [mine, peer] = opened.pair();
    const stream = test.loop.stream(mine);
    put(peer, 'before ');
    let text = '';
    test.loop.setTimeout(() => {
      const duplex = toDuplex(stream);
      put(peer, 'after');
      opened.close(peer);
      duplex.on('data', (chunk) => (text += chunk));
    }, 5);
    await drive(test.loop, mode);
    expect(text).toBe('before after');
  });

  it('a stream that is closed gives one that is destroyed', async () => {
    const [mine] = opened.pair();
    const stream = test.loop.stream(mine);
    stream.destroy(new Error('gone'));
    await drive(test.loop, mode);
    const duplex = toDuplex(stream);
    const events = noting(duplex);
    expect(duplex.write('x')).toBe(false);
    await new Promise(setImmediate);
    expect([duplex.destroyed, events]).toEqual([true, ['error gone', 'close']]);
  });

  it('of a pipe has the half that there is', async () => {
    const [readEnd, writeEnd] = raw.check(raw.pipe2(), 'pipe2');
    const [reader, writer] = [readEnd, writeEnd].map((fd) => toDuplex(test.loop.stream(fd)));
    const events = [noting(reader as never), noting(writer as never)];
    let text = '';
    reader?.on('data', (chunk) => (text += chunk));
    expect([reader?.writable, writer?.readable]).toEqual([false, false]);
    writer?.end('through a pipe');
    await drive(test.loop, mode);
    expect(text).toBe('through a pipe');
    expect(events).toEqual([
      ['end', 'close'],
      ['finish', 'close'],
    ]);
  });

  it('of records keeps each write one', async () => {
    const type = constant('SOCK_SEQPACKET') | constant('SOCK_NONBLOCK');
    const made = raw.socketpair(constant('AF_UNIX'), type);
    if (typeof made === 'number') return;
    const peer = opened.keep(made[1]);
    const duplex = toDuplex(test.loop.stream(made[0]));
    duplex.cork();
    for (const record of ['one', 'two']) duplex.write(record);
    duplex.uncork();
    duplex.on('data', () => duplex.destroy());
    put(peer, 'x');
    await drive(test.loop, mode);
    const records = [new Uint8Array(9), new Uint8Array(9)].map((into) => raw.read(peer, into));
    expect(records).toEqual([3, 3]);
  });

  it('is of use to pipeline, which destroys it when another end fails', async () => {
    const failures: unknown[] = [];
    withPair(test.loop, (mine, theirs) => {
      const source = async function* () {
        yield 'some';
        throw new Error('of the source');
      };
      pipeline(source, mine).catch((error) => failures.push(error.message));
      theirs.write('x');
    });
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(failures).toEqual(['of the source']);
  });

  it('ends with the loop, told by close', async () => {
    const events: string[] = [];
    withPair(test.loop, (mine) => {
      noting(mine, events);
      test.loop.close();
    });
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(events).toEqual(['close']);
  });
});

describe('toDuplex', () => {
  it('refuses what is no stream, or is another’s already', async () => {
    const [mine] = opened.pair();
    const stream = test.loop.stream(mine);
    expect(() => toDuplex({} as never)).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
    expect(() => toDuplex(stream, { highWaterMark: -1 })).toThrow(RangeError);
    expect(() => toDuplex(stream, { allowHalfOpen: 1 as never })).toThrow(TypeError);
    expect(() => toDuplex(stream, { objectMode: true } as never)).toThrow(/not known/);
    const iterator = stream[Symbol.asyncIterator]();
    expect(() => toDuplex(stream)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
    void iterator.return?.();
    const [other] = opened.pair();
    const taken = test.loop.stream(other, {}, {});
    toDuplex(taken).destroy();
    expect(() => toDuplex(taken)).toThrow(expect.objectContaining({ code: 'ERR_INVALID_STATE' }));
    await drive(test.loop);
    expect(take(opened.pair()[0])).toBe('');
  });

  it('leaves its server’s list of connections as it was', async () => {
    const { server, port } = serve(test.loop, {
      open(socket) {
        const duplex = toDuplex(socket);
        expect(server.sockets).toEqual([socket]);
        duplex.on('close', () => server.close());
        server.destroy();
      },
    });
    test.loop.connect({ port }, {});
    await drive(test.loop);
    expect(server.connections).toBe(0);
  });
});
