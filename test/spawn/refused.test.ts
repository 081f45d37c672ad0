// A process that runs already and that the loop cannot wait for, as the kernel refuses its end or one
// of its streams: there is to be no such process, and nothing of it is left.
//
// Without kill in `adopt` (lib/spawn/spawn.ts) the process goes on; without `leave`, or without
// `discard`, it stays as a zombie; without closeOurs, and without the close of `end`, descriptors are
// left.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DRIVE } from '../stream/support.js';
import { hasStrace, runChild } from '../support/child.js';
import { compiled } from '../support/compile.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { EXIT_KINDS } from './support.js';

const isLinux = process.platform === 'linux';
const preload = isLinux ? compiled('refuse-preload.c') : '';
/** Looks at the children, a millisecond apart: one that is not ended is there for longer. */
const MOST_LOOKS = 5000;

const SCRIPT = `${DRIVE}
  const loop = new EventLoop();
  const refuse = () => {
    const orders = Int32Array.of(c.ENOSPC, c.EPOLL_CTL_ADD, 1);
    fs.writeFileSync(process.env.RAWLOOP_REFUSE, new Uint8Array(orders.buffer), { flag: 'r+' });
  };
  const children = () =>
    fs.readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').match(/\\d+/g) ?? [];
  const told = [];
  const tell = () => told.push('told');
  const spawn = (handlers) => {
    const before = countDescriptors();
    try {
      loop.spawn('sleep', ['20'], { stdio: ['pipe', 'pipe', 'pipe', 'socketpair'] }, handlers);
    } catch ({ code, syscall }) {
      told.push(code + ' ' + syscall);
    }
    return countDescriptors() - before;
  };
  const isByPidfd = process.env.RAWLOOP_CHILD_EXIT === 'pidfd';
  const run = () => {
    // The host has a descriptor of its own for the loop.
    if (process.env.MODE === 'guest') loop.attach();
    // Its end.
    if (isByPidfd) refuse();
    const ofEnd = isByPidfd ? spawn({ exit: tell, close: tell }) : 0;
    // Its second stream, whose handler is asked for once more before it begins.
    let asked = 0;
    const handlers = { exit: tell, close: tell, get stdout() { if (++asked === 2) refuse(); return tell; } };
    const before = countDescriptors();
    spawn(handlers);
    driveIn(process.env.MODE, loop, () => {
      const ofStream = countDescriptors() - before;
      let looks = 0;
      const isOver = () => children().length === 0 || ++looks > ${MOST_LOOKS};
      until(isOver, () => {
        const left = children();
        for (const pid of left) process.kill(pid, 'SIGKILL');
        report([told, ofEnd, ofStream, left.length, loop.metrics().handles]);
        process.exit();
      });
    });
  };
  // What is made once, and kept, is there.
  loop.spawn('true', [], { stdio: ['pipe', 'pipe', 'pipe', 'socketpair'] });
  driveIn('owned', loop, run);`;

describe.runIf(isLinux).each(EXIT_KINDS)('by %s', (kind) => {
  it.each(DRIVE_MODES)('a child that cannot be waited for is none, %s', (mode) => {
    const orders = join(temporaryFolder(), 'orders');
    writeFileSync(orders, new Uint8Array(12));
    const env = {
      LD_PRELOAD: preload,
      RAWLOOP_REFUSE: orders,
      RAWLOOP_CHILD_EXIT: kind,
      MODE: mode,
    };
    const refusals = kind === 'pidfd' ? 2 : 1;
    const told = Array(refusals).fill('ENOSPC epoll_ctl');
    expect(runChild(SCRIPT, { env })).toEqual([told, 0, 0, 0, []]);
  });
});

// Before Linux 5.9, or under a filter. Without MarkByProc, or the loop behind it, in
// native/process/spawn_linux.cc the child has the inherited descriptor.
it.runIf(isLinux && hasStrace).each([
  ['close_range', ['inject=close_range:error=ENOSYS']],
  ['close_range and /proc', ['inject=close_range:error=ENOSYS', 'inject=getdents64:error=EINVAL']],
])('without %s the child gets no other descriptors either', (_, strace) => {
  const script = `${DRIVE}
    const fd = fs.openSync('/dev/null');
    raw.check(raw.fcntl(fd, c.F_SETFD, 0), 'fcntl');
    const loop = new EventLoop();
    let text = '';
    const script = 'readlink /proc/$$/fd/' + fd + ' || echo none; echo over';
    loop.spawn('sh', ['-c', script], { stdio: ['null', 'pipe', 'null'] }, {
      stdout(_, chunk) { text += Buffer.from(chunk); },
    });
    driveIn('owned', loop, () => report(text));`;
  expect(runChild(script, { strace })).toBe('none\nover\n');
});

// Known to Linux 5.4 alone, and a filter may not. Without TakeStatusByPid nobody knows how it ended.
it.runIf(isLinux && hasStrace)('without waitid of a pidfd its end is told all the same', () => {
  const script = `${DRIVE}
    const loop = new EventLoop();
    const told = [];
    const exit = (_, { code, signal }) => told.push([code, signal]);
    loop.spawn('sh', ['-c', 'exit 7'], { stdio: 'ignore' }, { exit });
    loop.spawn('sh', ['-c', 'kill -TERM $$'], { stdio: 'ignore' }, { exit });
    driveIn('owned', loop, () => report(told.sort()));`;
  const strace = ['inject=waitid:error=EINVAL'];
  expect(runChild(script, { strace })).toEqual([
    [null, 'SIGTERM'],
    [7, null],
  ]);
});
