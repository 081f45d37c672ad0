// A description that others share does not get O_NONBLOCK: not while it is used here, not
// after, not when this process is killed. And nothing blocks all the same.
//
// With F_SETFL in the place of withDescription (lib/descriptor/description.ts) the others'
// descriptors do not block any more. With `transfer` for `shared` there: the loop stands
// still in a read or a write, and the file ends at its time limit. Without the limit of
// one write in native/stream/shared.cc it stands still as well. Without dup3 in the catch,
// what is refused is another description than before.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { constant } from '../../lib/raw/constants.js';
import { check, SystemError } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { pattern } from '../support/bytes.js';
import { DIST, runChild } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { duplicate, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { usedBackend } from '../support/libkqueue.js';
import { blocks, flagsOf, noting } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const addon = compiled('pty-addon.c');
const isLinux = process.platform === 'linux';

/** Both ends of a raw terminal, blocking and ours to close. */
function openPty(): [master: number, other: number] {
  const { openPty } = createRequire(import.meta.url)(addon) as { openPty(): [number, number] };
  const ends = openPty();
  for (const fd of ends) {
    check(raw.adopt(fd), 'adopt');
    opened.keep(fd);
    check(raw.fcntl(fd, constant('F_SETFL'), constant('O_RDWR')), 'fcntl');
  }
  return ends;
}

const PAIRS: Record<string, () => [fd: number, peer: number]> = {
  'a pipe that is read': () => opened.pipe(0),
  'a pipe that is written': () => opened.pipe(0).reverse() as [number, number],
  'a socket': () => opened.keepPair(raw.socketpair(constant('AF_UNIX'), constant('SOCK_STREAM'))),
  'a terminal': () => openPty().reverse() as [number, number],
  'the master of a terminal': openPty,
};

describe.runIf(isLinux).each(DRIVE_MODES)('what others share, %s', (mode) => {
  it.each(Object.entries(PAIRS))('%s: bytes move, and theirs blocks on', async (_name, make) => {
    const [fd, peer] = make();
    // As another process has it.
    const theirs = opened.keep(duplicate(fd));
    const [ours, other] = [noting(), noting()];
    const stream = test.loop.stream(fd, {}, ours.handlers);
    // Sees all, and does not block.
    const far = test.loop.stream(opened.keep(duplicate(peer)), {}, other.handlers);
    const bytes = Buffer.from(pattern(200_000));
    const seen: boolean[] = [];
    const look = () => seen.push(blocks(theirs), blocks(peer));
    const sender: DescriptorStream = stream.writable ? stream : far;
    const [from, to] = sender === stream ? [stream, other] : [far, ours];
    look();
    from.write(bytes.subarray(0, 1000));
    from.write(bytes.subarray(1000));
    const turn = test.loop.setInterval(() => {
      look();
      if (to.bytes.length < bytes.length) return;
      test.loop.clearInterval(turn);
      stream.destroy();
      far.destroy();
      look();
    }, 1);
    await drive(test.loop, mode);
    look();
    expect(to.bytes.equals(bytes)).toBe(true);
    expect(seen.every((isBlocking) => isBlocking)).toBe(true);
  });

  it('what a peer does not take waits, and the loop goes on', async () => {
    const [master, other] = openPty();
    const theirs = opened.keep(duplicate(master));
    const stream = test.loop.stream(master, {}, {});
    const bytes = Buffer.from(pattern(300_000));
    expect(stream.write(bytes)).toBe(false);
    const taken: Buffer[] = [];
    const chunk = new Uint8Array(65536);
    let turns = 0;
    const turn = test.loop.setInterval(() => {
      turns++;
      if (turns < 5) return;
      const polled = raw.poll(Int32Array.of(other, constant('POLLIN'), 0), 1, 0);
      if (polled === 1) taken.push(Buffer.from(chunk.slice(0, raw.read(other, chunk))));
      if (Buffer.concat(taken).length < bytes.length) return;
      test.loop.clearInterval(turn);
      stream.destroy();
    }, 1);
    await drive(test.loop, mode);
    expect(Buffer.concat(taken).equals(bytes)).toBe(true);
    expect(blocks(theirs)).toBe(true);
  });

  it('a device that blocks is read', async () => {
    const fd = openSync('/dev/random', 'r');
    const theirs = opened.keep(duplicate(fd));
    const stream = test.loop.stream(fd, {}, { data: (random) => random.destroy() });
    await drive(test.loop, mode);
    expect(stream.bytesRead).toBeGreaterThan(0);
    expect(blocks(theirs)).toBe(true);
  });

  it('a FIFO that nobody reads, and so cannot be opened anew, is told of that', async () => {
    const path = join(temporaryFolder(), 'fifo');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constant('O_RDONLY') | constant('O_NONBLOCK'));
    const fd = openSync(path, 'w');
    const theirs = opened.keep(duplicate(fd));
    closeSync(reader);
    const noted = noting();
    test.loop.stream(fd, {}, noted.handlers).write('nobody');
    await drive(test.loop, mode);
    expect(noted.events.at(-1)).toBe('close EPIPE write');
    expect(blocks(theirs)).toBe(true);
  });

  it('what is not to block already is used as it is', async () => {
    const [fd, writer] = opened.pipe();
    const theirs = opened.keep(duplicate(fd));
    const before = flagsOf(theirs);
    const noted = noting();
    test.loop.stream(fd, {}, noted.handlers);
    opened.close(writer);
    await drive(test.loop, mode);
    expect(flagsOf(theirs)).toEqual(before);
  });
});

