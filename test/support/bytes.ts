// Bytes to write and to compare, and short ways to write and read them.
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text));
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/** `length` bytes that differ from place to place, so that a shift or a swap shows. */
export function pattern(length: number, seed = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  // A period that is no power of two, unlike every buffer's size.
  for (let i = 0; i < length; i++) bytes[i] = (i * 31 + (i >> 8) * 7 + seed) % 251;
  return bytes;
}

/** Sends all of `text`; a test's socket has room for it. */
export function put(fd: number, text = 'x'): void {
  raw.check(raw.write(fd, bytesOf(text)), 'write');
}

/**
 * Returns when `fd` can be read, or has ended. What a loopback has been sent comes a moment
 * later on a busy machine.
 */
export function untilReadable(fd: number): void {
  const record = Int32Array.of(fd, constant('POLLIN'), 0);
  if (raw.poll(record, 1, 10_000) !== 1) throw new Error('nothing has come');
}

/** What can be read now, until EAGAIN or the end. */
export function take(fd: number): string {
  const chunk = new Uint8Array(65536);
  let text = '';
  for (let n = raw.read(fd, chunk); n > 0; n = raw.read(fd, chunk)) {
    text += textOf(chunk.subarray(0, n));
  }
  return text;
}

/** Writes until the kernel takes no more; how many bytes that were. */
export function fill(fd: number): number {
  const chunk = new Uint8Array(65536);
  let total = 0;
  for (let n = raw.write(fd, chunk); n > 0; n = raw.write(fd, chunk)) total += n;
  return total;
}

/** Gives the buffer of a view, or a buffer, to nobody: it is detached from here on. */
export function detach(memory: ArrayBuffer | ArrayBufferView): void {
  const buffer = (ArrayBuffer.isView(memory) ? memory.buffer : memory) as ArrayBuffer;
  structuredClone(buffer, { transfer: [buffer] });
}

/** Memory whose size changes, up to twice what it is: newer than the types of this repository. */
export function resizable(bytes: number): ArrayBuffer & { resize(bytes: number): void } {
  return Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: 2 * bytes }]);
}

/** Random numbers that a seed repeats (mulberry32), so that a failure can be repeated. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A seed for `randomFrom`: RAWLOOP_SEED, else a new one each time. Print it. */
export function newSeed(): number {
  const forced = process.env['RAWLOOP_SEED'];
  return forced ? Number(forced) : Math.floor(Math.random() * 2 ** 32);
}
