// Each of stdin, stdout and stderr is each of a terminal, a pipe, a file, a socket, /dev/null and
// closed, beside others that are something else: no byte is lost, also where the process is stopped and
// goes on before it exits, that nobody reads any more is told, and the descriptors of others are as
// before.
//
// Without sendAtExit (lib/terminal/stdio.ts) the ends of what terminals, pipes and sockets are owed are
// missing; without F_DUPFD_CLOEXEC there what is closed closes the process's own.
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { DIST } from '../support/child.js';
import { DRIVE_MODES } from '../support/drive.js';
import {
  INPUT,
  nulls,
  opened,
  pipes,
  regularFiles,
  runOn,
  type Stdio,
  sockets,
  ttys,
} from './stdio-kinds.js';
import { stateOf, Terminal, until } from './support.js';

const SIZE = 100_000;
const OUTPUT = 'abcdefghijklmnopqrstuvwxyz_'.repeat(SIZE / 20).slice(0, SIZE);
const CLOSED = 'EBADF fcntl';

/** What there is, and what is read of it and comes out of it. */
const KINDS: { make: () => Stdio; input: string; output: string }[] = [
  { make: ttys, input: INPUT, output: OUTPUT },
  { make: pipes, input: INPUT, output: OUTPUT },
  { make: regularFiles, input: INPUT, output: OUTPUT },
  { make: sockets, input: INPUT, output: OUTPUT },
  { make: nulls, input: '', output: '' },
  // Node opens /dev/null in its place: so the program closes it.
  { make: nulls, input: CLOSED, output: '' },
];
const LAST = KINDS.length - 1;

/** Which of KINDS are stdin, stdout and stderr: each of them is each once. */
const ROWS = KINDS.map((_, row) => [row, (row + 1) % KINDS.length, (row + 2) % KINDS.length]);

const HELPERS = `
  const fs = require('fs');
  const report = (value) => fs.writeSync(3, JSON.stringify(value));
  const { fcntl, constants } = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
  const attempt = (work) => { try { return work(); } catch ({ code, syscall }) { return code + ' ' + syscall; } };`;

const program = (closed: number[]) => `${HELPERS}
  const open = [0, 1, 2].filter((fd) => !${JSON.stringify(closed)}.includes(fd));
  const flags = () => open.map((fd) => fcntl(fd, constants.F_GETFL)).join();
  for (const fd of ${JSON.stringify(closed)}) fs.closeSync(fd);
  // Before something else that is opened has the number.
  const outputs = ['stdout', 'stderr'].map((name) => attempt(() => loop[name]));
  const before = flags();
  const output = 'abcdefghijklmnopqrstuvwxyz_'.repeat(${SIZE / 20}).slice(0, ${SIZE});
  (async () => {
    const input = attempt(() => loop.stdin);
    let text = '';
    if (typeof input === 'string') text = input;
    else for await (const chunk of input) text += Buffer.from(chunk);
    loop.setImmediate(() => {
      for (let at = 0; at < ${SIZE}; at += 10000) {
        for (const to of outputs) if (typeof to === 'object') to.write(output.slice(at, at + 10000));
      }
      const errors = outputs.map((to) => (typeof to === 'string' ? to : ''));
      report([text, ...errors, flags() === before]);
      process.kill(process.pid, 'SIGSTOP');
      process.exit(7);
    });
  })();`;

/** It has stopped itself. */
async function goesOn(child: ChildProcess): Promise<void> {
  await until(() => stateOf(child.pid as number) === 'T');
  child.kill('SIGCONT');
}

describe.runIf(process.platform === 'linux').each(DRIVE_MODES)(
  'stdin, stdout, stderr, %s',
  (mode) => {
    it('are each of six kinds, to the last byte, stopped or not', async () => {
      const results = ROWS.map(async (row) => {
        const [stdin, stdout, stderr] = row.map((kind) => KINDS[kind]?.make()) as [
          Stdio,
          Stdio,
          Stdio,
        ];
        const stdio: Stdio = {
          fds: [stdin.fds[0], stdout.fds[1], stderr.fds[2]],
          out: stdout.out,
          error: stderr.error,
        };
        const closed = [0, 1, 2].filter((fd) => row[fd] === LAST);
        const { end, report, out, error, same } = await runOn(stdio, mode, program(closed), goesOn);
        return [
          end,
          report,
          out.length,
          error.length,
          OUTPUT.startsWith(out + error) || out === error,
          same,
        ];
      });
      const expected = ROWS.map((row) => {
        const [stdin, stdout, stderr] = row.map((kind) => KINDS[kind]) as typeof KINDS;
        const errors = row.slice(1).map((kind) => (kind === LAST ? CLOSED : ''));
        const lengths = [stdout?.output.length, stderr?.output.length];
        return [7, [stdin?.input, ...errors, true], ...lengths, true, true];
      });
      expect(await Promise.all(results)).toEqual(expected);
    });

    it('that nobody reads any more say so, each of its kind, and leave the flags', async () => {
      /** A descriptor to write to, whose other side `leave` ends. */
      const pipe = () => {
        const [far, fd] = opened.pipe(0);
        return { fd, code: 'EPIPE', leave: () => opened.close(far) };
      };
      const socket = () => {
        const pair = raw.socketpair(constant('AF_UNIX'), constant('SOCK_STREAM'), 0);
        const [far, fd] = opened.keepPair(pair);
        return { fd, code: 'EPIPE', leave: () => opened.close(far) };
      };
      const tty = () => {
        const terminal = new Terminal();
        return { fd: terminal.slave, code: 'EIO', leave: () => closeSync(terminal.master) };
      };
      const script = `${HELPERS}
      const { stdin, stdout, stderr } = loop;
      const flags = () => [0, 1, 2].map((fd) => fcntl(fd, constants.F_GETFL)).join();
      const before = flags();
      const code = (stream) => stream.closed.catch(({ code }) => code + (stream.write('more') === false));
      const codes = Promise.all([code(stdout), code(stderr)]);
      report('ready');
      (async () => {
        for await (const _ of stdin) ;
        stdout.write('nobody');
        stderr.write('nobody');
        const told = await codes;
// Not by its end: Node 20 aborts then, where a terminal that it began with was hung up.
        if (told.join() === process.argv[1] && flags() === before) process.kill(process.pid, 'SIGKILL');
      })();
      loop.setInterval(() => {}, 1000).unref();`;
      const pairs = [
        [pipe(), socket()],
        [socket(), tty()],
        [tty(), pipe()],
      ] as const;
      const results = pairs.map(async (pair) => {
        const [stdin, input] = opened.pipe(0);
        const [stdout, stderr] = pair;
        const nothing = () => '';
        const codes = pair.map(({ code }) => `${code}true`).join();
        const given: Stdio = { fds: [stdin, stdout.fd, stderr.fd], out: nothing, error: nothing };
        const leave = () => {
          for (const { leave } of pair) leave();
          opened.close(input);
        };
        const named = script.replace('process.argv[1]', `'${codes}'`);
        const { end, same } = await runOn(given, mode, named, leave);
        return [end, same];
      });
      expect(await Promise.all(results)).toEqual(pairs.map(() => ['SIGKILL', true]));
      for (const pair of pairs) for (const { fd, code } of pair) if (code === 'EIO') closeSync(fd);
    });
  },
);
