// The calls on processes in the table of signatures.ts: none of them reaches a process that
// there is, whatever its arguments are mixed of.
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { type Call, int, isInteger, optional, type Parameter } from './parameters.js';

/** No process has it: above the most that Linux gives out. */
const NOBODY = 2 ** 31 - 1;

/** `kill(-1, signal)` would end everything here: it is asked of nobody at all. */
function killNobody(pid: unknown, sig: unknown): unknown {
  return raw.kill((typeof pid === 'number' && pid < 1 ? NOBODY : pid) as number, sig as number);
}

/** As `kill`: a number below 1 is nobody's, or many's. */
function queueForNobody(...[pid, sig, value]: unknown[]): unknown {
  const nobody = typeof pid === 'number' && pid < 1 ? NOBODY : pid;
  return raw.sigqueue(nobody as number, sig as number, value as number);
}

/** Never to stand still. */
function waitForNobody(...[idtype, id, info, options]: unknown[]): unknown {
  const flags = typeof options === 'number' ? options | constant('WNOHANG') : options;
  return raw.waitid(idtype as number, id as number, info as Int32Array, flags as number);
}

export function processSignatures(): Record<string, [Call, Parameter[]]> {
  const word = (name: string, good: number): Parameter => ({
    name,
    good,
    takes: isInteger(0, 2 ** 32 - 1),
  });
  const id = (name: string): Parameter => ({
    name,
    good: NOBODY,
    takes: isInteger(0, 2 ** 31 - 1),
  });
  const { P_PID = 1, WEXITED = 4, WNOHANG = 1, RLIMIT_NOFILE = 7 } = constants;
  const limits = (name: string): Parameter => optional({ name, good: null, takes: () => false });
  return {
    kill: [killNobody, [int('pid', NOBODY), int('sig', 0)]],
    sigqueue: [queueForNobody, [int('pid', NOBODY), int('sig', 0), int('value', 7)]],
    waitid: [
      waitForNobody,
      [
        int('idtype', P_PID),
        id('id'),
        { name: 'info', good: new Int32Array(5), takes: () => false },
        { ...int('options', WEXITED | WNOHANG), takes: (value) => typeof value === 'number' },
      ],
    ],
    pidfd_open: [raw.pidfd_open as Call, [int('pid', process.pid), optional(word('flags', 0))]],
    pidfd_send_signal: [
      raw.pidfd_send_signal as Call,
      [
        id('pidfd'),
        int('sig', 0),
        { name: 'info', good: null, takes: (value) => value === undefined || value === null },
        optional(word('flags', 0)),
      ],
    ],
    prlimit: [
      raw.prlimit as Call,
      [int('pid', 0), int('resource', RLIMIT_NOFILE), limits('new_limit'), limits('old_limit')],
    ],
    close_range: [
      raw.close_range as Call,
      [word('first', NOBODY), word('last', NOBODY), word('flags', 4)],
    ],
  };
}
