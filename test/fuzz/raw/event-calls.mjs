// The calls of rawloop/raw that Linux alone has for events: what their arguments are made from. As
// rawCalls of calls.mjs.
import { noInteger } from '../support/values.mjs';

const PATHS = ['/', '.', '/proc/self/fd', '/none/of/this', '', 'a\0b', 'x'.repeat(5000)];

/** @param {import('./arguments.mjs').Arguments} make */
export function eventCalls(make) {
  const { world, random, c } = make;
  const keep = (fd) => world.keep(fd);
  const flags = (...likely) => make.int(undefined, 0, ...likely);
  const path = () =>
    make.or(() => {
      const text = random.pick(PATHS);
      return random.oneIn(3) ? Buffer.from(text) : text;
    });
  const times = () => make.memory(random.oneIn(4) ? make.size() : 32);
  // A group of another class could make all of this machine wait for its answers.
  const told = c.FAN_REPORT_FID | c.FAN_NONBLOCK;
  return {
    inotify_init1: { args: () => [flags(c.IN_NONBLOCK, -1)], after: keep },
    inotify_add_watch: {
      args: () => [
        make.fd(),
        path(),
        make.int(c.IN_CREATE, c.IN_ALL_EVENTS, 0, -(2 ** 31), 2 ** 32),
      ],
    },
    inotify_rm_watch: { args: () => [make.fd(), make.int(1, 2, 3, 0, -1)] },
    timerfd_create: {
      args: () => [
        make.int(c.CLOCK_MONOTONIC, c.CLOCK_REALTIME, c.CLOCK_BOOTTIME, 99),
        flags(c.TFD_NONBLOCK, -1),
      ],
      after: keep,
    },
    timerfd_settime: {
      args: () => [
        ...[make.fd(), make.int(0, c.TFD_TIMER_ABSTIME, -1), times()],
        random.oneIn(2) ? times() : null,
      ],
    },
    timerfd_gettime: { args: () => [make.fd(), times()] },
    signalfd: {
      args: () => [
        random.oneIn(2) ? -1 : make.fd(),
        make.memory(random.oneIn(4) ? make.size() : 8),
        flags(c.SFD_NONBLOCK, -1),
      ],
      after: (result, [fd]) => {
        if (fd === -1) keep(result);
      },
    },
    fanotify_init: {
      args: () => [random.oneIn(4) ? noInteger(random) : told, make.int(undefined, 0, -1)],
      after: keep,
    },
    fanotify_mark: {
      args: () => [
        ...[make.fd(), make.int(c.FAN_MARK_ADD, c.FAN_MARK_REMOVE, -1, 2 ** 32)],
        ...[make.int(c.FAN_MODIFY, c.FAN_CREATE, 0, -1), make.int(c.AT_FDCWD, -1)],
        random.oneIn(3) ? null : path(),
      ],
    },
  };
}
