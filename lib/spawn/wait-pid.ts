// loop.waitPid: the end of a process, whoever started it. Only its parent is told how it
// ended, so that of others it is known that they did. See pidfd_open(2), waitid(2).
import { abortError, checkSignal, throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed, invalidValue, loopClosed } from '../loop/errors.js';
import { Handle } from '../loop/handle.js';
import { endOnAbort, runCleanup } from '../loop/when-closed.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { codedError } from '../raw/errors.js';
import { Child } from './child.js';
import { LoopChildren, openProcess } from './exits.js';
import { Outcome } from './outcome.js';
import { signalName } from './signals.js';
import { type ExitStatus, UNKNOWN_STATUS } from './status.js';

/** What `loop.waitPid` takes beside the process. */
export interface WaitPidOptions {
  /** Ends the wait when it aborts; the process goes on. */
  signal?: AbortSignal;
}

const NAMES: OptionNames<WaitPidOptions> = { signal: true };

/** A wait: it keeps the loop alive. */
class PidWait extends Handle {
  readonly pid: number;
  readonly outcome = new Outcome();

  constructor(loop: HandleLoop, pid: number) {
    super(loop);
    this.pid = pid;
    this.keepContext();
    const fd = openProcess(LoopChildren.of(loop).kind, pid);
    if (fd === undefined) {
      const message = 'waitPid: without pidfds only children of this loop can be waited for';
      throw codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
    }
    this.startOwning(fd, Interest.READ);
  }

  override get kind(): string {
    return 'PidWait';
  }

  override get label(): string {
    return `PidWait ${this.pid}`;
  }

  override facts(): string[] {
    return [`pid: ${this.pid}`];
  }

  onReady(): void {
    this.outcome.settle(this.#peek());
    this.close();
  }

  /** By its pidfd where there is one: the host may have taken it, and its number be another's. */
  #peek(): ExitStatus {
    const byDescriptor = LoopChildren.of(this.loop).kind === 'pidfd';
    if (byDescriptor) return peek(constant('P_PIDFD'), this.handleFd);
    return peek(constant('P_PID'), this.pid);
  }

  override onFailed(error: Error): void {
    this.outcome.fail(() => error);
  }

  onClosed(): void {
    this.closeOwned();
    this.outcome.fail(() => handleClosed('wait'));
  }

  close(): void {
    if (this.beginClose()) runCleanup(this);
  }
}

/** How a child of the host's ended, if it is one and not taken yet; it is left to the host. */
function peek(which: number, id: number): ExitStatus {
  const { WEXITED = 0, WNOHANG = 0, WNOWAIT = 0, CLD_EXITED, CLD_DUMPED } = constants;
  const info = new Int32Array(5);
  const result = native.waitid(which, id, info, WEXITED | WNOHANG | WNOWAIT);
  const [found = 0, , , status = 0, code = 0] = info;
  if (result < 0 || found === 0) return UNKNOWN_STATUS;
  const exited = code === CLD_EXITED;
  return {
    code: exited ? status : null,
    signal: exited ? null : signalName(status),
    coreDumped: code === CLD_DUMPED,
    rusage: null,
  };
}

/** The promise of a child of this loop, which a signal may leave. */
function outcomeOf(child: Child, signal: AbortSignal | undefined): Promise<ExitStatus> {
  if (signal === undefined) return child.exited;
  return new Promise((resolve, reject) => {
    endOnAbort(child, signal, (_child, from) => reject(abortError(from)));
    child.exited.then(resolve, reject);
  });
}

/** Waits for the end of a process. */
export async function waitPid(
  loop: HandleLoop,
  pid: number,
  given: WaitPidOptions,
): Promise<ExitStatus> {
  checkInteger('pid', pid, 1, 2 ** 31 - 1);
  if (pid === process.pid) throw invalidValue('pid', 'that of another process than this one');
  const { signal: asked } = readOptions('options', given, NAMES);
  const signal = checkSignal(asked);
  throwIfAborted(signal);
  if (loop.closed) throw loopClosed();
  const known = LoopChildren.of(loop).living.get(pid);
  if (known instanceof Child) return outcomeOf(known, signal);
  const wait = new PidWait(loop, pid);
  if (signal !== undefined) {
    endOnAbort(wait, signal, (target, from) => {
      target.outcome.fail(() => abortError(from));
      target.close();
    });
  }
  return wait.outcome.promise;
}