// As root the open file is refused to nobody, unless root is given up.
it.runIf(isLinux && process.getuid?.() === 0)('a pipe of another user is not opened anew', () => {
  const result = runChild(`
    const [readEnd, writeEnd] = raw.pipe2(0);
    const theirs = [raw.dup(readEnd), raw.dup(writeEnd)];
    process.seteuid(65534);
    const loop = new EventLoop();
    const bytes = Buffer.alloc(500000, 'some bytes ');
    const chunks = [];
    let ticks = 0;
    const reader = loop.stream(readEnd, {}, { data: (_, chunk) => chunks.push(Buffer.from(chunk)) });
    reader.pause();
    const writer = loop.stream(writeEnd, {}, {});
    writer.write(bytes);
    loop.setTimeout(() => reader.resume(), 5);
    const turn = loop.setInterval(() => {
      ticks++;
      if (Buffer.concat(chunks).length < bytes.length) return;
      loop.clearInterval(turn);
      reader.destroy();
      writer.destroy();
    }, 1);
    loop.run();
    const blocking = theirs.map((fd) => (raw.fcntl(fd, c.F_GETFL) & c.O_NONBLOCK) === 0);
    report([Buffer.concat(chunks).equals(bytes), ticks > 0, ...blocking]);
  `);
  expect(result).toEqual([true, true, true, true]);
});

it('a process that is killed leaves what it shares as it was', async () => {
  const [readEnd, writeEnd] = opened.pipe(0);
  const script = `
    const { EventLoop } = require(${JSON.stringify(join(DIST, 'index.cjs'))});
    const loop = new EventLoop();
    loop.stream(0, {}, { data: () => process.kill(process.pid, 'SIGKILL') });
    loop.run();`;
  const child: ChildProcess = spawn(process.execPath, ['-e', script], {
    stdio: [readEnd, 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)));
  raw.write(writeEnd, Buffer.from('die'));
  expect(await ended).toBe('SIGKILL');
  expect(blocks(readEnd)).toBe(true);
});

it.runIf(isLinux)('what is refused after all is the description that it was', () => {
  const [fd] = opened.pipe(0);
  const theirs = opened.keep(duplicate(fd));
  const { poller } = test.loop;
  const add = poller.add.bind(poller);
  let calls = 0;
  // The first asks whether it may be waited for, the second is of the new description.
  poller.add = (...args) => {
    if (++calls === 2) throw new SystemError(-constant('ENOMEM'), 'epoll_ctl');
    add(...args);
  };
  expect(() => test.loop.stream(fd, {}, {})).toThrow(/ENOMEM/);
  expect(calls).toBe(2);
  expect(blocks(fd)).toBe(true);
  // What one is told, both have.
  raw.fcntl(theirs, constant('F_SETFL'), constant('O_NONBLOCK'));
  expect(blocks(fd)).toBe(false);
});

// With a token of a handle's in `replace` (lib/descriptor/description.ts) the second one throws.
it.runIf(isLinux)('what is opened anew is not taken for another handle meanwhile', () => {
  const loop = new EventLoop({ backend: `checked:${usedBackend}` });
  const [readEnd, writeEnd] = opened.pipe(0);
  const streams = [readEnd, writeEnd].map((fd) => loop.stream(fd, {}, {}));
  for (const stream of streams) stream.destroy();
  loop.run();
  expect(streams.map(({ active }) => active)).toEqual([false, false]);
  loop.close();
});
