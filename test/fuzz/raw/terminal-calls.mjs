// The calls of rawloop/raw on terminals. As rawCalls of calls.mjs, without what stands still until
// output is read (TCSADRAIN, tcdrain of a terminal), and with no group that there is.
import { noInteger } from '../support/values.mjs';

const NEVER_OPEN = 2 ** 31 - 1;

/** @param {import('./arguments.mjs').Arguments} make */
export function terminalCalls(make) {
  const { random, c } = make;
  const memory = (bytes) => (random.oneIn(4) ? make.memory(make.size()) : make.memory(bytes));
  const nobody = () => random.pick([NEVER_OPEN, 2 ** 22 + 1, -1, 0, noInteger(random), 2 ** 32]);
  return {
    tcgetattr: { args: () => [make.fd(), memory(152)] },
    tcsetattr: { args: () => [make.fd(), make.int(c.TCSANOW, c.TCSANOW, 99, -1), memory(152)] },
    tcgetwinsize: { args: () => [make.fd(), memory(8)] },
    tcsetwinsize: { args: () => [make.fd(), memory(8)] },
    tcgetpgrp: { args: () => [make.fd()] },
    tcsetpgrp: { args: () => [make.fd(), nobody()] },
    tcgetsid: { args: () => [make.fd()] },
    tcdrain: { args: () => [random.pick([NEVER_OPEN, -1, noInteger(random)])] },
    tcflush: {
      args: () => [make.fd(), make.int(c.TCIFLUSH, c.TCOFLUSH, c.TCIOFLUSH, 99, -1)],
    },
    tcflow: { args: () => [make.fd(), make.int(c.TCOOFF, c.TCOON, c.TCIOFF, c.TCION, 99, -1)] },
  };
}
