// Where the host has a signal handler of its own that knows nothing of ours (Bun, Deno),
// it must not come or go while we watch: Bun installs its own over ours with the first
// listener and the default action with the end of the last; Deno takes the default
// action when a signal comes and nobody listens. So while we watch a signal the host has
// one listener to it that does nothing.

/** One for all copies of the package in this thread, who count together. */
interface Listeners {
  nothing(): void;
  /** By signal, how many watches hold it. */
  counts: Map<string, number>;
}

// Whatever a program puts in their place later.
const { setTimeout: hostTimeout, queueMicrotask: hostMicrotask } = globalThis;

const KEY = Symbol.for('rawloop.signal-listeners');

function shared(): Listeners {
  const host = process as { [KEY]?: Listeners };
  host[KEY] ??= { nothing() {}, counts: new Map() };
  return host[KEY];
}

/**
 * Deno 2.9 asks on a thread of its own, some time after the signal, whether anybody
 * listens: the signal that a watch heard must find its listener there.
 */
const DENO_LATE_MS = 250;

/** Ignored by hosts: with the end of its last listener it would end the process. */
const IGNORED = 'SIGPIPE';

/** Who has our handler put back before the host's. */
interface Watching {
  renew(signal: string): void;
}

/** The watches of this copy, by signal. */
const watching = new Map<string, Set<Watching>>();

function isHeld(signal: string): boolean {
  return process.listeners(signal as NodeJS.Signals).includes(shared().nothing);
}

function listen(signal: string): boolean {
  try {
    process.on(signal as NodeJS.Signals, shared().nothing);
    return true;
  } catch {
    return false; // the host refuses it: then it never has a handler for it
  }
}

/** Somebody may have removed all listeners, ours too. When the host is done with it. */
function renew(signal: string): void {
  if (!watching.has(signal)) return;
  if (!isHeld(signal)) listen(signal);
  for (const watch of watching.get(signal) ?? []) watch.renew(signal);
}

function onChange(event: string | symbol): void {
  if (typeof event === 'string' && watching.has(event)) hostMicrotask(() => renew(event));
}

/** False when this host has no listeners to it. `releaseListener` ends it. */
export function holdListener(signal: string, watch: Watching): boolean {
  const { counts } = shared();
  const count = counts.get(signal) ?? 0;
  if (count === 0 && !isHeld(signal) && !listen(signal)) return false;
  counts.set(signal, count + 1);
  if (watching.size === 0) {
    process.on('newListener', onChange);
    process.on('removeListener', onChange);
  }
  const watches = watching.get(signal);
  if (watches === undefined) watching.set(signal, new Set([watch]));
  else watches.add(watch);
  return true;
}

export function releaseListener(signal: string, watch: Watching): void {
  const { counts, nothing } = shared();
  const watches = watching.get(signal);
  watches?.delete(watch);
  if (watches?.size === 0) watching.delete(signal);
  if (watching.size === 0) {
    process.off('newListener', onChange);
    process.off('removeListener', onChange);
  }
  const count = (counts.get(signal) ?? 0) - 1;
  if (count > 0) {
    counts.set(signal, count);
    return;
  }
  counts.delete(signal);
  if (signal === IGNORED) return;
  if (process.versions['deno'] === undefined) process.off(signal, nothing);
  else hostTimeout(releaseLate, DENO_LATE_MS, signal).unref();
}

function releaseLate(signal: string): void {
  const { counts, nothing } = shared();
  if (!counts.has(signal)) process.off(signal, nothing);
}
