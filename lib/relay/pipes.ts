// The pipes through which a loop's relays move bytes inside the kernel. A direction has one while
// bytes are in it, and gives it back empty: pairs that are idle, or whose peers keep up, hold none,
// and all of them use the same warm one in turn. Those that are empty stand in words, from which
// native code takes them. When the loop's last relay has ended they are closed. See pipe(7),
// F_SETPIPE_SZ in fcntl(2).
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { KEEP_PIPES, sharedWords, Transfer } from '../loop/layout.js';
import { constant, constants } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { supported } from '../raw/supported.js';
import type { Stream } from '../stream/stream.js';
import { Flows } from './flows.js';
import { PipeWord } from './words.js';

/**
 * What a pipe of a loop's first few holds: `npm run bench -- relay` is a tenth cheaper than with
 * the kernel's own 64 KiB, and no cheaper with a megabyte. It is also what one read is asked for.
 */
const PIPE_BYTES = 262144;
/** One direction's share of a turn: others are due as well. */
export const TURN_BYTES = 4 * PIPE_BYTES;
/**
 * Later ones stay as the kernel makes them: who is no superuser has 64 MiB for all pipes, and
 * beyond that gets smaller ones. Many are held at once only where many peers do not keep up.
 */
const LARGE_PIPES = 64;

const F_SETPIPE_SZ = constants['F_SETPIPE_SZ'];
const FLAGS = constant('O_NONBLOCK');

export class Pipes {
  readonly #loop: HandleLoop;
  /** Those that are empty: see PipeWord. */
  readonly words = sharedWords(PipeWord.WORDS);
  readonly flows: Flows;
  #open = 0;
  #users = 0;

  constructor(loop: HandleLoop) {
    this.#loop = loop;
    this.flows = new Flows(loop);
    this.words[PipeWord.LENGTH] = PIPE_BYTES;
    this.words[PipeWord.BUDGET] = TURN_BYTES;
    loop.streams.keep(KEEP_PIPES, this.words);
  }

  /** A relay more moves bytes inside the kernel: the crossing looks at what is ready. */
  join(): void {
    this.#users++;
    this.#loop.streams.readers++;
  }

  /** One less: behind the last they are closed. */
  leave(): void {
    this.#users--;
    this.#loop.streams.readers--;
    if (this.#users > 0) return;
    const { words } = this;
    for (let i = 0; i < (words[PipeWord.COUNT] as number); i++) {
      const at = this.#place(i);
      this.close(words[at + PipeWord.READ_END] as number, words[at + PipeWord.WRITE_END] as number);
    }
    words[PipeWord.COUNT] = 0;
  }

  #place(index: number): number {
    return PipeWord.SPARE + index * PipeWord.PIPE_WORDS;
  }

  /** One that is not empty, or one too many. */
  close(readEnd: number, writeEnd: number): void {
    this.#open--;
    const { owner } = this.#loop.holdings;
    for (const fd of [readEnd, writeEnd]) {
      owner.disown(fd);
      native.close(fd);
    }
  }

  /** There is none: makes one. 0, or -errno. */
  make(): number {
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
    const { words } = this;
    const count = words[PipeWord.COUNT] as number;
    const at = this.#place(count);
    words[at + PipeWord.READ_END] = readEnd;
    words[at + PipeWord.WRITE_END] = writeEnd;
    words[PipeWord.COUNT] = count + 1;
    return 0;
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
