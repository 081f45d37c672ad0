// stdin, stdout and stderr, of each kind that they may be: no byte is lost, also when the process
// exits before a reader has taken it, and the descriptors of others are as before.
//
// Without sendAtExit (lib/terminal/stdio.ts) the ends of what pipes, sockets and terminals are owed are
// missing; with F_DUPFD, which `fcntl` (native/calls/descriptors.cc) makes no use of, children inherit the
// duplicates. With O_NONBLOCK set on the duplicate flags differ. With the kind's own halves (readable,
// writable) the end of stdout ends stderr, where one socket is both. Without REF_WHILE_READING (lib/stream/input.ts)
// the program that reads ends at once. Without the look at GONE (lib/terminal/exit.ts) one that exits
// sends nothing for ever.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { put } from '../support/bytes.js';
import { DIST } from '../support/child.js';
import { DRIVE_MODES } from '../support/drive.js';
import {
  INPUT,
  nulls,
  opened,
  openFile,
  pipes,
  regularFiles,
  runOn,
  type Stdio,
  sockets,
  ttys,
} from './stdio-kinds.js';

const SIZE = 300_000;
/** Without new lines, which a terminal changes. */
const OUTPUT = 'abcdefghijklmnopqrstuvwxyz_'.repeat(SIZE / 20).slice(0, SIZE);

/** Reads stdin to its end, then writes much and exits in one callback; says what it saw. */
const PROGRAM = `
  const { fcntl, constants } = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
  const flags = () => [0, 1, 2].map((fd) => fcntl(fd, constants.F_GETFL)).join();
  const before = flags();
  (async () => {
    let text = '';
    for await (const chunk of loop.stdin) text += Buffer.from(chunk);
    loop.setImmediate(() => {
      const output = 'abcdefghijklmnopqrstuvwxyz_'.repeat(${SIZE / 20}).slice(0, ${SIZE});
      for (let at = 0; at < ${SIZE}; at += 10000) loop.stdout.write(output.slice(at, at + 10000));
      loop.stderr.write('an error');
      const kinds = [loop.stdin, loop.stdout, loop.stderr].map((stream) => stream.kind);
      require('fs').writeSync(3, JSON.stringify([text, kinds, flags() === before]));
      process.exit(7);
    });
  })();`;

const STREAMS = ['DescriptorStream', 'DescriptorStream', 'DescriptorStream'];
const FILES = ['FileReadStream', 'OutputFile', 'OutputFile'];
const TTYS = ['TtyStream', 'TtyStream', 'TtyStream'];

const KINDS: [name: string, make: () => Stdio, kinds: string[]][] = [
  ['pipes', pipes, STREAMS],
  ['sockets', sockets, STREAMS],
  ['terminals', ttys, TTYS],
  ['files', regularFiles, FILES],
];

const EACH = `
  const streams = ['stdin', 'stdout', 'stderr'];
  const report = (value) => require('fs').writeSync(3, JSON.stringify(value));`;

