// Trap 47: `length` of a typed array is an ordinary property, which a subclass may
// replace: what it says must not decide how much memory is read.
//
// Without byteLengthOf in the writing half: -1 gathers what another connection wrote, a
// larger one reads past the view.
import { afterEach, describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import type { Socket } from '../../lib/net/socket.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const loops: EventLoop[] = [];
afterEach(() => {
  for (const loop of loops.splice(0)) loop.close();
});

const SECRET = 'what others wrote';

/** What a class may say of itself, all of it untrue. */
function liar(says: number): new (length: number) => Uint8Array {
  return class Liar extends Uint8Array {
    static get [Symbol.species](): never {
      throw new Error('the species was asked');
    }
    override get length(): never {
      return says as never;
    }
    override get byteLength(): never {
      return says as never;
    }
    override get byteOffset(): never {
      return says as never;
    }
    override get buffer(): never {
      return new ArrayBuffer(0) as never;
    }
    override subarray(): never {
      return new Uint8Array(1000) as never;
    }
    override slice(): never {
      return new Uint8Array(1000) as never;
    }
    override set(): void {
      throw new Error('set was called');
    }
    override get [Symbol.toStringTag](): never {
      return 'DataView' as never;
    }
  };
}

/** What the peer gets when a server writes `data` beside another connection's output. */
async function written(make: () => Uint8Array, through: 'write' | 'end'): Promise<string[]> {
  const loop = new EventLoop();
  loops.push(loop);
  const got: string[] = [];
  let closed = 0;
  const server = loop.listen(
    { host: '127.0.0.1', port: 0 },
    {
      data(socket: Socket, chunk) {
        if (Buffer.from(chunk).toString() === 'secret') socket.end(SECRET);
        else if (through === 'end') socket.end(make());
        else {
          socket.write(make());
          socket.end();
        }
      },
    },
  );
  for (const [index, request] of ['secret', 'lie'].entries()) {
    got.push('');
    loop.connect(
      { host: '127.0.0.1', port: (server.address as raw.IpAddress).port },
      {
        open: (socket) => socket.write(request),
        data: (_, chunk) => {
          got[index] += Buffer.from(chunk).toString();
        },
        close: () => {
          if (++closed === 2) server.close();
        },
      },
    );
  }
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      loop.run();
      resolve();
    });
  });
  return got;
}

describe.each(['write', 'end'] as const)('%s', (through) => {
  it.each([-1, 0, 3, 5000, 2 ** 31, 2 ** 53, Number.NaN])(
    'sends the bytes that are there, not %d',
    async (says) => {
      // Few, which are gathered, and more than that.
      for (const size of [8, 100_000]) {
        const bytes = new (liar(says))(size);
        Uint8Array.prototype.fill.call(bytes, 0x61);
        expect(await written(() => bytes, through)).toEqual([SECRET, 'a'.repeat(size)]);
      }
    },
  );

  it('sends the bytes of an instance that lies, and of another kind of view', async () => {
    const own = Object.defineProperty(Buffer.from('abcd'), 'length', { value: -1 });
    expect(await written(() => own, through)).toEqual([SECRET, 'abcd']);
    class Words extends Uint16Array {
      override get byteLength(): never {
        return -1 as never;
      }
    }
    const words = new Words([0x6161, 0x6161]) as unknown as Uint8Array;
    expect(await written(() => words, through)).toEqual([SECRET, 'aaaa']);
  });
});

it('the raw calls go by the memory as well', () => {
  const [readEnd, writeEnd] = opened.pipe();
  for (const says of [-1, 5000, 2 ** 40]) {
    const bytes = new (liar(says))(8);
    Uint8Array.prototype.fill.call(bytes, 0x62);
    expect(raw.write(writeEnd, bytes)).toBe(8);
    expect(raw.writev(writeEnd, [bytes, bytes])).toBe(16);
    expect(raw.read(readEnd, bytes)).toBe(8);
    expect(raw.readv(readEnd, [bytes, bytes])).toBe(16);
    expect(() => raw.write(writeEnd, bytes, 0, 9)).toThrow(RangeError);
  }
});
