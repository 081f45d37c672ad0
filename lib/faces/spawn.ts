// What the public loop has for other processes.
import type { Child, ChildHandlers, PipedChild } from '../spawn/child.js';
import type { SpawnOptions } from '../spawn/options.js';
import type { ExitStatus } from '../spawn/status.js';
import type { WaitPidOptions } from '../spawn/wait-pid.js';
import * as families from './families.js';
import { WorkersFace } from './workers.js';

/** What a loop has for other processes. Use `EventLoop`. */
export abstract class SpawnFace extends WorkersFace {
  /**
   * Starts a process. When it returns the program runs; what keeps it from running is thrown,
   * and nothing of it is left. A `file` without a slash is looked for in the PATH of `env`.
   *
   * The child gets the descriptors of `stdio` and no other, default actions of all signals and
   * none blocked. On a terminal of `loop.pty` it is a shell, or whatever wants one. On Linux it
   * takes no longer for a large process than for a small one.
   *
   * @throws SpawnError: SystemError with `spawnargs`: ENOENT, EACCES, ENOEXEC, E2BIG (execve);
   *   ENOENT, ENOTDIR, EACCES (chdir); EPERM (setuid, setgid, setgroups, setpgid, ioctl); EAGAIN
   *   (clone); EMFILE, ENFILE, ENOMEM. SystemError EBADF (a descriptor of `stdio` that is not
   *   open); TypeError, RangeError; Error ABORT_ERR, ERR_LOOP_CLOSED. See execve(2), clone(2)
   * @example
   * const child = loop.spawn('sort', ['-n'], {}, {
   *   stdout: (child, chunk) => console.log(Buffer.from(chunk).toString()),
   *   exit: (child, { code, signal }) => console.log('ended', code ?? signal),
   * });
   * child.stdin.end('3\n1\n2\n');
   */
  spawn(
    file: string,
    args?: readonly string[],
    options?: SpawnOptions & { stdio?: 'pipe'; controllingTerminal?: string | number },
    handlers?: ChildHandlers,
  ): PipedChild;
  spawn(
    file: string,
    args?: readonly string[],
    options?: SpawnOptions,
    handlers?: ChildHandlers,
  ): Child;
  spawn(
    file: string,
    args: readonly string[] = [],
    options: SpawnOptions = {},
    handlers?: ChildHandlers,
  ): Child {
    return families.spawn().spawn(this, file, args, options, handlers);
  }

  /**
   * Resolves when a process has ended, whoever started it; it holds the loop meanwhile. How it
   * ended is known of children of this loop, and as a rule of those of the host; of others
   * `code` and `signal` are null. Nobody else's child is taken from him.
   *
   * @throws Rejects with SystemError ESRCH (there is none), EMFILE, ...; TypeError, RangeError;
   *   Error ABORT_ERR, ERR_LOOP_CLOSED, ERR_HANDLE_CLOSED (the loop was closed meanwhile),
   *   ERR_FEATURE_UNAVAILABLE_ON_PLATFORM (Linux before 5.3). See pidfd_open(2)
   * @example
   * await loop.waitPid(pid, { signal: AbortSignal.timeout(5000) });
   */
  waitPid(pid: number, options: WaitPidOptions = {}): Promise<ExitStatus> {
    return families.spawn().waitPid(this, pid, options);
  }
}
