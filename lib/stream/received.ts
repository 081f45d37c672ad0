// Descriptors that came with bytes over a Unix socket. They are open from the read on, and
// the environment's; whoever wants them takes them while `data` runs, and what is left is
// closed when it returns. See unix(7), SCM_RIGHTS.
import { SHOWN, shown } from '../base/shown.js';
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';

/**
 * Descriptors that came with a chunk: close-on-exec, in the order in which they were sent.
 * Those that are not taken while `data` is called are closed when it returns; of an async
 * function that is at its first `await`.
 */
export class ReceivedDescriptors {
  #numbers: number[];
  /**
   * Whether the kernel could not open all that were sent, as this process may have no more
   * (EMFILE): the others are lost.
   */
  readonly truncated: boolean;

  /** @internal */
  constructor(numbers: number[], truncated: boolean) {
    this.#numbers = numbers;
    this.truncated = truncated;
  }

  /** How many there are to take: 0 to 253. */
  get length(): number {
    return this.#numbers.length;
  }

  /**
   * Takes them all: they are the caller's, as if opened by `rawloop/raw`, to be closed by its
   * `close`, or given to `loop.stream` or `loop.listen`. A second time there are none.
   */
  take(): number[] {
    const taken = this.#numbers;
    this.#numbers = [];
    for (const fd of taken) native.settleReceived(fd);
    return taken;
  }

  /** @internal */
  [SHOWN](): string {
    const truncated = this.truncated ? 'truncated' : undefined;
    return shown('ReceivedDescriptors', `${this.length} to take`, truncated);
  }

  /** The loop closes them if it is forgotten meanwhile. @internal */
  ownedBy({ holdings }: HandleLoop): void {
    for (const fd of this.#numbers) {
      native.settleReceived(fd);
      holdings.owner.own(fd);
    }
  }

  /** @internal */
  disownedBy({ holdings }: HandleLoop): void {
    for (const fd of this.#numbers) holdings.owner.giveUp(fd);
  }

  /** Closes those that nobody took. @internal */
  closeRest(): void {
    for (const fd of this.#numbers) native.closeReceived(fd);
    this.#numbers = [];
  }
}

/** What came with record `index` of the batch under way; undefined: bytes alone. */
export function receivedWith(loop: HandleLoop, index: number): ReceivedDescriptors | undefined {
  const { passed } = loop.streams;
  if (!passed.has(index)) return undefined;
  const truncated = passed.isTruncated(index);
  return new ReceivedDescriptors(passed.take(index), truncated);
}
