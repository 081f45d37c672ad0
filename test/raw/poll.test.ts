// poll: what the records say before and after, and what is refused.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { detach, put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const POLLIN = constant('POLLIN');
const POLLOUT = constant('POLLOUT');
const POLLHUP = constant('POLLHUP');
const POLLNVAL = constant('POLLNVAL');
const NEVER_OPEN = 2 ** 31 - 1;
/** Nothing that the kernel writes: shows whether it was written at all. */
const UNWRITTEN = -7;
const OUT_OF_RANGE = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });

describe('poll', () => {
  it('counts the records that have something to tell, and writes what', () => {
    const [readEnd, writeEnd] = opened.pipe();
    const fds = Int32Array.of(readEnd, POLLIN, UNWRITTEN, writeEnd, POLLOUT, UNWRITTEN);
    expect(raw.poll(fds, 2, 0)).toBe(1);
    expect([...fds]).toEqual([readEnd, POLLIN, 0, writeEnd, POLLOUT, POLLOUT]);
    put(writeEnd, 'x');
    expect(raw.poll(fds, 2, -1)).toBe(2);
    expect([fds[2], fds[5]]).toEqual([POLLIN, POLLOUT]);
  });

  it('tells unasked of a hangup and of what is not open', () => {
    const [readEnd, writeEnd] = opened.pipe();
    opened.close(writeEnd);
    const fds = Int32Array.of(readEnd, 0, UNWRITTEN, NEVER_OPEN, POLLIN, UNWRITTEN);
    expect(raw.poll(fds, 2, -1)).toBe(2);
    expect([fds[2], fds[5]]).toEqual([POLLHUP, POLLNVAL]);
  });

  it('passes over negative descriptors, and leaves records beyond nfds alone', () => {
    const ready = opened.eventfd(1);
    const fds = Int32Array.of(-1, POLLIN, UNWRITTEN, ready, POLLIN, UNWRITTEN);
    expect(raw.poll(fds, 1, 0)).toBe(0);
    expect([fds[2], fds[5]]).toEqual([0, UNWRITTEN]);
  });

  it('waits for no longer than the timeout, also for no records at all', () => {
    const idle = opened.eventfd();
    expect(raw.poll(Int32Array.of(idle, POLLIN, UNWRITTEN), 1, 1)).toBe(0);
    expect(raw.poll(new Int32Array(0), 0, 1)).toBe(0);
  });

  it('takes memory of any kind, also where no word may begin', () => {
    const ready = opened.eventfd(1);
    const record = Int32Array.of(ready, POLLIN, 0);
    const memory = new DataView(new ArrayBuffer(16), 1, 12);
    const bytes = new Uint8Array(memory.buffer, 1, 12);
    bytes.set(new Uint8Array(record.buffer));
    expect(raw.poll(memory, 1, 0)).toBe(1);
    expect([...new Int32Array(bytes.slice().buffer)]).toEqual([ready, POLLIN, POLLIN]);
    const shared = new Int32Array(new SharedArrayBuffer(12));
    shared.set(record);
    expect(raw.poll(shared, 1, 0)).toBe(1);
    expect(shared[2]).toBe(POLLIN);
  });

  it('refuses more records than the memory has', () => {
    expect(() => raw.poll(new Uint8Array(11), 1, 0)).toThrow(OUT_OF_RANGE);
    expect(() => raw.poll(new Int32Array(3), 2 ** 31 - 1, 0)).toThrow(OUT_OF_RANGE);
  });

  it('refuses events that are not of 16 bits', () => {
    const ready = opened.eventfd(1);
    const tooWide = (events: number) => Int32Array.of(ready, events, UNWRITTEN);
    for (const events of [2 ** 15, -(2 ** 15) - 1, 2 ** 31 - 1, 0x10000 | POLLIN]) {
      expect(() => raw.poll(tooWide(events), 1, 0)).toThrow(OUT_OF_RANGE);
    }
    expect(raw.poll(tooWide(-1), 1, 0)).toBe(1);
  });

  it('refuses a timeout below -1 and memory that was detached, for no records as well', () => {
    expect(() => raw.poll(new Int32Array(3), 0, -2)).toThrow(RangeError);
    const memory = new Int32Array(3);
    detach(memory);
    const refused = expect.objectContaining({ code: 'ERR_INVALID_STATE' });
    expect(() => raw.poll(memory, 0, 0)).toThrow(refused);
  });
});
