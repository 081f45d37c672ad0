// The raw mode of one stream. The terminal's own mode, and who else wants it raw, is the
// process's: native/process/raw_terminals.h, which also restores it when a signal ends or stops
// the process. What has to be told from here: that the process goes on after it was stopped, and
// that a listener of the host's has left a signal, whose action is the default's then.
import { native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { SignalHandle } from '../process/signal.js';
import { check } from '../raw/errors.js';

// Whatever a program puts in its place later.
const { queueMicrotask: hostMicrotask } = globalThis;

/** How many of this thread's streams want a terminal raw. */
let users = 0;

function onRemoved(event: string | symbol): void {
  // When the host is done with it.
  if (typeof event === 'string' && event.startsWith('SIG')) hostMicrotask(native.guardTerminals);
}

export class RawMode {
  readonly #terminal = new native.RawTerminal();
  readonly #continued: SignalHandle;

  /** @throws SystemError ENOTTY, EIO (hung up), EMFILE (32 terminals are raw, or no descriptor) */
  constructor(loop: HandleLoop, fd: number) {
    this.#continued = new SignalHandle(loop, 'SIGCONT', native.renewRawModes);
    try {
      check(this.#terminal.enter(fd), 'tcsetattr');
    } catch (error) {
      this.#continued.close();
      throw error;
    }
    if (users++ === 0) process.on('removeListener', onRemoved);
  }

  /** Once. */
  leave(): void {
    this.#terminal.leave();
    this.#continued.close();
    if (--users === 0) process.off('removeListener', onRemoved);
  }
}
