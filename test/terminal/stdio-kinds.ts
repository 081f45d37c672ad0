// What stdin, stdout and stderr of a program may be, and how to see what came of them: what the tests
// of stdio share.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import { check } from '../../lib/raw/errors.js';
import * as raw from '../../lib/raw/index.js';
import { put } from '../support/bytes.js';
import { Opened } from '../support/descriptors.js';
import { temporaryFolder } from '../support/folder.js';
import { type End, endOf, program, Terminal, turn, until } from './support.js';

export const INPUT = 'a line of input\n';

export const opened = new Opened();
const terminals: Terminal[] = [];
const files: number[] = [];
afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.close();
  for (const fd of files.splice(0)) closeSync(fd);
});

/** Descriptors for a child, which stay the test's, and how to take what came out of 1 and 2. */
export interface Stdio {
  readonly fds: readonly [number, number, number];
  readonly out: () => string;
  readonly error: () => string;
}

/** Takes what there is, without blocking. */
export function taker(fd: number): () => string {
  raw.fcntl(fd, constant('F_SETFL'), constant('O_RDWR') | constant('O_NONBLOCK'));
  const bytes = Buffer.alloc(65536);
  return () => {
    const count = raw.read(fd, bytes);
    return count > 0 ? bytes.toString('latin1', 0, count) : '';
  };
}

export function pipes(): Stdio {
  const [stdin, input] = opened.pipe(0);
  const [out, stdout] = opened.pipe(0);
  const [error, stderr] = opened.pipe(0);
  put(input, INPUT);
  opened.close(input);
  return { fds: [stdin, stdout, stderr], out: taker(out), error: taker(error) };
}

/** As inetd has it: one socket for input and output. */
export function sockets(): Stdio {
  const pair = () =>
    opened.keepPair(raw.socketpair(constant('AF_UNIX'), constant('SOCK_STREAM'), 0));
  const [both, far] = pair();
  const [stderr, error] = pair();
  put(far, INPUT);
  check(raw.shutdown(far, constant('SHUT_WR')), 'shutdown');
  return { fds: [both, both, stderr], out: taker(far), error: taker(error) };
}

/** Two, as what is written to one is not parted. */
export function ttys(): Stdio {
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

export function openFile(path: string, flags: string): number {
  const fd = openSync(path, flags);
  files.push(fd);
  return fd;
}

export function regularFiles(): Stdio {
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

export function nulls(): Stdio {
  const nothing = () => '';
  const open = () => openFile('/dev/null', 'r+');
  return { fds: [open(), open(), open()], out: nothing, error: nothing };
}

export interface Seen {
  readonly end: End;
  readonly report: unknown;
  readonly out: string;
  readonly error: string;
  /** Whether the descriptors that it shares are as before. */
  readonly same: boolean;
}

/**
 * Runs `script` on `stdio`, of which nothing is read before it has said something on 3.
 *
 * @param then what is done with it behind that
 */
export async function runOn(
  stdio: Stdio,
  mode: string,
  script: string,
  then?: (child: ChildProcess) => Promise<void> | void,
): Promise<Seen> {
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
  if (then !== undefined) {
    await until(() => report !== '' || ended !== undefined);
    await then(child);
  }
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
