// loop.zlib: what Node's own functions make and say, in both modes.
//
// The guards were taken out once each: without MAX_OUTPUT “a few bytes of a stranger” gives all of
// them; without `abortGraceMs: Infinity` “that is aborted” ends a thread. That threads end themselves
// (`isGentle`) shows in the process that Node 20 ends now and then as a Brotli stream is made.
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { until } from '../pool/held.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, eachWithLoop } from '../support/drive.js';
import { settled } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const TEXT = 'what is compressed '.repeat(5000);

const PAIRS = [
  ['gzip', 'gunzip'],
  ['deflate', 'inflate'],
  ['deflateRaw', 'inflateRaw'],
  ['gzip', 'unzip'],
  ['brotliCompress', 'brotliDecompress'],
  ['zstdCompress', 'zstdDecompress'],
] as const;
const hasZstd = 'zstdCompressSync' in zlib;

describe.each(DRIVE_MODES)('loop.zlib (%s)', (mode) => {
  it('makes what node:zlib makes, and reads it', async () => {
    const pairs = hasZstd ? PAIRS : PAIRS.slice(0, -1);
    const asked = pairs.map(async ([pack, unpack]) => {
      const packed = await test.loop.zlib[pack](TEXT);
      const expected = (zlib as unknown as Record<string, (text: string) => Buffer>)[`${pack}Sync`];
      const bytes = await test.loop.zlib[unpack](packed);
      return [
        Buffer.from(packed).equals(expected?.(TEXT) as Buffer),
        Buffer.from(bytes).toString() === TEXT,
      ];
    });
    expect(await settled(test.loop, mode, asked)).toEqual(pairs.map(() => [true, true]));
  });

  it('takes bytes of every kind, and the options of node:zlib', async () => {
    const bytes = Buffer.from(`#${TEXT}#`).subarray(1, -1);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    const inputs = [bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), shared];
    const asked = inputs.map((input) => test.loop.zlib.deflate(input, { level: 1 }));
    const expected = zlib.deflateSync(TEXT, { level: 1 });
    expect(await settled(test.loop, mode, asked)).toEqual(inputs.map(() => expected));
    expect(bytes.toString()).toBe(TEXT);
  });

  it('rejects with what node:zlib says', async () => {
    const bomb = zlib.gzipSync(Buffer.alloc(1e6));
    const detached = new Uint8Array(5);
    structuredClone(0, { transfer: [detached.buffer] });
    const outcomes = await settled(test.loop, mode, [
      test.loop.zlib.gunzip('no gzip'),
      test.loop.zlib.gunzip(bomb, { maxOutputLength: 1000 }),
      test.loop.zlib.gunzip(bomb.subarray(0, 100)),
      test.loop.zlib.gzip('x', { level: 77 }),
      test.loop.zlib.gzip(5 as never),
      test.loop.zlib.gunzip(bomb, { maxOutputLenght: 1000 } as object),
      test.loop.zlib.gzip('x', { info: true } as object),
      test.loop.zlib.gzip(detached),
      test.loop.zlib.gzip('x', { signal: AbortSignal.abort('enough') }),
    ]);
    const coded = (code: string) => expect.objectContaining({ code });
    expect(outcomes).toEqual([
      coded('Z_DATA_ERROR'),
      coded('ERR_BUFFER_TOO_LARGE'),
      coded('Z_BUF_ERROR'),
      coded('ERR_OUT_OF_RANGE'),
      coded('ERR_INVALID_ARG_TYPE'),
      coded('ERR_INVALID_ARG_VALUE'),
      coded('ERR_INVALID_ARG_VALUE'),
      coded('ERR_INVALID_STATE'),
      coded('ABORT_ERR'),
    ]);
  });

  it('that is aborted rejects at once, what compresses ends unheard, and others go on', async () => {
    // Its thread is there then, and takes what comes without a turn.
    await settled(test.loop, mode, [test.loop.zlib.gzip('x')]);
    const controller = new AbortController();
    const large = Buffer.alloc(4 * 1024 * 1024, 'large');
    const asked = [
      test.loop.zlib.brotliCompress(large, { signal: controller.signal }),
      test.loop.zlib.gzip('x'),
    ];
    until(() => test.loop.zlib.stats().running > 0);
    controller.abort('enough');
    const [aborted, packed] = await settled(test.loop, mode, asked);
    expect(aborted).toMatchObject({ code: 'ABORT_ERR', cause: 'enough' });
    expect(packed).toEqual(zlib.gzipSync('x'));
    expect(test.loop.zlib.stats()).toMatchObject({ terminated: 0, crashed: 0 });
  });
});

it('a few bytes of a stranger become at most 256 MiB, where nothing else is said', async () => {
  const bomb = zlib.gzipSync(Buffer.alloc(2 ** 26, '0'.repeat(1000)));
  const fourTimes = Buffer.concat([bomb, bomb, bomb, bomb]);
  const { zlib: ours } = test.loop;
  // What node:zlib reads of several members is one result.
  const outcomes = await settled(test.loop, 'guest', [
    ours.gunzip(Buffer.concat([fourTimes, zlib.gzipSync('one more')])),
    ours.gzip(Buffer.alloc(10)),
  ]);
  expect(outcomes[0]).toMatchObject({ name: 'RangeError', code: 'ERR_BUFFER_TOO_LARGE' });
  expect(outcomes[1]).toEqual(zlib.gzipSync(Buffer.alloc(10)));
});

it.runIf(!hasZstd)('Zstandard is told to be missing where the host has none', async () => {
  const error = { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' };
  await expect(test.loop.attach().zlib.zstdCompress('x')).rejects.toMatchObject(error);
});
