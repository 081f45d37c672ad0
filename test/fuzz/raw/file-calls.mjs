// The calls of rawloop/raw on files and devices, with what only their arguments are made
// from: places in a file, counts of bytes, requests of ioctl. As rawCalls of calls.mjs.
import { noInteger } from '../support/values.mjs';

/** Requests of terminals that wait, or send signals to who uses one. */
const SKIPPED_REQUESTS = /^(TCP_\w+|TCSBRKP?|TCSETSW|TIOCSCTTY|TIOCSPGRP|TIOCNOTTY)$/;
/** Bytes with an address in them, another driver's, or nobody's. */
const REFUSED_REQUESTS = [0, 0x8912, 0x8946, 0x0707, 0x2285, 0xc0087f01, 0xb401];

/** @param {import('./arguments.mjs').Arguments} make */
export function fileCalls(make) {
  const { world, random, c } = make;
  const keep = (fd) => world.keep(fd);
  const requests = Object.keys(c)
    .filter((name) => /^(FIO|TIOC|TC[A-Z]|SIOCG|SIOCO)/.test(name) && !SKIPPED_REQUESTS.test(name))
    .map((name) => c[name]);
  const flags = (...likely) => make.int(undefined, 0, ...likely);
  const slice = () => [make.fd(), make.memory(), ...make.slice()];
  const position = () => make.int(0, 1, 100, 4096, 2 ** 33, 2 ** 53 - 1);
  const place = () => (random.oneIn(2) ? null : position());
  // Few: a file that is copied behind itself has no end.
  const count = () =>
    make.or(
      () => make.size(),
      () => random.pick([-1, 0.5, 2 ** 53, noInteger(random)]),
    );
  const request = () =>
    random.weighted([
      [8, () => random.pick(requests)],
      [1, () => random.pick(REFUSED_REQUESTS)],
      [1, () => make.bad()],
    ])();
  const requestArgument = () =>
    random.oneIn(4)
      ? make.int(undefined, 0, 1, -1, 2048)
      : make.memory(random.pick([0, 3, 4, 8, 36, 40, 60, make.size()]));
  return {
    pread: { args: () => [...slice(), position()] },
    pwrite: { args: () => [...slice(), position()] },
    preadv: { args: () => [make.fd(), make.buffers(), position()] },
    pwritev: { args: () => [make.fd(), make.buffers(), position()] },
    ioctl: {
      args: () => [make.fd(), request(), requestArgument()],
      after: (result, [fd, asked]) => {
        if (asked === c.TIOCGPTPEER) keep(result);
        if (asked === c.FIONBIO && result === 0) world.unblock(fd);
      },
    },
    posix_openpt: {
      args: () => [flags(c.O_RDWR | c.O_NOCTTY | c.O_NONBLOCK, c.O_RDWR | c.O_NONBLOCK, -1)],
      after: keep,
    },
    grantpt: { args: () => [make.fd()] },
    unlockpt: { args: () => [make.fd()] },
    ptsname_r: {
      args: () => [make.fd()],
      isResult: (result) => /^\/dev\/\w+/.test(result),
    },
    // Whatever comes of its operation, fence.cc has it not wait.
    flock: {
      args: () => [
        make.fd(),
        make.int(c.LOCK_SH | c.LOCK_NB, c.LOCK_EX | c.LOCK_NB, c.LOCK_UN, -1),
      ],
    },
    lseek: {
      args: () => [
        make.fd(),
        make.int(0, 1, -1, 2 ** 53 - 1, -(2 ** 53)),
        make.int(0, 1, 2, 4, 9, -1),
      ],
    },
    statvfs: {
      args: () => [
        make.or(() => random.pick(['/', '', '.', 'a\0b', '/nowhere'])),
        make.memory(random.pick([0, 87, 88, 100])),
      ],
    },
    sendfile: { args: () => [make.fd(), make.fd(), place(), count()] },
    splice: {
      args: () => [
        ...[make.fd(), place(), make.fd(), place(), count()],
        flags(c.SPLICE_F_NONBLOCK, c.SPLICE_F_MORE, -1, 2 ** 32 - 1),
      ],
    },
    writeShared: { args: () => [make.fd(), make.memory(), make.int(4, 5, 6, 3, 7)] },
    hold: { args: () => [make.fd(), make.or(() => random.oneIn(2))] },
    ownership: { args: () => [make.fd()] },
    memfd_create: {
      args: () => [
        make.or(() => random.pick(['', 'fuzz', 'a\0b', 'x'.repeat(249), 'x'.repeat(250)])),
        flags(c.MFD_ALLOW_SEALING, -1, 2 ** 32 - 1),
      ],
      after: keep,
    },
  };
}
