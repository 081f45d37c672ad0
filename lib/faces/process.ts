// What the public loop has for the process itself: its signals.
import type { SignalCallback, SignalHandle } from '../process/signal.js';
import * as families from './families.js';
import { NetFace } from './net.js';

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
   */
  onSignal(signal: string, callback: SignalCallback): SignalHandle {
    const { SignalHandle } = families.process();
    return new SignalHandle(this, signal, callback);
  }
}
