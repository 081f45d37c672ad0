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

const KEY = Symbol.for('rawloop.signal-listeners');

function shared(): Listeners {
  const host = process as { [KEY]?: Listeners };
  host[KEY] ??= { nothing() {}, counts: new Map() };
  return host[KEY];
}

/** Who has our handler put back before the host's. */
interface Watching {
  renew(signal: string): void;
}

/** The watches of this copy, by signal. */
const watching = new Map<string, Set<Watching>>();

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
  const { nothing } = shared();
  if (!watching.has(signal)) return;
  if (!process.listeners(signal as NodeJS.Signals).includes(nothing)) listen(signal);
  for (const watch of watching.get(signal) ?? []) watch.renew(signal);
}

function onChange(event: string | symbol): void {
  if (typeof event === 'string' && watching.has(event)) queueMicrotask(() => renew(event));
}

/** False when this host has no listeners to it. `releaseListener` ends it. */
export function holdListener(signal: string, watch: Watching): boolean {
  const { counts } = shared();
  const count = counts.get(signal) ?? 0;
  if (count === 0 && !listen(signal)) return false;
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
  process.off(signal, nothing);
}
