// Trap 13, and a passed descriptor's life: it goes from process to process, each closes
// its own copy as soon as it has sent it on, and the last still reads the file, from where
// the one before it stopped. In none of them is anything left.
//
// Without the close of what was not asked for, in ReadFds of native/os/ancillary.cc: each
// process has two descriptors more than before.
import { spawn } from 'node:child_process';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf, textOf } from '../support/bytes.js';
import { DIST } from '../support/child.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const PROCESSES = 5;

/** Takes one descriptor of three from 3, reads one byte of its file, and sends it on to 4. */
const RELAY = `
  const raw = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
  const count = () => require('node:fs').readdirSync('/dev/fd').length;
  const before = count();
  const { bytes, ancillary } = raw.recvmsg(3, { buffers: [new Uint8Array(8)], maxFds: 1 });
  const [fd] = ancillary.fds;
  const one = new Uint8Array(1);
  raw.read(fd, one);
  const sent = raw.sendmsg(4, { buffers: [one], ancillary: { fds: [fd, fd, fd] } });
  raw.close(fd);
  const isWell = bytes === 1 && ancillary.truncated && sent === 1 && count() === before;
  process.exit(isWell ? 0 : 1);
`;

/** A process that takes from one end and sends to the other: its exit code. */
function relay(from: number, to: number): Promise<number | null> {
  const stdio = ['ignore', 'inherit', 'inherit', from, to] as const;
  const child = spawn(process.execPath, ['-e', RELAY], { stdio: [...stdio], timeout: 30_000 });
  return new Promise((resolve) => child.on('exit', resolve));
}

it('a descriptor passed through five processes still reads its file', async () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, '0123456789');
  const before = countDescriptors();
  // Blocking: a process waits for the one before it.
  const pairs = Array.from({ length: PROCESSES + 1 }, () =>
    opened.keepPair(raw.socketpair(constant('AF_UNIX'), constant('SOCK_STREAM'))),
  );
  const file = openSync(path, 'r');
  const [first] = pairs[0] as [number, number];
  const message = { buffers: [bytesOf('x')], ancillary: { fds: [file, file, file] } };
  expect(raw.sendmsg(first, message)).toBe(1);
  closeSync(file);
  const ends = pairs
    .slice(1)
    .map(([next], i) => relay((pairs[i] as [number, number])[1], next as number));
  expect(await Promise.all(ends)).toEqual(Array(PROCESSES).fill(0));
  const [, last] = pairs[PROCESSES] as [number, number];
  const told = new Uint8Array(8);
  const got = raw.check(raw.recvmsg(last, { buffers: [told], maxFds: 3 }), 'recvmsg');
  const [passed] = got.ancillary.fds.map((fd) => opened.keep(fd));
  const rest = new Uint8Array(16);
  expect(raw.read(passed as number, rest)).toBe(5);
  expect(textOf(told.subarray(0, 1)) + textOf(rest.subarray(0, 5))).toBe('456789');
  opened.closeAll();
  expect(countDescriptors()).toBe(before);
});
