// A handle that took over stdin, stdout or stderr closes it, and the number is given out again: to a
// pipe of the host's child_process, for one, and libuv ends the process when it closes that.
//
// Without /dev/null in the place (CloseNow of native/core/descriptor_use.cc): the child process dies of
// SIGABRT, by libuv's assertion that what it closes is above 2.
import { describe, expect, it } from 'vitest';
import { runChild } from '../support/child.js';

const THEIRS = `
  const { execFileSync } = require('node:child_process');
  const theirs = () => {
    execFileSync('true');
    const places = [0, 1, 2].map((fd) => fs.readlinkSync('/proc/self/fd/' + fd));
    const inherited = [0, 1, 2].every((fd) => (raw.fcntl(fd, c.F_GETFD) & c.FD_CLOEXEC) === 0);
    return [...places, inherited, raw.close(1) === -c.EPERM];
  };
`;
const EXPECTED = ['/dev/null', '/dev/null', '/dev/null', true, true];

describe.runIf(process.platform === 'linux')(
  '0, 1 and 2, when what has taken them over closes',
  () => {
    it.each(['run', 'attach'])('have /dev/null behind a loop that goes by %s', (way) => {
      const told = runChild(`${THEIRS}
      // A pipe: it is /dev/null, which no loop waits for.
      fs.closeSync(0);
      raw.check(raw.pipe2(0), 'pipe2');
      const loop = new EventLoop();
      const streams = [0, 1, 2].map((fd) => loop.stream(fd));
      for (const stream of streams) stream.destroy();
      Promise.all(streams.map(({ closed }) => closed)).then(() => report(theirs()));
      setImmediate(() => loop.${way}());
    `);
      expect(told).toEqual(EXPECTED);
    });

    it('have it behind close, the end of a Worker, and where there is no descriptor left', () => {
      const told = runChild(
        `${THEIRS}
      for (const fd of [0, 1]) raw.check(raw.adopt(fd), 'adopt');
      raw.check(raw.close(0), 'close');
      const all = [];
      for (;;) {
        try {
          all.push(fs.openSync('/dev/null', 'r'));
        } catch {
          break;
        }
      }
      raw.check(raw.close(1), 'close');
      for (const fd of all) fs.closeSync(fd);
      const script = "require(" + JSON.stringify(DIST + '/raw.cjs') + ").adopt(2)";
      new Worker(script, { eval: true }).on('exit', () => report(theirs()));
    `,
        { maxDescriptors: 64 },
      );
      expect(told).toEqual(EXPECTED);
    });
  },
);
