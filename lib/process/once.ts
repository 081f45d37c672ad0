// loop.onceSignal: the next signal of a name, as a promise. It holds the loop, as whoever asked
// waits for it; a handle of onSignal does not.
import { abortError, checkSignal, throwIfAborted } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import type { HandleLoop } from '../loop/contract.js';
import { handleClosed } from '../loop/errors.js';
import { endOnAbort } from '../loop/when-closed.js';
import type { SignalInfo } from './realtime-port.js';
import { SignalHandle } from './signal.js';

/** What `loop.onceSignal` takes beside the name. */
export interface OnceSignalOptions {
  /** Waits no more when it aborts. */
  signal?: AbortSignal;
}

/** A signal that came; beside its name what the system told, of those from SIGRTMIN to SIGRTMAX. */
export interface ReceivedSignal extends Partial<SignalInfo> {
  /** The name, as it was asked for. */
  readonly signal: string;
}

const NAMES: OptionNames<OnceSignalOptions> = { signal: true };

export function onceSignal(
  loop: HandleLoop,
  name: string,
  given: OnceSignalOptions = {},
): Promise<ReceivedSignal> {
  return new Promise((resolve, reject) => {
    const signal = checkSignal(readOptions('options', given, NAMES).signal);
    throwIfAborted(signal);
    const tell = (_name: string, _handle: SignalHandle, error?: Error, info?: SignalInfo) => {
      if (error === undefined) resolve({ ...info, signal: name });
      else reject(error);
    };
    const handle = new SignalHandle(loop, name, tell, true).ref();
    if (signal !== undefined) {
      endOnAbort(handle, signal, () => {
        reject(abortError(signal));
        handle.close();
      });
    }
    // The loop was closed.
    handle.closed.then(
      () => reject(handleClosed(handle.kind)),
      () => {},
    );
  });
}
