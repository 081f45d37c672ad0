// loop.stream: descriptors of each kind that can be taken over, and that they are ours then.
//
// Without READ_ENDED for what is only written (takeOver in lib/descriptor/stream.ts): its end
// is told as EBADF of read; without the interest that follows, a terminal that is only
// written is reported for as long as nobody reads what was typed. Without WRITE_ENDED for
// what is only read: it is writable, and a write ends it with EBADF. Without READ_ENDED in
// askForError (lib/stream/input.ts): a paused terminal ends with EPIPE; without `endsWith`
// there: one that is written, too, and without it in takeRecord (lib/stream/detaching.ts) one
// that hung up is not detached. Without adopt: the FIFO is never closed, and its reader
// waits for ever. With `open` called at once: its event is the first of all. Without
// BY_TERMINAL: a terminal ends with EIO; without BY_SOCKET: both halves of a socket end with
// the first. Without the look at `open`: what was destroyed opens.
import { execFileSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import { constant } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { compiled } from '../support/compile.js';
import { guardDescriptors, isCloseOnExec, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { usedBackend } from '../support/libkqueue.js';
import { blocks, noting } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const addon = compiled('pty-addon.c');
const isLinux = process.platform === 'linux';

/** A terminal's two ends, ours without O_NONBLOCK. */
function openPty(): [ours: number, its: number] {
  const { openPty } = createRequire(import.meta.url)(addon) as { openPty(): [number, number] };
  const [ours, its] = openPty();
  check(raw.adopt(its), 'adopt');
  opened.keep(its);
  raw.fcntl(ours, constant('F_SETFL'), constant('O_RDWR'));
  return [ours, its];
}

describe.each(DRIVE_MODES)('a descriptor that is taken over, %s', (mode) => {
  it('is a pipe that blocked: read to its end, then closed', async () => {
    const [fd, writer] = opened.pipe(0);
    raw.fcntl(fd, constant('F_SETFD'), 0);
    const noted = noting();
    test.loop.stream(fd, {}, noted.handlers);
    noted.events.push('returned');
    expect([blocks(fd), isCloseOnExec(fd)]).toEqual([false, true]);
    raw.write(writer, Buffer.from('first '));
    test.loop.setTimeout(() => {
      raw.write(writer, Buffer.from('last'));
      opened.close(writer);
    }, 1);
    await drive(test.loop, mode);
    expect(noted.text).toBe('first last');
    expect(noted.events).toEqual(['returned', 'open', 'data', 'end', 'close']);
    expect(isOpen(fd)).toBe(false);
  });

  it('is the end of a pipe that is written: all of it goes out before it is closed', async () => {
    const [reader, fd] = opened.pipe(0);
    const [from, to] = [noting(), noting()];
    const large = 'x'.repeat(300_000);
    test.loop.stream(reader, {}, to.handlers);
    const stream = test.loop.stream(fd, {}, from.handlers);
    expect(stream.write(large)).toBe(false);
    stream.end('behind');
    await drive(test.loop, mode);
    expect(to.text === `${large}behind`).toBe(true);
    expect(from.events).toEqual(['open', 'close']);
    expect([isOpen(reader), isOpen(fd)]).toEqual([false, false]);
  });

  it('that can only be read is not writable, and a write does nothing', async () => {
    const [fd, writer] = opened.pipe();
    const noted = noting();
    const stream = test.loop.stream(fd, { allowHalfOpen: true }, noted.handlers);
    expect([stream.writable, stream.write('lost'), stream.bytesWritten]).toEqual([false, false, 0]);
    opened.close(writer);
    await drive(test.loop, mode);
    expect(noted.events).toEqual(['open', 'end', 'close']);
  });

  it('that can only be written tells that nobody reads any more, unasked', async () => {
    const [reader, fd] = opened.pipe();
    const noted = noting();
    test.loop.stream(fd, {}, noted.handlers);
    test.loop.setTimeout(() => opened.close(reader), 1);
    await drive(test.loop, mode);
    expect(noted.events).toEqual(['open', 'close EPIPE write']);
  });

  it('is a FIFO that the host has opened', async () => {
    const path = join(temporaryFolder(), 'fifo');
    execFileSync('mkfifo', [path]);
    const fd = openSync(path, constant('O_RDONLY') | constant('O_NONBLOCK'));
    const noted = noting();
    const stream = test.loop.stream(fd, {}, noted.handlers);
    expect(stream.label).toBe(`DescriptorStream of pipe ${fd}`);
    test.loop.stream(openSync(path, 'w'), {}, {}).end('through it');
    await drive(test.loop, mode);
    expect(noted.text).toBe('through it');
    expect(noted.events).toEqual(['open', 'data', 'end', 'close']);
    expect(isOpen(fd)).toBe(false);
  });

  it('is a socket, whose halves end one by one', async () => {
    const [ours, its] = opened.pair();
    const [left, right] = [noting(), noting()];
    const asking = test.loop.stream(ours, {}, left.handlers);
    const answering = test.loop.stream(
      its,
      { allowHalfOpen: true },
      { ...right.handlers, end: () => answering.end('answer') },
    );
    asking.end('question');
    await drive(test.loop, mode);
    expect([right.text, left.text]).toEqual(['question', 'answer']);
    expect([left.events, right.events]).toEqual([
      ['open', 'data', 'end', 'close'],
      ['open', 'data', 'close'],
    ]);
  });

  it.runIf(isLinux)('is a terminal, which ends with the last at its other side', async () => {
    const [fd, its] = openPty();
    const noted = noting();
    const stream = test.loop.stream(fd, {}, noted.handlers);
    expect(stream.label).toBe(`DescriptorStream of terminal ${fd}`);
    raw.write(its, Buffer.from('printed'));
    stream.write('typed');
    test.loop.setTimeout(() => {
      const typed = new Uint8Array(16);
      expect(Buffer.from(typed.subarray(0, raw.read(its, typed))).toString()).toBe('typed');
      opened.close(its);
    }, 1);
    await drive(test.loop, mode);
    expect(noted.text).toBe('printed');
    expect(noted.events).toEqual(['open', 'data', 'end', 'close']);
    expect(isOpen(fd)).toBe(false);
  });

  it.runIf(isLinux)('is a terminal that is paused: it waits with its end', async () => {
    const [master, its] = openPty();
    opened.keep(master);
    check(raw.adopt(master), 'adopt');
    const noted = noting();
    const open = (stream: DescriptorStream) => {
      opened.close(master);
      test.loop.setTimeout(() => {
        noted.events.push('resumed');
        stream.resume();
      }, 10);
    };
    test.loop.stream(its, {}, { ...noted.handlers, open }).pause();
    await drive(test.loop, mode);
    expect(noted.events).toEqual(['resumed', 'end', 'close']);
  });

  it.runIf(isLinux)(
    'is a terminal that has hung up and is detached: it leaves its end',
    async () => {
      const ptys = [openPty(), openPty()] as const;
      const given: number[] = [];
      const streams: DescriptorStream[] = ptys.map(([fd], index) => {
        // Whoever of the two is told first detaches the other, whose end is read as well.
        const end = () => {
          if (given.length === 0) given.push((streams[1 - index] as DescriptorStream).detach());
        };
        return test.loop.stream(fd, {}, { data: () => {}, end });
      });
      opened.close(...ptys.map(([, its]) => its));
      await drive(test.loop, mode);
      expect(given.map((fd) => raw.read(fd, new Uint8Array(1)))).toEqual([-constant('EIO')]);
      for (const fd of given) expect(raw.close(fd)).toBe(0);
    },
  );

  it.runIf(isLinux)('is a terminal that is only written, and tells how it ended', async () => {
    const [master, its] = openPty();
    opened.keep(master);
    check(raw.adopt(master), 'adopt');
    const writeOnly = constant('O_WRONLY') | constant('O_NOCTTY');
    const noted = noting();
    test.loop.stream(openSync(`/proc/self/fd/${its}`, writeOnly), {}, noted.handlers);
    test.loop.setTimeout(() => opened.close(master), 1);
    await drive(test.loop, mode);
    expect(noted.events).toEqual(['open', 'close EIO write']);
  });

  it.runIf(isLinux)('is a terminal that is only written: what is typed costs nothing', async () => {
    const [ours, its] = openPty();
    opened.keep(ours);
    check(raw.adopt(ours), 'adopt');
    const writeOnly = constant('O_WRONLY') | constant('O_NOCTTY');
    const stream = test.loop.stream(openSync(`/proc/self/fd/${its}`, writeOnly), {}, {});
    raw.write(ours, Buffer.from('typed'));
    let events = -1;
    test.loop.setTimeout(() => {
      events = stream.metrics?.events ?? -1;
      stream.end();
    }, 5);
    await drive(test.loop, mode);
    // A kqueue tells a hangup by the filter of reading alone, and so the first edge as well.
    expect(events).toBeLessThanOrEqual(usedBackend === 'kqueue' ? 1 : 0);
  });

  it.runIf(isLinux)('leaves what is typed to others, without a data handler', async () => {
    const [ours, its] = openPty();
    opened.keep(ours);
    check(raw.adopt(ours), 'adopt');
    const both = constant('O_RDWR') | constant('O_NOCTTY');
    const stream = test.loop.stream(openSync(`/proc/self/fd/${its}`, both), {}, {});
    raw.write(ours, Buffer.from('typed'));
    stream.write('printed');
    test.loop.setTimeout(() => stream.end(), 5);
    await drive(test.loop, mode);
    const bytes = new Uint8Array(16);
    expect(Buffer.from(bytes.subarray(0, raw.read(its, bytes))).toString()).toBe('typed');
    expect(Buffer.from(bytes.subarray(0, raw.read(ours, bytes))).toString()).toBe('printed');
  });

  it.runIf(isLinux)('is a character device', async () => {
    const fd = openSync('/dev/random', 'r');
    const noted = noting();
    const { data, ...handlers } = noted.handlers;
    const stream = test.loop.stream(fd, {}, { ...handlers, data: () => stream.destroy() });
    expect(stream.label).toBe(`DescriptorStream of device ${fd}`);
    await drive(test.loop, mode);
    expect(stream.bytesRead).toBeGreaterThan(0);
    expect(noted.events).toEqual(['open', 'close']);
    expect(isOpen(fd)).toBe(false);
  });

  it('that is destroyed at once does not open, and tells of its close', async () => {
    const [fd] = opened.pipe();
    const noted = noting();
    test.loop.stream(fd, {}, noted.handlers).destroy();
    await drive(test.loop, mode);
    expect(noted.events).toEqual(['close']);
  });

  it('ends with its signal', async () => {
    const [fd] = opened.pipe();
    const controller = new AbortController();
    const noted = noting();
    test.loop.stream(fd, { signal: controller.signal }, noted.handlers);
    test.loop.setImmediate(() => controller.abort());
    await drive(test.loop, mode);
    expect(noted.events).toEqual(['open', 'close ABORT_ERR']);
    expect(isOpen(fd)).toBe(false);
  });
});
