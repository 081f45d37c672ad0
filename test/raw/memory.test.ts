// Memory of every kind as the buffer of a call: what a view covers is read and
// written, and nothing beside it; what is not there any more is refused.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, detach, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();

type Call = (fd: number, memory: raw.Bytes) => number;
type AnyBuffer = ArrayBuffer | SharedArrayBuffer;
const BUFFERS: Record<string, (bytes: number) => AnyBuffer> = {
  ArrayBuffer: (bytes) => new ArrayBuffer(bytes),
  SharedArrayBuffer: (bytes) => new SharedArrayBuffer(bytes),
  'resizable ArrayBuffer': (bytes) => resizable(bytes, bytes * 2),
  'growable SharedArrayBuffer': (bytes) =>
    new (SharedArrayBuffer as ResizableConstructor<SharedArrayBuffer>)(bytes, {
      maxByteLength: bytes * 2,
    }),
};

interface ResizableConstructor<T> {
  new (bytes: number, options: { maxByteLength: number }): T;
}
type Resizable = ArrayBuffer & { resize(bytes: number): void };

function resizable(bytes: number, maxByteLength: number): Resizable {
  const Constructor = ArrayBuffer as unknown as ResizableConstructor<Resizable>;
  return new Constructor(bytes, { maxByteLength });
}

// Each covers the 16 bytes from 8 on.
const VIEWS: Record<string, (buffer: AnyBuffer) => ArrayBufferView> = {
  Int8Array: (buffer) => new Int8Array(buffer, 8, 16),
  Uint8Array: (buffer) => new Uint8Array(buffer, 8, 16),
  Uint8ClampedArray: (buffer) => new Uint8ClampedArray(buffer, 8, 16),
  Int16Array: (buffer) => new Int16Array(buffer, 8, 8),
  Uint16Array: (buffer) => new Uint16Array(buffer, 8, 8),
  Int32Array: (buffer) => new Int32Array(buffer, 8, 4),
  Uint32Array: (buffer) => new Uint32Array(buffer, 8, 4),
  Float32Array: (buffer) => new Float32Array(buffer, 8, 4),
  Float64Array: (buffer) => new Float64Array(buffer, 8, 2),
  BigInt64Array: (buffer) => new BigInt64Array(buffer, 8, 2),
  BigUint64Array: (buffer) => new BigUint64Array(buffer, 8, 2),
  DataView: (buffer) => new DataView(buffer, 8, 16),
  Buffer: (buffer) => Buffer.from(buffer as ArrayBuffer, 8, 16),
};

const cases = Object.keys(BUFFERS).flatMap((buffer) =>
  Object.keys(VIEWS).map((view) => [view, buffer] as const),
);

describe.each(cases)('a %s of a %s', (viewName, bufferName) => {
  const make = () => {
    const buffer = (BUFFERS[bufferName] as (bytes: number) => AnyBuffer)(32);
    const bytes = new Uint8Array(buffer, 0, 32).fill(0xee);
    const view = (VIEWS[viewName] as (buffer: AnyBuffer) => ArrayBufferView)(buffer);
    return { bytes, view };
  };

  it('is filled within its bounds, by each call that reads', () => {
    const [left, right] = opened.pair();
    const readv: Call = (fd, memory) => raw.readv(fd, [memory]);
    for (const call of [raw.read, raw.recv, readv]) {
      const { bytes, view } = make();
      put(left, 'x'.repeat(20));
      expect(call(right, view)).toBe(16);
      expect(Buffer.from(bytes).toString('latin1')).toBe(
        '\xee'.repeat(8) + 'x'.repeat(16) + '\xee'.repeat(8),
      );
      expect(take(right)).toBe('xxxx');
    }
  });

  it('is sent within its bounds, also a part of it in bytes', () => {
    const [left, right] = opened.pair();
    const { bytes, view } = make();
    bytes.set(bytesOf('........0123456789abcdef........'));
    expect(raw.write(left, view)).toBe(16);
    expect(raw.send(left, view, 10)).toBe(6);
    expect(raw.writev(left, [view, view])).toBe(32);
    expect(take(right)).toBe('0123456789abcdefabcdef0123456789abcdef0123456789abcdef');
    expect(() => raw.write(left, view, 17)).toThrow(RangeError);
    expect(() => raw.write(left, view, 0, 17)).toThrow(RangeError);
  });
});

it('a whole ArrayBuffer is memory too, a SharedArrayBuffer only through a view', () => {
  const [left, right] = opened.pair();
  expect(raw.write(left, bytesOf('abc').buffer)).toBe(3);
  expect(take(right)).toBe('abc');
  const shared = new SharedArrayBuffer(3) as unknown as Uint8Array;
  expect(() => raw.write(left, shared)).toThrow(TypeError);
});

