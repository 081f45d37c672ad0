// What cannot be written or read ends the one stream that it came by, with its error; nobody else is thrown at,
// and no byte is another. Without the `try` in `#sends` and in `writeAll` the first two throw where
// nobody can catch it, without the check of the length in `gathers` the third is told that all is well, without the
// `try` in `#received` the fourth is uncaught; without `readableEncoding` the bytes of the last differ.
import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { fromDuplex } from '../../lib/node/index.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { noting, withPair } from './support.js';

guardDescriptors();
const test = eachWithLoop();

/** Memory, and what transfers it away. */
function transferable(bytes: number): [view: Uint8Array, transfer: () => void] {
  const memory = new ArrayBuffer(bytes);
  return [new Uint8Array(memory), () => void structuredClone(memory, { transfer: [memory] })];
}

describe.each(DRIVE_MODES)('a SocketDuplex whose chunk lost its memory (%s)', (mode) => {
  // In pieces, and as one of several.
  it.each([600_000, 100])('while it waited is destroyed with the error: %i', async (bytes) => {
    const events: string[] = [];
    const told: unknown[] = [];
    withPair(test.loop, (mine, theirs) => {
      noting(mine, events);
      theirs.pause();
      while (mine.write(Buffer.alloc(200_000)));
      const [view, transfer] = transferable(bytes);
      mine.write(view, (error) => told.push(error?.name));
      transfer();
      theirs.resume();
    });
    await drive(test.loop, mode);
    await new Promise(setImmediate);
    expect(told).toEqual(['TypeError']);
    expect(events.filter((event) => /^error|close/.test(event))).toEqual([
      expect.stringMatching(/^error /),
      'close',
    ]);
  });

  it('before it was written throws as node:stream does', async () => {
    let name = 'nothing was thrown';
    withPair(test.loop, (mine) => {
      const [view, transfer] = transferable(100);
      transfer();
      try {
        mine.write(view);
      } catch (error) {
        ({ name } = error as Error);
      }
      mine.destroy();
    });
    await drive(test.loop, mode);
    expect(name).toBe('TypeError');
  });
});

// Outside of a turn what was corked is copied together.
it.runIf(DRIVE_MODES.includes('guest'))('likewise while it was corked', async () => {
  const events: string[] = [];
  const told: unknown[] = [];
  withPair(test.loop, (mine) => {
    noting(mine, events);
    setImmediate(() => {
      const [view, transfer] = transferable(100);
      mine.cork();
      mine.write('before');
      mine.write(view, (error) => told.push(error?.name));
      transfer();
      mine.uncork();
    });
  });
  await drive(test.loop, 'guest');
  await new Promise(setImmediate);
  expect(told).toEqual(['TypeError']);
  expect(events).toContain('close');
});

describe('fromDuplex', () => {
  it('closes with the error where the Duplex has objects for it', async () => {
    const duplex = new Duplex({ objectMode: true, read() {}, write: (_, __, done) => done() });
    const stream = fromDuplex(duplex, { data() {} });
    duplex.push({ no: 'bytes' });
    await expect(stream.closed).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  it.each(['latin1', 'hex', 'base64', 'utf8'] as const)(
    'has the bytes of a Duplex that decodes: %s',
    async (encoding) => {
      const bytes = encoding === 'utf8' ? Buffer.from('é€') : Buffer.from([0xe9, 0xff, 0, 1]);
      const told: Buffer[] = [];
      const duplex = new PassThrough().setEncoding(encoding);
      const stream = fromDuplex(duplex, {
        data: (_, chunk) => void told.push(Buffer.from(chunk)),
      });
      stream.end(bytes);
      await stream.closed;
      expect(Buffer.concat(told)).toEqual(bytes);
    },
  );
});
