// One stream core for descriptors of every kind: what differs is by which calls the bytes
// move, what the end is and what errors are called by. Real pipes, sockets and terminals.
//
// With `readCall` in the place of the literal names left out, the errors below are send's
// and recv's; without `endsWith` the terminal's end is an error; with setTransfer left out
// of startOpen (lib/stream/stream.ts) recv is tried on a pipe: ENOTSOCK.
import { createRequire } from 'node:module';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { groupOf, streamSettings } from '../../lib/stream/options.js';
import { Stream } from '../../lib/stream/stream.js';
import { BY_FILE, BY_TERMINAL, type Transfer } from '../../lib/stream/transfer.js';
import { newLoop, socketPair } from '../loop/support.js';
import { pattern } from '../support/bytes.js';
import { compiled } from '../support/compile.js';
import { DRIVE_MODES, drive } from '../support/drive.js';

const O_NONBLOCK = constant('O_NONBLOCK');
const addon = compiled('pty-addon.c');

class PlainStream extends Stream {
  override get kind(): string {
    return 'PlainStream';
  }
}

type Handlers = Parameters<typeof groupOf>[1];

function open(loop: EventLoop, fd: number, handlers: Handlers, transfer: Transfer): PlainStream {
  const settings = streamSettings({});
  const stream = new PlainStream(loop, groupOf(settings, handlers, undefined, undefined, transfer));
  stream.startOpen(fd);
  return stream;
}

/** Handlers that write down what happens. */
function noting(): { events: string[]; bytes: Buffer[]; handlers: Handlers } {
  const events: string[] = [];
  const bytes: Buffer[] = [];
  const handlers: Handlers = {
    data: (_stream, chunk) => void bytes.push(Buffer.from(chunk)),
    end: () => void events.push('end'),
    close: (_stream, error) => {
      const { code, syscall } = (error ?? {}) as { code?: string; syscall?: string };
      events.push(error === undefined ? 'close' : `close ${code} ${syscall}`);
    },
  };
  return { events, bytes, handlers };
}

describe.each(DRIVE_MODES)('a stream that is no socket, %s', (mode) => {
  it('reads a pipe until its end', async () => {
    const loop = newLoop();
    const [fd, writer] = check(raw.pipe2(O_NONBLOCK), 'pipe2');
    const { events, bytes, handlers } = noting();
    open(loop, fd, handlers, BY_FILE);
    raw.write(writer, Buffer.from('first '));
    raw.write(writer, Buffer.from('last'));
    raw.close(writer);
    await drive(loop, mode);
    expect(Buffer.concat(bytes).toString()).toBe('first last');
    expect(events).toEqual(['end', 'close']);
  });

  it('sends small and large pieces in their order, however little is taken', async () => {
    const loop = newLoop();
    const [a, b] = socketPair();
    const large = pattern(3_000_000);
    const { bytes, handlers } = noting();
    const reader = open(loop, b, { ...handlers, end: () => reader.destroy() }, BY_FILE);
    const writer = open(loop, a, {}, BY_FILE);
    loop.setImmediate(() => {
      writer.write('small ');
      writer.write('pieces ');
      writer.write(large);
      writer.end('behind');
    });
    await drive(loop, mode);
    const all = Buffer.concat([Buffer.from('small pieces '), large, Buffer.from('behind')]);
    expect(Buffer.concat(bytes).equals(all)).toBe(true);
    expect(writer.bytesWritten).toBe(all.length);
  });

  it.each([10, 100_000])('tells by write(2) that nobody reads, after %i bytes', async (size) => {
    const loop = newLoop();
    const [reader, fd] = check(raw.pipe2(O_NONBLOCK), 'pipe2');
    const { events, handlers } = noting();
    const stream = open(loop, fd, handlers, BY_FILE).pause();
    raw.close(reader);
    loop.setImmediate(() => void stream.write(new Uint8Array(size)));
    await drive(loop, mode);
    expect(events).toEqual(['close EPIPE write']);
  });

  it.runIf(process.platform === 'linux')('takes EIO for the end of a terminal', async () => {
    const { openPty } = createRequire(import.meta.url)(addon) as {
      openPty(): [number, number] | undefined;
    };
    const [ours, its] = openPty() as [number, number];
    for (const fd of [ours, its]) check(raw.adopt(fd), 'adopt');
    onTestFinished(() => void raw.close(its));
    const loop = newLoop();
    const { events, bytes, handlers } = noting();
    const stream = open(loop, ours, handlers, BY_TERMINAL);
    stream.write('typed');
    raw.write(its, Buffer.from('printed'));
    loop.setTimeout(() => {
      const typed = new Uint8Array(16);
      expect(Buffer.from(typed.subarray(0, raw.read(its, typed))).toString()).toBe('typed');
      raw.close(its);
    }, 1);
    await drive(loop, mode);
    expect(Buffer.concat(bytes).toString()).toBe('printed');
    expect(events).toEqual(['end', 'close']);
  });
});
