// The calls of rawloop/raw on processes. As rawCalls of calls.mjs, but for the pids: only those
// that no process has, and our own with no signal, as any other is somebody's.
import { noInteger } from '../support/values.mjs';

const NOBODY = 2 ** 31 - 1;

/** @param {import('./arguments.mjs').Arguments} make */
export function processCalls(make) {
  const { random, c, world } = make;
  const nobody = () => random.pick([NOBODY, NOBODY - 1, 2 ** 22 + 1, noInteger(random), 2 ** 32]);
  const oneOf = (...likely) => (random.oneIn(8) ? noInteger(random) : random.pick(likely));
  const words = (bytes) => (random.oneIn(6) ? make.memory() : make.memory(bytes));
  return {
    kill: {
      args: () => (random.oneIn(3) ? [process.pid, 0] : [nobody(), oneOf(0, 1, 9, 15, 64, 65, -1)]),
    },
    // No signal, as one with a value ends the process as any.
    sigqueue: {
      args: () => [
        random.oneIn(3) ? process.pid : nobody(),
        oneOf(0, 0, 65, -1),
        make.int(0, 7, -1),
      ],
    },
    // Nothing is waited for: the fuzzer has no children, and says WNOHANG all the same.
    waitid: {
      args: () => [
        oneOf(c.P_PID, c.P_PGID, c.P_PIDFD ?? 3, 9, -1),
        nobody(),
        words(20),
        oneOf(c.WEXITED | c.WNOHANG, c.WNOHANG, c.WNOHANG | c.WNOWAIT | c.WSTOPPED, -1),
      ],
    },
    pidfd_open: {
      args: () => [random.oneIn(3) ? process.pid : nobody(), oneOf(undefined, 0, 0x800, -1, 1)],
      after: (fd) => world.keep(fd),
    },
    pidfd_send_signal: {
      args: () => [
        make.fd(),
        oneOf(0, 0, 0, 65, -1),
        oneOf(undefined, null, 1),
        oneOf(0, 1, undefined),
      ],
    },
    prlimit: {
      args: () => [
        random.oneIn(2) ? 0 : nobody(),
        oneOf(c.RLIMIT_NOFILE, c.RLIMIT_CORE, 99, -1),
        // A limit that it sets stays: none is set.
        random.pick([null, undefined, 1, noInteger(random)]),
        random.oneIn(3) ? null : words(16),
      ],
    },
    // What is the host's is marked as well, as all of its own is anyhow.
    close_range: {
      args: () => [
        oneOf(3, 100, NOBODY, 2 ** 32 - 1, -1),
        oneOf(3, 100, NOBODY, 2 ** 32 - 1, 2 ** 32),
        oneOf(4, 4, 0, 2, 6, -1, undefined),
      ],
    },
  };
}
