// What the public loop has for the process itself: its signals.
import type { OnceSignalOptions, ReceivedSignal } from '../process/once.js';
import type { SignalCallback, SignalHandle } from '../process/signal.js';
import * as families from './families.js';
import { NetFace } from './net.js';

/** What a loop has for signals. Use `EventLoop`. */
export abstract class ProcessFace extends NetFace {
  /**
   * Calls back each time a signal comes, instead of the signal's default action, beside
   * the host's own listeners and those of other loops and threads. It does not hold the
   * loop, unless `ref()` says so. What ends it is told: `callback(signal, handle, error)`.
   *
   * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE for a name that is no signal; SystemError
   *   EINVAL (SIGKILL, SIGSTOP and faults), EMFILE; Error ERR_LOOP_CLOSED
   * @example
   * loop.onSignal('SIGHUP', () => reload());
   * @example
   * // Those that are queued, with their values: sigqueue(3), kill -q of the shell.
   * loop.onSignal('SIGRTMIN+1', (_signal, _handle, _error, info) => console.log(info?.value, info?.pid));
   */
  onSignal(signal: string, callback: SignalCallback): SignalHandle {
    const { SignalHandle } = families.process();
    return new SignalHandle(this, signal, callback);
  }

  /**
   * Resolves when a signal comes the next time, and holds the loop until then.
   *
   * Rejects with an AbortError; Error ERR_HANDLE_CLOSED, when the loop was closed meanwhile;
   * otherwise as `onSignal` throws.
   *
   * @example
   * await loop.onceSignal('SIGTERM');
   */
  onceSignal(signal: string, options?: OnceSignalOptions): Promise<ReceivedSignal> {
    return families.process().onceSignal(this, signal, options);
  }
}
