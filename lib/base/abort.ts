// AbortSignals: taken from every realm and library, listened to once each however many
// handles have the same one, and heard although another listener stops the event.
import { addAbortListener } from 'node:events';
import { codedError, invalidType } from './errors.js';

type Listener = () => void;

/** What is known of a signal: one listener on it, and those behind it here. */
interface Hub {
  readonly listeners: Set<Listener>;
  readonly stop: () => void;
}

const hubs = new WeakMap<AbortSignal, Hub>();

/**
 * Checks a signal by what it can do: one of a vm context, of jsdom or of a package is
 * no instance of this realm's class.
 *
 * @returns `value`, as it is
 * @throws TypeError ERR_INVALID_ARG_TYPE when it is neither a signal nor undefined
 */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'object' && value !== null) {
    const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>;
    const listens = typeof addEventListener === 'function';
    if (typeof aborted === 'boolean' && listens && typeof removeEventListener === 'function') {
      return value as AbortSignal;
    }
  }
  throw invalidType('options.signal', 'an AbortSignal');
}

/**
 * What an abort is told as, everywhere: name AbortError, code ABORT_ERR, and the signal's
 * reason as its cause.
 */
export function abortError(signal: AbortSignal, message = 'The operation was aborted'): Error {
  const error = codedError(Error, 'ABORT_ERR', message);
  error.name = 'AbortError';
  error.cause = reasonOf(signal);
  return error;
}

/** Others have the same signal, and are to hear of it whatever its reason does when it is read. */
function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (thrown) {
    return thrown;
  }
}

/** @throws Error ABORT_ERR when the signal has aborted before */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw abortError(signal);
}

/**
 * Calls `listener` when the signal aborts. A hundred thousand handles with one signal
 * are one listener on it: a host's list of them would take longer with each, and warn.
 *
 * @param listener one of its own for each call; must not throw
 * @returns what ends listening, once the handle is closed. Idempotent.
 */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  const hub = hubs.get(signal) ?? open(signal);
  hub.listeners.add(listener);
  return () => {
    if (!hub.listeners.delete(listener) || hub.listeners.size > 0) return;
    hub.stop();
    hubs.delete(signal);
  };
}

function open(signal: AbortSignal): Hub {
  const listeners = new Set<Listener>();
  const hub = {
    listeners,
    stop: listen(signal, () => {
      hubs.delete(signal);
      for (const listener of listeners) {
        listeners.delete(listener);
        listener();
      }
    }),
  };
  hubs.set(signal, hub);
  return hub;
}

/**
 * Another listener's `stopImmediatePropagation` must not keep a handle open. Node has a
 * way around it, which other hosts offer and do not have. There a signal that depends on
 * this one is aborted by the signal itself, not by its event.
 */
function listen(signal: AbortSignal, listener: Listener): () => void {
  if (addIsHeard()) {
    addAbortListener(signal, listener);
    // What it returned has Symbol.dispose, which a realm of Node 20 has not.
    return () => signal.removeEventListener('abort', listener);
  }
  const dependent = dependentOn(signal);
  dependent.addEventListener('abort', listener, { once: true });
  return () => dependent.removeEventListener('abort', listener);
}

/** The host takes its own signals only: another's is listened to itself. */
function dependentOn(signal: AbortSignal): AbortSignal {
  try {
    return AbortSignal.any([signal]);
  } catch {
    return signal;
  }
}

let heard: boolean | undefined;

/** Whether `addAbortListener` is there (since Node 20.5) and does what it is for. */
function addIsHeard(): boolean {
  if (heard !== undefined) return heard;
  heard = false;
  if (typeof addAbortListener !== 'function') return heard;
  // A realm may have no class of its own for what it is handed.
  if (typeof AbortController !== 'function') return true;
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  addAbortListener(controller.signal, () => {
    heard = true;
  });
  controller.abort();
  return heard;
}