it('arrays, strings and things that look like buffers are no memory', () => {
  const [left, right] = opened.pair();
  const looksLikeOne = { buffer: new ArrayBuffer(8), byteOffset: 0, byteLength: 8, length: 8 };
  const proxy = new Proxy(new Uint8Array(8), {});
  const child = Object.create(new Uint8Array(8));
  for (const value of [[1, 2], 'text', looksLikeOne, proxy, child, Uint8Array.prototype]) {
    const buffer = value as Uint8Array;
    const refused = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
    expect(() => raw.write(left, buffer)).toThrow(expect.objectContaining(refused));
    expect(() => raw.read(left, buffer)).toThrow(expect.objectContaining(refused));
  }
  expect(take(right)).toBe('');
});

describe('memory that was detached', () => {
  const REFUSED = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_STATE' });
  const detached: [string, raw.Bytes][] = Object.entries(VIEWS).map(([name, view]) => {
    const memory = view(new ArrayBuffer(32));
    detach(memory);
    return [name, memory];
  });
  const whole = new ArrayBuffer(32);
  detach(whole);
  detached.push(['ArrayBuffer', whole]);

  it.each(detached)('is refused, not taken for an empty one or for the end (%s)', (_, memory) => {
    const [left, right] = opened.pair();
    put(left, 'unread');
    for (const call of [raw.read, raw.write, raw.recv, raw.send]) {
      expect(() => call(right, memory)).toThrow(REFUSED);
    }
    expect(() => raw.readv(right, [new Uint8Array(1), memory])).toThrow(REFUSED);
    expect(() => raw.writev(right, [new Uint8Array(1), memory])).toThrow(REFUSED);
    expect(() => raw.bind(left, memory as Uint8Array)).toThrow(REFUSED);
    expect(take(right)).toBe('unread');
  });

  it('is refused as an option and as a list of events', () => {
    const memory = new Uint8Array(32);
    detach(memory);
    const fd = opened.eventfd();
    expect(() => raw.setsockopt(fd, 1, 1, memory)).toThrow(REFUSED);
    expect(() => raw.getsockopt(fd, 1, 1, memory)).toThrow(REFUSED);
    const epfd = opened.keep(raw.epoll_create1());
    expect(() => raw.epoll_wait(epfd, memory, 1, 0)).toThrow(RangeError);
    expect(() => raw.epoll_pwait2(epfd, memory, 1, 0)).toThrow(RangeError);
    const path = { family: 'unix', path: memory } as unknown as raw.UnixAddress;
    expect(() => raw.connect(fd, path)).toThrow(REFUSED);
  });

  it('but an empty buffer that is there is an empty buffer', () => {
    const [left] = opened.pair();
    for (const memory of [
      new ArrayBuffer(0),
      new Uint8Array(0),
      new DataView(new ArrayBuffer(0)),
    ]) {
      expect(raw.write(left, memory)).toBe(0);
    }
  });
});

// Pages that a shrunk buffer gave back cannot be touched: to read there is a fault.
describe('a view of a buffer that was shrunk', () => {
  const PAGE = 65536;
  /** What is left of each in bytes, when one page is. */
  const LEFT: [string, number, (buffer: ArrayBuffer) => ArrayBufferView][] = [
    ['fixed, now out of bounds', 0, (buffer) => new Uint8Array(buffer, PAGE * 2, PAGE)],
    ['fixed, now half out of bounds', 0, (buffer) => new Uint8Array(buffer, 8, PAGE * 2)],
    ['a fixed DataView', 0, (buffer) => new DataView(buffer, PAGE * 2, PAGE)],
    ['following the length', PAGE, (buffer) => new Uint8Array(buffer)],
    ['following it from beyond', 0, (buffer) => new Float64Array(buffer, PAGE * 2)],
    ['a DataView following it', PAGE - 8, (buffer) => new DataView(buffer, 8)],
  ];

  it.each(LEFT)('covers what is left of it: %s', (_, bytes, view) => {
    const buffer = resizable(PAGE * 4, PAGE * 4);
    const memory = view(buffer);
    buffer.resize(PAGE);
    const [left, right] = opened.pair();
    expect(raw.write(left, memory)).toBe(bytes);
    put(left, 'more');
    expect(raw.recv(right, memory)).toBe(bytes);
    expect(raw.writev(left, [memory])).toBe(bytes);
    expect(() => raw.read(right, memory, 0, bytes + 1)).toThrow(RangeError);
    expect(() => raw.read(right, memory, bytes + 1)).toThrow(RangeError);
  });

  it('grows back with it', () => {
    const buffer = resizable(PAGE, PAGE * 4);
    const view = new Uint8Array(buffer);
    buffer.resize(16);
    buffer.resize(PAGE * 2);
    const [left, right] = opened.pair();
    expect(raw.write(left, view, PAGE, 8)).toBe(8);
    expect(raw.read(right, view, PAGE * 2 - 8)).toBe(8);
    expect(raw.read(right, view)).toBe(-constant('EAGAIN'));
  });
});
