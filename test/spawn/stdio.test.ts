// What a child finds under its descriptors: what was asked for, and nothing else.
//
// Without CloseFrom in native/process/spawn_child.cc the first finds what is inherited here; without
// MoveDescriptors there "any order" gets the wrong ones.
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Child } from '../../lib/spawn/child.js';
import type { StdioEntry } from '../../lib/spawn/stdio.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { guardChildren, shell } from './support.js';

guardDescriptors();
guardChildren();
const test = eachWithLoop();
const opened = new Opened();

/** What `child` has open, by number; where it is a program and no shell that opens others. */
function descriptorsOf({ pid }: Child): Record<string, string> {
  const folder = `/proc/${pid}/fd`;
  const entries = readdirSync(folder).map((fd) => [fd, readlinkSync(join(folder, fd))]);
  return Object.fromEntries(entries);
}

const NULL = '/dev/null';

describe.each(DRIVE_MODES)('%s', (mode) => {
  it('the child gets no other than were asked for, also where they are inherited here', async () => {
    const fd = opened.eventfd();
    const file = openSync(NULL, 'r');
    for (const each of [fd, file]) raw.check(raw.fcntl(each, constant('F_SETFD'), 0), 'fcntl');
    const stdio = ['pipe', 'pipe', 'ignore', 'ignore', 'null'] as const;
    let found: Record<string, string> = {};
    const child = test.loop.spawn(
      'cat',
      [],
      { stdio },
      {
        stdout: () => {
          found = descriptorsOf(child);
          child.stdin?.end();
        },
      },
    );
    // Once it answers its libraries are loaded.
    child.stdin?.write('x');
    await drive(test.loop, mode);
    closeSync(file);
    const pipe = expect.stringMatching(/^pipe:/);
    expect(found).toEqual({ 0: pipe, 1: pipe, 2: NULL, 4: NULL });
  });

  it('descriptors of ours stand in any order, also where they change places', async () => {
    const folder = temporaryFolder();
    const files = [0, 1, 2, 3, 4, 5].map((n) => {
      writeFileSync(join(folder, `${n}`), `${n}`);
      return openSync(join(folder, `${n}`), 'r');
    });
    // Numbers that the child's own meet: from 3 on.
    const numbers = files.filter((fd) => fd < 64).reverse();
    const count = Math.max(...numbers) + 1;
    const stdio = Array.from({ length: count }, (_, i) =>
      i === 1 ? ('pipe' as const) : (numbers[i % numbers.length] as number),
    );
    const script = `for fd in $(seq 3 ${count - 1}); do readlink /proc/$$/fd/$fd; done`;
    const { stdout } = await shell(test.loop, mode, script, { stdio });
    const expected = stdio.slice(3).map((fd) => join(folder, `${files.indexOf(fd as number)}`));
    expect(stdout.trim().split('\n')).toEqual(expected);
    for (const fd of files) closeSync(fd);
  });

  it('files are opened for it, with their flags and permissions', async () => {
    const path = join(temporaryFolder(), 'file');
    const once = { stdio: ['null', { path, mode: 0o600 }] as const };
    await shell(test.loop, mode, 'echo first', once);
    const more = { stdio: [{ path }, { path, flags: 'a' }, { path: NULL, flags: 1 }] as const };
    await shell(test.loop, mode, 'read line; echo "$line again"; echo lost >&2', more);
    expect(readFileSync(path, 'utf8')).toBe('first\nfirst again\n');
    await shell(test.loop, mode, `stat -c %a ${path} > ${path}`);
    expect(readFileSync(path, 'utf8')).toBe('600\n');
  });

  it('a socket pair goes both ways, and passes descriptors', async () => {
    const stdio = ['null', 'null', 'inherit', 'socketpair', 'pipe'] as const;
    const child = test.loop.spawn('/bin/sh', ['-c', 'cat <&3 >&3; echo done >&4'], { stdio });
    const [, , , socket, pipe] = child.stdio;
    const answers: string[] = [];
    const reads = async () => {
      for await (const chunk of socket ?? []) answers.push(Buffer.from(chunk).toString());
    };
    const readsMore = async () => {
      for await (const chunk of pipe ?? []) answers.push(Buffer.from(chunk).toString());
    };
    const read = Promise.all([reads(), readsMore()]);
    expect(socket?.peerCredentials().pid).toBe(process.pid);
    socket?.end('both ways');
    await drive(test.loop, mode);
    await read;
    expect(answers).toEqual(['both ways', 'done\n']);
  });

  it('what is written waits for a child that does not read, and none of it is lost', async () => {
    const bytes = 3_000_000;
    let count = 0;
    const child = test.loop.spawn(
      '/bin/sh',
      ['-c', 'sleep 0.05; cat'],
      {},
      {
        stdout: (_child, chunk) => {
          count += chunk.length;
        },
      },
    );
    expect(child.stdin?.write(new Uint8Array(bytes))).toBe(false);
    child.stdin?.end();
    await drive(test.loop, mode);
    expect(count).toBe(bytes);
  });

  it('a child whose output nobody takes has to wait, and costs bounded memory', async () => {
    const child = test.loop.spawn('head', ['-c', '1000000', '/dev/zero'], { highWaterMark: 1000 });
    test.loop.setTimeout(() => child.stdout?.destroy(), 50);
    await drive(test.loop, mode);
    expect(child.stdout?.bytesRead).toBeLessThan(300_000);
    expect(child.status?.signal).toBe('SIGPIPE');
  });
});

it('what is inherited blocks in the child, whatever it was, and is left so', async () => {
  const ends = [0, 1, 2].map(() => opened.pipe(constant('O_NONBLOCK')));
  const flags = (fd: number) => raw.fcntl(fd, constant('F_GETFL')) & constant('O_NONBLOCK');
  // 0 is read from, 1 and 2 are written to.
  const [given, others] = [0, 1].map((i) => ends.map((pair, at) => pair[at === 0 ? i : 1 - i]));
  for (const fd of [...(given as number[]), ...(others as number[])]) expect(flags(fd)).not.toBe(0);
  await shell(test.loop, 'owned', 'echo hello', { stdio: given as number[] });
  expect((given as number[]).map(flags)).toEqual([0, 0, 0]);
  // A shared one that blocked is not touched, nor is that of a pipe's other end.
  for (const fd of others as number[]) expect(flags(fd)).not.toBe(0);
});

it('a number that stays what it is here is given, and one that is to be nothing is not', async () => {
  const [kept, closed] = [openSync(NULL, 'r'), openSync(NULL, 'r')];
  raw.check(raw.fcntl(closed, constant('F_SETFD'), 0), 'fcntl');
  const stdio = Array.from({ length: Math.max(kept, closed) + 1 }, () => 'ignore' as StdioEntry);
  stdio[1] = 'pipe';
  stdio[kept] = 'inherit';
  const script = `for fd in ${kept} ${closed}; do readlink /proc/$$/fd/$fd || echo none; done`;
  const { stdout } = await shell(test.loop, 'owned', script, { stdio });
  for (const fd of [kept, closed]) closeSync(fd);
  expect(stdout).toBe(`${NULL}\nnone\n`);
});
