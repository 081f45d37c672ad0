// Trap 13: descriptors that leak into children: a port stays taken, a peer never sees
// the end. They are close-on-exec from the moment that they are made.
//
// Without SOCK_CLOEXEC in socket, and so for each of the calls: the child here lists
// the descriptor.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readlinkSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { serve } from '../stream/support.js';
import {
  duplicate,
  guardDescriptors,
  isCloseOnExec,
  Opened,
  openDescriptors,
} from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
const AF_INET = constant('AF_INET');
const STREAM = constant('SOCK_STREAM');

/** What a child finds open: 'socket:[123]', 'pipe:[456]', ... */
function inChild(): string[] {
  const list = execFileSync('/bin/sh', ['-c', 'ls -l /proc/self/fd'], { encoding: 'utf8' });
  return [...list.matchAll(/-> (.*)$/gm)].map(([, target]) => target as string);
}

function freeNumber(): number {
  const fd = opened.eventfd();
  opened.close(fd);
  return fd;
}

/** Of a terminal that the host has opened. */
function otherSide(): number {
  const master = openSync('/dev/ptmx', constant('O_RDWR') | constant('O_NOCTTY'));
  onTestFinished(() => closeSync(master));
  raw.check(raw.ioctl(master, constant('TIOCSPTLCK'), 0), 'ioctl');
  return raw.ioctl(master, constant('TIOCGPTPEER'), constant('O_RDWR') | constant('O_NOCTTY'));
}

const MAKERS: Record<string, () => number[]> = {
  pipe2: () => [...opened.keepPair(raw.pipe2())],
  socket: () => [opened.keep(raw.socket(AF_INET, STREAM))],
  'socket of datagrams': () => [opened.keep(raw.socket(AF_INET, constant('SOCK_DGRAM')))],
  socketpair: () => [...opened.keepPair(raw.socketpair(constant('AF_UNIX'), STREAM))],
  accept4: () => [...opened.tcpPair()],
  eventfd: () => [opened.keep(raw.eventfd())],
  memfd_create: () => [opened.keep(raw.memfd_create('not inherited'))],
  pidfd_open: () => [opened.keep(raw.pidfd_open(process.pid))],
  inotify_init1: () => [opened.keep(raw.inotify_init1())],
  timerfd_create: () => [opened.keep(raw.timerfd_create(constant('CLOCK_MONOTONIC')))],
  signalfd: () => [opened.keep(raw.signalfd(-1, raw.signalMask(constant('SIGUSR2'))))],
  fanotify_init: () => {
    const fd = raw.fanotify_init(constant('FAN_REPORT_FID'));
    // Not everywhere may everybody.
    return fd === -constant('EPERM') || fd === -constant('ENOSYS') ? [] : [opened.keep(fd)];
  },
  posix_openpt: () => [opened.keep(raw.posix_openpt(constant('O_RDWR') | constant('O_NOCTTY')))],
  'ioctl TIOCGPTPEER': () => [opened.keep(otherSide())],
  epoll_create1: () => [opened.keep(raw.epoll_create1())],
  'fcntl F_DUPFD_CLOEXEC': () => [opened.keep(duplicate(opened.eventfd()))],
  dup: () => [opened.keep(raw.dup(opened.eventfd()))],
  'dup3 over one of ours': () => [raw.check(raw.dup3(...opened.pipe()), 'dup3')],
  'dup3 to a free number': () => [opened.keep(raw.dup3(opened.eventfd(), freeNumber()))],
  'fcntl F_DUPFD': () => [opened.keep(raw.fcntl(opened.eventfd(), constant('F_DUPFD'), 0))],
  recvmsg: () => {
    const [left, right] = opened.pair();
    const message = { buffers: [new Uint8Array(1)], ancillary: { fds: [left, right] } };
    raw.check(raw.sendmsg(left, message), 'sendmsg');
    const got = raw.check(raw.recvmsg(right, { buffers: message.buffers, maxFds: 2 }), 'recvmsg');
    return got.ancillary.fds.map((fd) => opened.keep(fd));
  },
};

it.each(Object.entries(MAKERS))('%s makes what a child does not get', (_, make) => {
  const fds = make();
  for (const fd of fds) expect(isCloseOnExec(fd)).toBe(true);
  const found = inChild();
  // Every eventfd and every epoll instance looks alike: none at all may be there.
  for (const fd of fds) expect(found).not.toContain(readlinkSync(`/proc/self/fd/${fd}`));
});

it('a loop with handles of every kind has nothing that a child gets', async () => {
  const before = openDescriptors();
  const { port } = serve(test.loop, {});
  test.loop.connect({ port }, { open: () => test.loop.stop() });
  test.loop.onSignal('SIGUSR2', () => {});
  await run(test.loop);
  const own = [...openDescriptors()].filter(([fd, what]) => before.get(fd) !== what);
  expect(own.length).toBeGreaterThanOrEqual(5);
  for (const [fd] of own) expect(isCloseOnExec(fd)).toBe(true);
});
