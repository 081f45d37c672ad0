// sdNotify: tells a service manager how the process is, by systemd's protocol: a datagram of
// assignments to the Unix socket that NOTIFY_SOCKET names. The kernel says who sent it. See
// sd_notify(3), sd_watchdog_enabled(3).
import { type OptionNames, readOptions } from '../base/options.js';
import { checkDescriptor } from '../base/validate.js';
import { hostNowMs } from '../binding/clock.js';
import { native, type UnixAddress } from '../binding/index.js';
import { invalidType, invalidValue, outOfRange } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { badVariable, isForUs, numberOf, unset } from './environment.js';

/**
 * What is told: assignments, such as `{ READY: 1, STATUS: 'serving' }`, or as text, one a
 * line: `'READY=1\nSTATUS=serving'`.
 */
export type NotifyState = string | Readonly<Record<string, string | number>>;

/** What `sdNotify` takes beside the state. */
export interface NotifyOptions {
  /**
   * Descriptors that go along, at most 253, for FDSTORE: the manager gets duplicates, and
   * gives them to the next start as `inheritedSockets`.
   */
  fds?: readonly number[];
  /** Removes NOTIFY_SOCKET, so that no child tells something. Default false. */
  unset?: boolean;
}

const NAMES: OptionNames<NotifyOptions> = { fds: true, unset: true };
const ASSIGNMENT = /^[A-Z][A-Z0-9_]*=/;
/** SCM_MAX_FD. */
const MAX_FDS = 253;
/** How long a manager may leave its socket full. */
const PATIENCE_MS = 1000;
const POLLOUT = constant('POLLOUT');
const EAGAIN = -constant('EAGAIN');

/** The lines of an object: a value of several lines would be assignments of its own. */
function linesOf(state: Readonly<Record<string, string | number>>): string[] {
  return Object.keys(state).map((name) => {
    const value = state[name];
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw invalidType(`state.${name}`, 'a string or a number');
    }
    if (/\n/.test(String(value))) throw invalidValue(`state.${name}`, 'one line');
    return `${name}=${value}`;
  });
}

/** The message. A reload has the time at which it began: the manager asks for it. */
function messageOf(state: NotifyState): Buffer {
  if (typeof state !== 'string' && (typeof state !== 'object' || state === null)) {
    throw invalidType('state', 'a string or an object');
  }
  const lines = typeof state === 'string' ? state.replace(/\n$/, '').split('\n') : linesOf(state);
  if (lines.length === 0 || !lines.every((line) => ASSIGNMENT.test(line) && !/\0/.test(line))) {
    throw invalidValue('state', "assignments, such as 'READY=1', one a line");
  }
  if (lines.includes('RELOADING=1') && !lines.some((line) => line.startsWith('MONOTONIC_USEC='))) {
    lines.push(`MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }
  return Buffer.from(lines.join('\n'));
}

function checkFds(fds: unknown): readonly number[] {
  if (!Array.isArray(fds)) throw invalidType('options.fds', 'an array');
  if (fds.length > MAX_FDS) throw outOfRange('options.fds', `at most ${MAX_FDS}`, fds.length);
  return fds.map((fd, index) => checkDescriptor(`options.fds[${index}]`, fd));
}

/** Where the manager listens; undefined where there is none. */
function managerAddress(): UnixAddress | undefined {
  const text = process.env['NOTIFY_SOCKET'];
  if (text === undefined) return undefined;
  if (!/^[/@]./.test(text)) {
    throw badVariable('NOTIFY_SOCKET', text, 'a path or an abstract name (@...): no vsock');
  }
  return { family: 'unix', path: text.replace(/^@/, '\0') };
}

/** Sends it as one datagram. A manager that is busy is waited for, and not for ever. */
function send(to: UnixAddress, message: Buffer, fds: readonly number[]): void {
  const type = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
  const fd = check(native.socket(constant('AF_UNIX'), type, 0), 'socket');
  try {
    check(native.connect(fd, to), 'connect', { path: to.path });
    const ancillary = fds.length === 0 ? undefined : { fds };
    const attempt = () => native.sendmsg(fd, { buffers: [message], ancillary });
    const endMs = hostNowMs() + PATIENCE_MS;
    let result = attempt();
    // Others may take the room before us.
    for (let leftMs = PATIENCE_MS; result === EAGAIN && leftMs > 0; leftMs = endMs - hostNowMs()) {
      native.poll(Int32Array.of(fd, POLLOUT, 0), 1, Math.ceil(leftMs));
      result = attempt();
    }
    check(result, 'sendmsg', { path: to.path });
  } finally {
    native.close(fd);
  }
}

/**
 * Tells the service manager: `READY=1`, `STOPPING=1`, `RELOADING=1` (its MONOTONIC_USEC is
 * added), `STATUS=...`, `MAINPID=...`, `WATCHDOG=1`, `FDSTORE=1` with `fds`, or whatever else
 * it knows. It is sent when the call returns; a manager that leaves its socket full is waited
 * for, up to a second.
 *
 * @returns false when there is no manager: NOTIFY_SOCKET is not set
 * @throws SystemError ENOENT, ECONNREFUSED, EAGAIN, EBADF (a descriptor), ...; Error
 *   ERR_INVALID_ARG_VALUE for a NOTIFY_SOCKET that is no Unix socket's; TypeError, RangeError.
 *   See sd_notify(3).
 * @example
 * loop.listen({ port: 7000 }, handlers);
 * sdNotify({ READY: 1, STATUS: 'serving' });
 */
export function sdNotify(state: NotifyState, given: NotifyOptions = {}): boolean {
  const message = messageOf(state);
  const options = readOptions('options', given, NAMES);
  const { unset: removes = false } = options;
  const fds = options.fds === undefined ? [] : checkFds(options.fds);
  if (typeof removes !== 'boolean') throw invalidType('options.unset', 'a boolean');
  const to = managerAddress();
  if (to !== undefined) send(to, message, fds);
  if (removes) unset(['NOTIFY_SOCKET']);
  return to !== undefined;
}

/**
 * The time within which the manager wants `WATCHDOG=1` again, in ms; undefined when it does
 * not ask this process. Half of it leaves room for a late timer.
 *
 * @throws Error ERR_INVALID_ARG_VALUE for a WATCHDOG_USEC or WATCHDOG_PID that is no number.
 *   See sd_watchdog_enabled(3).
 * @example
 * const limitMs = watchdogMs();
 * if (limitMs !== undefined) loop.setInterval(() => sdNotify('WATCHDOG=1'), limitMs / 2).unref();
 */
export function watchdogMs(): number | undefined {
  const isOurs = isForUs(['WATCHDOG_PID', process.env['WATCHDOG_PID']]) ?? true;
  if (!isOurs) return undefined;
  const usec = numberOf(['WATCHDOG_USEC', process.env['WATCHDOG_USEC']], 1, 2 ** 53 - 1);
  return usec === undefined ? undefined : usec / 1000;
}
