// The children of one loop, and how it hears that one has ended:
//
//   pidfd     Linux 5.3: a descriptor of the process, which the poller waits for
//   kqueue    macOS, the BSDs: a kqueue with EVFILT_PROC, which the poller waits for
//   sigchld   older kernels: with each SIGCHLD every child of the loop is asked, by its number
//
// Nobody else's child is ever asked: those of the host stay the host's. See pidfd_open(2),
// kqueue(2), wait(2).
import { type Children, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { SignalHandle } from '../process/signal.js';
import { constant, constants } from '../raw/constants.js';
import { check, codedError, SystemError } from '../raw/errors.js';
import { KeventList } from '../raw/kevents.js';

/** How a loop hears of the end of its children. */
export type ExitKind = 'pidfd' | 'kqueue' | 'sigchld';

/** A child whose end was not told yet. */
export interface Living {
  /** It may have ended. Must not throw. */
  look(): void;
}

/** No process has it. */
const NOBODY = 2 ** 31 - 1;
const ESRCH = -constant('ESRCH');
const KINDS: readonly ExitKind[] = ['pidfd', 'kqueue', 'sigchld'];

let found: ExitKind | undefined;

/** RAWLOOP_CHILD_EXIT forces one in tests. */
function exitKind(): ExitKind {
  const forced = process.env['RAWLOOP_CHILD_EXIT'];
  if (forced !== undefined && forced !== '') {
    if (KINDS.includes(forced as ExitKind)) return forced as ExitKind;
    const known = KINDS.join("', '");
    const message = `RAWLOOP_CHILD_EXIT must be one of '${known}', not '${forced}'`;
    throw codedError(Error, 'ERR_INVALID_ARG_VALUE', message);
  }
  found ??= whatKernelHas();
  return found;
}

function whatKernelHas(): ExitKind {
  // Where a filter of system calls refuses it, it is as though there were none.
  if (native.pidfd_open(NOBODY) === ESRCH) return 'pidfd';
  const hasQueue = constants['EVFILT_PROC'] !== undefined && process.platform !== 'linux';
  return hasQueue ? 'kqueue' : 'sigchld';
}

/** A kqueue that is readable once `pid` has ended. @throws SystemError */
function queueOf(pid: number): number {
  const fd = check(native.kqueue(), 'kqueue');
  const change = new KeventList(1);
  change.set(0, {
    ident: pid,
    filter: constant('EVFILT_PROC'),
    flags: constant('EV_ADD'),
    fflags: constant('NOTE_EXIT'),
  });
  const result = native.kevent(fd, change.bytes, null, 0);
  if (result >= 0) return fd;
  native.close(fd);
  throw new SystemError(result, 'kevent');
}

/**
 * A descriptor that is readable once `pid` has ended; undefined on a kernel without.
 *
 * @throws SystemError ESRCH (on kqueue also for one that has ended and was not waited for),
 *   EMFILE, ENFILE, ENOMEM
 */
export function openProcess(kind: ExitKind, pid: number): number | undefined {
  if (kind === 'pidfd') return check(native.pidfd_open(pid), 'pidfd_open');
  return kind === 'kqueue' ? queueOf(pid) : undefined;
}

const all = new WeakMap<HandleLoop, LoopChildren>();

export class LoopChildren {
  readonly native: Children = new native.Children();
  /** By pid. */
  readonly living = new Map<number, Living>();
  readonly kind = exitKind();
  readonly loop: HandleLoop;
  #signals: SignalHandle | undefined;

  static of(loop: HandleLoop): LoopChildren {
    let children = all.get(loop);
    if (children === undefined) {
      children = new LoopChildren(loop);
      all.set(loop, children);
    }
    return children;
  }

  private constructor(loop: HandleLoop) {
    this.loop = loop;
  }

  /**
   * Looks at all that live with each SIGCHLD: from before there is a child without a
   * descriptor, as it may be short. Returns the descriptor by which signals come.
   *
   * @throws SystemError EMFILE, ENOMEM
   */
  listen(): number {
    if (this.#signals?.active !== true) {
      const look = () => {
        for (const child of this.living.values()) child.look();
      };
      this.#signals = new SignalHandle(this.loop, 'SIGCHLD', look);
    }
    return this.#signals.handleFd;
  }

  /** Its end was told, or nobody wants to know. */
  forget(pid: number, child: Living): void {
    // Another may have its number by now.
    if (this.living.get(pid) === child) this.living.delete(pid);
    this.stopListening();
  }

  /** Where no child is left, what the process does with SIGCHLD is as it was. */
  stopListening(): void {
    if (this.living.size > 0) return;
    this.#signals?.close();
    this.#signals = undefined;
  }
}