describe.runIf(process.platform === 'linux').each(DRIVE_MODES)('stdio, %s', (mode) => {
  it.each(KINDS)('of %s is read and written to the last byte', async (_name, make, kinds) => {
    const seen = await runOn(make(), mode, PROGRAM);
    expect([seen.end, seen.report, seen.error]).toEqual([7, [INPUT, kinds, true], 'an error']);
    expect(seen.out === OUTPUT).toBe(true);
    expect(seen.same).toBe(true);
  });

  it('of one socket that is all three: none ends or reads for another', async () => {
    const { fds, ...rest } = sockets();
    const script = `${EACH}
      const { stdin, stdout, stderr } = loop;
      (async () => {
        stdout.end('output;');
        let text = '';
        for await (const chunk of stdin) text += Buffer.from(chunk);
        stderr.write('an error;');
        report(text);
      })();`;
    const given = { ...rest, fds: [fds[0], fds[0], fds[0]] as const };
    const { end, report, out } = await runOn(given, mode, script);
    expect([end, report, out]).toEqual([0, INPUT, 'output;an error;']);
  });

  it('is written from memory of the program’s as it exits, and not where it is gone', async () => {
    const script = `${EACH}
      const kept = (size) => Buffer.from(new Uint8Array(size).fill(120).buffer);
      const [first, second] = [kept(${SIZE}), kept(100_000)];
      loop.stdout.write(first, { copy: false });
      loop.stdout.write(second, { copy: false });
      structuredClone(second.buffer, { transfer: [second.buffer] });
      report(first.length);
      process.exit(7);`;
    const { end, report, out } = await runOn(pipes(), mode, script);
    expect([end, report, out === 'x'.repeat(SIZE)]).toEqual([7, SIZE, true]);
  });

  it('of /dev/null has ended, and takes all', async () => {
    const { end, report, same } = await runOn(nulls(), mode, PROGRAM);
    expect([end, report, same]).toEqual([7, ['', FILES, true], true]);
  });

  it('that is closed, or opened for the other way, is told', async () => {
    const script = `${EACH}
      const fs = require('fs');
      const code = (name) => { try { loop[name]; } catch ({ code, syscall }) { return code + ' ' + syscall; } };
      const others = ['stdout', 'stdin'].map(code);
      for (const fd of [0, 1, 2]) fs.closeSync(fd);
      report([others, streams.map(code)]);`;
    const { fds } = nulls();
    const [readOnly, writeOnly] = [openFile('/dev/null', 'r'), openFile('/dev/null', 'w')];
    const given = { ...nulls(), fds: [writeOnly, readOnly, fds[2]] as const };
    const { report } = await runOn(given, mode, script);
    const closed = 'EBADF fcntl';
    expect(report).toEqual([
      ['EBADF write', 'EBADF read'],
      [closed, closed, closed],
    ]);
  });

  it('has descriptors of its own, which no child gets', async () => {
    const script = `${EACH}
      const fs = require('fs');
      const { fcntl, constants } = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
      const flagsOf = (fd) => fcntl(fd, constants.F_GETFD);
      // But for that of the look itself.
      const open = () => fs.readdirSync('/proc/self/fd').map(Number).filter((fd) => flagsOf(fd) >= 0);
      // Opened with the first.
      new EventLoop().stdout;
      const before = new Set(open());
      for (const name of streams) loop[name];
      report(open().filter((fd) => !before.has(fd)).map(flagsOf));
      process.exit();`;
    const { report } = await runOn(regularFiles(), mode, script);
    expect(report).toEqual([1, 1, 1]);
  });

  it('that nobody reads any more says EPIPE, and ends nothing else', async () => {
    const stdio = pipes();
    const script = `${EACH}
      loop.stdout.write('nobody');
      loop.stdout.closed.catch(({ code }) => {
        const takes = loop.stdout.write('more');
        report([code, loop.stdout.error.code, takes]);
      });
      loop.setTimeout(() => {}, 1);`;
    const [gone, stdout] = opened.pipe(0);
    opened.close(gone);
    const fds = [stdio.fds[0], stdout, stdio.fds[2]] as const;
    const { end, report } = await runOn({ ...stdio, fds }, mode, script);
    expect([end, report]).toEqual([0, ['EPIPE', 'EPIPE', false]]);
  });

  it('holds the loop while it is read, and at no other time', async () => {
    const script = `${EACH}
      const { stdin, stdout } = loop;
      const told = [stdin.hasRef(), stdout.hasRef(), loop.alive];
      const reading = stdin[Symbol.asyncIterator]().next();
      told.push(loop.alive);
      stdin.pause();
      told.push(loop.alive);
      stdin.resume();
      told.push(loop.alive);
      reading.then(({ value }) => {
        told.push(String(Buffer.from(value)));
        stdin.pause();
        report([told, stdin === loop.stdin]);
      });`;
    const { fds, ...rest } = pipes();
    // Open at its other end: it does not end by itself.
    const [stdin, input] = opened.pipe(0);
    put(input, 'one');
    const { end, report } = await runOn({ ...rest, fds: [stdin, fds[1], fds[2]] }, mode, script);
    const told = [false, false, false, true, false, true, 'one'];
    expect([end, report]).toEqual([0, [told, true]]);
  });
});
