// What a relay joins beside connections: ends of pipes, terminals, records, a socket whose open
// file others share. What splice(2) cannot move is copied, to the same effect.
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { relay } from '../../lib/relay/index.js';
import { bytesOf, pattern, put, take, textOf } from '../support/bytes.js';
import { compiled } from '../support/compile.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { CASES, endOf, fourOf, joinBy, Peer } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const isLinux = process.platform === 'linux';
const addon = isLinux ? compiled('pty-addon.c') : '';

function openPty(): [ours: number, its: number] {
  const { openPty: open } = createRequire(import.meta.url)(addon) as {
    openPty(): [number, number];
  };
  const [ours, its] = open();
  for (const fd of [ours, its]) raw.check(raw.adopt(fd), 'adopt');
  return [opened.keep(ours), opened.keep(its)];
}

describe.each(CASES)('a relay by %s, %s', (way, mode) => {
  it('from a pipe to a connection, which closes behind its end', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const [ofB, far] = opened.tcpPair();
    const bytes = pattern(500_000);
    const joined = joinBy(way, test.loop.stream(readEnd, {}, {}), test.loop.stream(ofB, {}, {}));
    expect(joined.spliced).toBe(way === 'splice');
    const peer = new Peer(test.loop, far, { end: (stream) => stream.end() });
    const writer = test.loop.stream(writeEnd, {}, {});
    writer.end(bytes);
    await drive(test.loop, mode);
    expect(peer.bytes.equals(bytes)).toBe(true);
    expect(await endOf(joined)).toBe('');
  });

  it('from a connection to a pipe, which is closed at its end', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const [near, ofA] = opened.pair();
    const bytes = pattern(500_000);
    const joined = joinBy(way, test.loop.stream(ofA, {}, {}), test.loop.stream(writeEnd, {}, {}));
    const peer = new Peer(test.loop, readEnd);
    const writer = test.loop.stream(near, {}, {});
    writer.end(bytes);
    await drive(test.loop, mode);
    expect(peer.bytes.equals(bytes)).toBe(true);
    expect(peer.events).toEqual(['end', 'close']);
    expect(await endOf(joined)).toBe('');
  });

  it('to a pipe that nobody reads any more is over', async () => {
    const [readEnd, writeEnd] = opened.pipe();
    const [near, ofA] = opened.tcpPair();
    const joined = joinBy(way, test.loop.stream(ofA, {}, {}), test.loop.stream(writeEnd, {}, {}));
    opened.close(readEnd);
    put(near);
    await drive(test.loop, mode);
    expect(await endOf(joined)).toBe('EPIPE');
  });

  it('closes descriptors that come over a Unix socket', async () => {
    const { near, a, b, far } = fourOf(test.loop, opened, 'unix', { a: { data: () => {} } });
    joinBy(way, a, b);
    const [readEnd, writeEnd] = opened.pipe();
    raw.check(
      raw.sendmsg(near, { buffers: [bytesOf('with one')], ancillary: { fds: [writeEnd] } }),
      'sendmsg',
    );
    opened.close(writeEnd);
    const peer = new Peer(test.loop, far, { data: (stream) => stream.end('seen') });
    const look = test.loop.setInterval(() => {
      // The end: nobody has the pipe's other end any more.
      if (raw.read(readEnd, new Uint8Array(1)) !== 0) return;
      test.loop.clearInterval(look);
      opened.close(near);
    }, 1);
    await drive(test.loop, mode);
    expect([peer.events, isOpen(readEnd)]).toEqual([['end', 'close'], true]);
  });
});

describe.each(DRIVE_MODES)('a relay that copies, %s', (mode) => {
  it.runIf(isLinux)('is that of a terminal', async () => {
    const [ours, its] = openPty();
    const [near, ofA] = opened.pair();
    const joined = relay(test.loop.stream(ofA, {}, {}), test.loop.stream(ours, {}));
    expect(joined.spliced).toBe(false);
    put(its, 'typed\n');
    let seen = '';
    const turn = test.loop.setInterval(() => {
      const isOver = raw.recv(near, new Uint8Array(1), 0, 1, constant('MSG_PEEK')) === 0;
      if (!isOver) seen += take(near);
      // Its side hangs up, which is the end for near.
      if (seen.includes('typed')) opened.close(its);
      if (!isOver) return;
      test.loop.clearInterval(turn);
      opened.close(near);
    }, 1);
    await drive(test.loop, mode);
    expect(seen.trim()).toBe('typed');
    expect(await endOf(joined)).toBe('');
  });

  it.runIf(isLinux)('is that of records, whose bounds stay', async () => {
    const [near, ofA] = opened.pair(constant('SOCK_SEQPACKET'));
    const [ofB, far] = opened.pair(constant('SOCK_SEQPACKET'));
    const joined = relay(test.loop.stream(ofA, {}, {}), test.loop.stream(ofB, {}, {}));
    expect(joined.spliced).toBe(false);
    for (const text of ['one', 'and two', 'x'.repeat(5000)]) put(near, text);
    opened.close(near);
    const records: string[] = [];
    test.loop.stream(far, {}, { data: (_, chunk) => void records.push(textOf(chunk)) });
    await drive(test.loop, mode);
    expect(records).toEqual(['one', 'and two', 'x'.repeat(5000)]);
    expect(await endOf(joined)).toBe('');
  });

  it('is that of a socket without O_NONBLOCK, which splice would wait for', async () => {
    const [ofB, far] = opened.pair();
    raw.fcntl(ofB, constant('F_SETFL'), 0);
    const [near, ofA] = opened.pair();
    const joined = relay(test.loop.stream(ofA, {}, {}), test.loop.stream(ofB, {}, {}));
    expect(joined.spliced).toBe(false);
    const bytes = pattern(1_000_000);
    new Peer(test.loop, near).stream.end(bytes);
    const peer = new Peer(test.loop, far, { end: (stream) => stream.end() });
    await drive(test.loop, mode);
    expect(peer.bytes.equals(bytes)).toBe(true);
  });
});
