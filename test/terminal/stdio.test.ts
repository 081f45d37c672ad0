// stdin, stdout and stderr, of each kind that they may be: no byte is lost, also when the process
// exits before a reader has taken it, and the descriptors of others are as before.
//
// Without sendAtExit (lib/terminal/stdio.ts) the ends of what pipes, sockets and terminals are owed are
// missing. With O_NONBLOCK set on the duplicate flags differ. With the kind's own halves (readable,
// writable) the end of stdout ends stderr, where one socket is both. Without REF_WHILE_READING (lib/stream/input.ts)
// the program that reads ends at once.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { put } from '../support/bytes.js';
import { DIST } from '../support/child.js';
import { Opened } from '../support/descriptors.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { type End, endOf, program, Terminal, turn } from './support.js';

const SIZE = 300_000;
/** Without new lines, which a terminal changes. */
const OUTPUT = 'abcdefghijklmnopqrstuvwxyz_'.repeat(SIZE / 20).slice(0, SIZE);
const INPUT = 'a line of input\n';

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

const opened = new Opened();
const terminals: Terminal[] = [];
const files: number[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
  for (const fd of files.splice(0)) closeSync(fd);
});

/** Descriptors for a child, which stay the test's, and how to take what came out of 1 and 2. */
interface Stdio {
  readonly fds: readonly [number, number, number];
  readonly out: () => string;
  readonly error: () => string;
}

/** Takes what there is, without blocking. */
function taker(fd: number): () => string {
  raw.fcntl(fd, constant('F_SETFL'), constant('O_RDWR') | constant('O_NONBLOCK'));
  const bytes = Buffer.alloc(65536);
  return () => {
    const count = raw.read(fd, bytes);
    return count > 0 ? bytes.toString('latin1', 0, count) : '';
  };
}

function pipes(): Stdio {
  const [stdin, input] = opened.pipe(0);
  const [out, stdout] = opened.pipe(0);
  const [error, stderr] = opened.pipe(0);
  put(input, INPUT);
  opened.close(input);
  return { fds: [stdin, stdout, stderr], out: taker(out), error: taker(error) };
}

/** As inetd has it: one socket for input and output. */
function sockets(): Stdio {
  const pair = () =>
    opened.keepPair(raw.socketpair(constant('AF_UNIX'), constant('SOCK_STREAM'), 0));
  const [both, far] = pair();
  const [stderr, error] = pair();
  put(far, INPUT);
  check(raw.shutdown(far, constant('SHUT_WR')), 'shutdown');
  return { fds: [both, both, stderr], out: taker(far), error: taker(error) };
}

/** Two, as what is written to one is not parted. */
function ttys(): Stdio {
  const [one, other] = [new Terminal(), new Terminal()];
  terminals.push(one, other);
  one.withoutEcho();
  one.type(`${INPUT}\x04`);
  return {
    fds: [one.slave, one.slave, other.slave],
    out: taker(one.master),
    error: taker(other.master),
  };
}

function openFile(path: string, flags: string): number {
  const fd = openSync(path, flags);
  files.push(fd);
  return fd;
}

function regularFiles(): Stdio {
  const folder = temporaryFolder();
  const [input, out, error] = ['in', 'out', 'error'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(input, INPUT);
  const follow = (path: string) => {
    let at = 0;
    return () => {
      const more = readFileSync(path, 'latin1').slice(at);
      at += more.length;
      return more;
    };
  };
  const fds = [openFile(input, 'r'), openFile(out, 'a'), openFile(error, 'w')] as const;
  return { fds, out: follow(out), error: follow(error) };
}

function nulls(): Stdio {
  const nothing = () => '';
  const open = () => openFile('/dev/null', 'r+');
  return { fds: [open(), open(), open()], out: nothing, error: nothing };
}

const STREAMS = ['DescriptorStream', 'DescriptorStream', 'DescriptorStream'];
const FILES = ['FileReadStream', 'OutputFile', 'OutputFile'];
const TTYS = ['TtyStream', 'TtyStream', 'TtyStream'];

const KINDS: [name: string, make: () => Stdio, kinds: string[]][] = [
  ['pipes', pipes, STREAMS],
  ['sockets', sockets, STREAMS],
  ['terminals', ttys, TTYS],
  ['files', regularFiles, FILES],
];

interface Seen {
  readonly end: End;
  readonly report: unknown;
  readonly out: string;
  readonly error: string;
  /** Whether the descriptors that it shares are as before. */
  readonly same: boolean;
}

/** Runs `script` on `stdio`, of which nothing is read before it has said something on 3. */
async function runOn(stdio: Stdio, mode: string, script: string): Promise<Seen> {
  const { fds } = stdio;
  const flags = () => fds.map((fd) => raw.fcntl(fd, constant('F_GETFL'))).join();
  const before = flags();
  const child = spawn(process.execPath, ['-e', program(mode, script)], {
    stdio: [...fds, 'pipe'],
  });
  let report = '';
  let ended: { end: End } | undefined;
  child.stdio[3]?.on('data', (bytes: Buffer) => {
    report += bytes.toString();
  });
  endOf(child).then((end) => {
    ended = { end };
  });
  let [out, error] = ['', ''];
  const take = () => {
    const [more, moreOfError] = [stdio.out(), stdio.error()];
    out += more;
    error += moreOfError;
    return more !== '' || moreOfError !== '';
  };
  for (;;) {
    const isOver = ended !== undefined;
    if (report === '' && !isOver) await turn();
    else if (take()) continue;
    else if (isOver) break;
    else await turn();
  }
  return {
    end: ended?.end ?? null,
    report: report === '' ? undefined : JSON.parse(report),
    out,
    error,
    same: flags() === before,
  };
}

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
