// Calls on processes: what they say of children, of ourselves, and of nobody. The children are
// the host's, which reaps them itself: WNOWAIT leaves them to it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const NOBODY = 2 ** 31 - 1;
const ESRCH = -constant('ESRCH');

/** The words of `waitid` for a child of the host's that ends by this command. */
function endOf(command: string): number[] {
  const child = spawn('/bin/sh', ['-c', command], { stdio: 'ignore' });
  const info = new Int32Array(5);
  const options = constant('WEXITED') | constant('WNOWAIT');
  const pid = child.pid as number;
  raw.check(raw.waitid(constant('P_PID'), pid, info, options), 'waitid');
  expect([info[0], info[1], info[2]]).toEqual([pid, process.getuid?.(), constant('SIGCHLD')]);
  return [...info.subarray(3)];
}

it('waitid tells how a child ended, and leaves it to its parent with WNOWAIT', () => {
  expect(endOf('exit 7')).toEqual([7, constant('CLD_EXITED')]);
  expect(endOf('kill -9 $$')).toEqual([9, constant('CLD_KILLED')]);
});

it('waitid with WNOHANG finds all zeros while nothing has ended, and -ECHILD without a child', async () => {
  const child = spawn('/bin/cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const info = new Int32Array(5).fill(9);
  const options = constant('WEXITED') | constant('WNOHANG');
  expect(raw.waitid(constant('P_PID'), child.pid as number, info, options)).toBe(0);
  expect([...info]).toEqual([0, 0, 0, 0, 0]);
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(raw.waitid(constant('P_PID'), NOBODY, info, options)).toBe(-constant('ECHILD'));
  const short = () => raw.waitid(constant('P_PID'), NOBODY, new Int32Array(4), options);
  expect(short).toThrow(expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }));
});

it('kill asks and signals, by number', async () => {
  expect([raw.kill(process.pid, 0), raw.kill(NOBODY, 0)]).toEqual([0, ESRCH]);
  const child = spawn('/bin/cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  expect(raw.kill(child.pid as number, constant('SIGTERM'))).toBe(0);
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
});

it.runIf(raw.supported.pidfd_open)('a pidfd is readable once its process has ended', async () => {
  const child = spawn('/bin/cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const pidfd = opened.keep(raw.pidfd_open(child.pid as number), 'pidfd_open');
  expect(isCloseOnExec(pidfd)).toBe(true);
  const record = Int32Array.of(pidfd, constant('POLLIN'), 0);
  expect(raw.poll(record, 1, 0)).toBe(0);
  expect(raw.pidfd_send_signal(pidfd, 0)).toBe(0);
  expect(raw.pidfd_send_signal(pidfd, constant('SIGKILL'), null, 0)).toBe(0);
  expect(raw.poll(record, 1, -1)).toBe(1);
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(raw.pidfd_send_signal(pidfd, 0)).toBe(ESRCH);
  expect(raw.pidfd_open(NOBODY)).toBe(ESRCH);
});

it.runIf(raw.supported.prlimit)('prlimit reads limits and sets them', () => {
  const resource = constant('RLIMIT_CORE');
  const before = new BigUint64Array(2);
  expect(raw.prlimit(0, resource, null, before)).toBe(0);
  const wanted = BigUint64Array.of(0n, before[1] as bigint);
  const old = new BigUint64Array(2);
  expect(raw.prlimit(0, resource, wanted, old)).toBe(0);
  expect(old).toEqual(before);
  expect(raw.prlimit(0, resource, before, old)).toBe(0);
  expect(old).toEqual(wanted);
  expect(raw.prlimit(NOBODY, resource, null, null)).toBe(ESRCH);
  expect(() => raw.prlimit(0, resource, null, new BigUint64Array(1))).toThrow(
    expect.objectContaining({ code: 'ERR_OUT_OF_RANGE' }),
  );
});

it.runIf(raw.supported.close_range)('close_range marks, and closes nothing', () => {
  const fd = opened.eventfd();
  raw.check(raw.fcntl(fd, constant('F_SETFD'), 0), 'fcntl');
  expect(isCloseOnExec(fd)).toBe(false);
  expect(raw.close_range(fd, fd, 0)).toBe(-constant('EPERM'));
  expect(raw.close_range(fd, fd, constant('CLOSE_RANGE_CLOEXEC'))).toBe(0);
  expect(isCloseOnExec(fd)).toBe(true);
  expect(raw.close_range(fd + 1, fd, constant('CLOSE_RANGE_CLOEXEC'))).toBe(-constant('EINVAL'));
});
