// The pipes through which a loop's relays move bytes inside the kernel. A direction has one while
// bytes are in it, and gives it back empty: pairs that are idle, or whose peers keep up, hold none,
// and all of them use the same warm one in turn. When the loop's last relay has ended they are
// closed. See pipe(7), F_SETPIPE_SZ in fcntl(2).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { Transfer } from '../loop/layout.js';
import { constant, constants } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { supported } from '../raw/supported.js';
import type { Stream } from '../stream/stream.js';

export interface Pipe {
  readonly readEnd: number;
  readonly writeEnd: number;
}

/**
 * What a pipe of a loop's first few holds: `npm run bench -- relay` is a tenth cheaper than with
 * the kernel's own 64 KiB, and no cheaper with a megabyte. It is also what one read is asked for.
 */
export const PIPE_BYTES = 262144;
/**
 * Later ones stay as the kernel makes them: who is no superuser has 64 MiB for all pipes, and
 * beyond that gets smaller ones. Many are held at once only where many peers do not keep up.
 */
const LARGE_PIPES = 64;
/** More that are empty are closed. */
const KEPT_PIPES = 16;

const F_SETPIPE_SZ = constants['F_SETPIPE_SZ'];
const FLAGS = constant('O_NONBLOCK');

export class Pipes {
  readonly #loop: HandleLoop;
  readonly #empty: Pipe[] = [];
  #open = 0;
  #users = 0;

  constructor(loop: HandleLoop) {
    this.#loop = loop;
  }

  /** A relay more has use for them. */
  join(): void {
    this.#users++;
  }

  /** One less: behind the last they are closed. */
  leave(): void {
    this.#users--;
    if (this.#users > 0) return;
    for (const pipe of this.#empty.splice(0)) this.drop(pipe);
  }

  /** An empty one, or -errno. */
  take(): Pipe | number {
    return this.#empty.pop() ?? this.#make();
  }

  /** It is empty again. */
  give(pipe: Pipe): void {
    if (this.#empty.length < KEPT_PIPES && this.#users > 0) this.#empty.push(pipe);
    else this.drop(pipe);
  }

  /** Closes it, and what is in it is lost. */
  drop({ readEnd, writeEnd }: Pipe): void {
    this.#open--;
    const { owner } = this.#loop.holdings;
    for (const fd of [readEnd, writeEnd]) {
      owner.disown(fd);
      native.close(fd);
    }
  }

  #make(): Pipe | number {
    const made = native.pipe2(FLAGS);
    if (typeof made === 'number') return made;
    const [readEnd, writeEnd] = made;
    const { owner } = this.#loop.holdings;
    for (const fd of made) owner.own(fd);
    // Where it is refused it stays as it is.
    if (this.#open < LARGE_PIPES && F_SETPIPE_SZ !== undefined) {
      native.fcntl(writeEnd, F_SETPIPE_SZ, PIPE_BYTES);
    }
    this.#open++;
    return { readEnd, writeEnd };
  }
}

const ofLoops = new WeakMap<HandleLoop, Pipes>();

/** Those of `loop`. */
export function pipesOf(loop: HandleLoop): Pipes {
  const known = ofLoops.get(loop);
  if (known !== undefined) return known;
  const made = new Pipes(loop);
  ofLoops.set(loop, made);
  return made;
}

const F_GETFL = constant('F_GETFL');
const O_NONBLOCK = constant('O_NONBLOCK');
/**
 * Of those whose bytes splice(2) moves: stream sockets and pipes that do not block. Where others share
 * an open file that blocks, the call would. A terminal's end is an error of its own, a device's bytes
 * may have bounds, and a record has: those are copied.
 */
const KINDS: ReadonlySet<number> = new Set([Transfer.SOCKET, Transfer.UNIX, Transfer.FILE]);

/** Whether the bytes of `stream` can stay in the kernel. @throws SystemError */
export function isSpliceable({ handleFd, group }: Stream): boolean {
  const { kind, isSocket } = group.transfer;
  if (!supported.splice || !KINDS.has(kind)) return false;
  // It connects to a name, and will be a socket of ours.
  if (handleFd < 0) return true;
  if (!isSocket && native.fileKind(handleFd) !== 'pipe') return false;
  return (check(native.fcntl(handleFd, F_GETFL), 'fcntl') & O_NONBLOCK) !== 0;
}
