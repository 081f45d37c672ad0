// What AsyncLocalStorage holds where a callback is handed over is there again when it
// runs. A context costs a resource and a closure, so one is kept only where there is
// something to keep. See the host's async_hooks.
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks';

/** The properties of a resource in which hosts keep the context, by their names. */
const CONTEXT_KEYS = new Set(['kResourceStore', 'context_frame']);

/** A context to run callbacks in. */
export type AsyncContext = AsyncResource;

/**
 * Whether hooks exist that are told of new resources. Node up to 22 keeps its stores
 * by them, and with none there is no context. A resource without a type is refused
 * then, and taken otherwise: the cheapest way to ask, 30 ns.
 */
function hooksExist(): boolean {
  try {
    new AsyncResource('', 1);
    return false;
  } catch {
    return true;
  }
}

/** How this host keeps its stores, seen by keeping one. */
function lookAtHost() {
  const storage = new AsyncLocalStorage<number>();
  const host = storage.run(1, () => {
    const resource = new AsyncResource('rawloop');
    const keys = contextKeys(resource).filter((key) => key.description === 'kResourceStore');
    return {
      /** In each resource, by a hook; else all in one frame. */
      byHooks: keys.some((key) => (resource as never)[key] === 1),
      /** Whether `hooksExist` can tell; not with --no-force-async-hooks-checks. */
      tellsHooks: hooksExist(),
    };
  });
  storage.disable();
  return host;
}

let host: ReturnType<typeof lookAtHost> | undefined;
let hooksSeen = false;

/** The context of now, as a resource `rawloop:<kind>`; undefined when there is none. */
export function captureContext(kind: string): AsyncContext | undefined {
  host ??= lookAtHost();
  if (host.byHooks && host.tellsHooks && !hooksSeen) {
    if (!hooksExist()) return undefined;
    hooksSeen = true;
  }
  const resource = new AsyncResource(`rawloop:${kind}`);
  return !host.byHooks && isEmptyFrame(resource) ? undefined : resource;
}

/** Newer hosts keep all stores in one frame: none is none. Node 22 has it, and no use for it. */
function isEmptyFrame(resource: AsyncResource): boolean {
  return FRAME !== undefined && (resource as never)[FRAME] === undefined;
}

function contextKeys(resource: AsyncResource): symbol[] {
  return Object.getOwnPropertySymbols(resource).filter((key) =>
    CONTEXT_KEYS.has(key.description ?? ''),
  );
}

/** A context with nothing in it, also when the package was loaded inside of one. */
const empty = new AsyncResource('rawloop');
const FRAME = contextKeys(empty).find((key) => key.description === 'context_frame');
for (const key of contextKeys(empty)) (empty as never as Record<symbol, unknown>)[key] = undefined;

/** What a callback threw last, and where. */
let thrown: { error: unknown; context: AsyncContext } | undefined;

/** Calls `work(...args)` in `context`, which is found again by what it throws. */
export function runIn<A extends unknown[]>(
  context: AsyncContext,
  work: (...args: A) => void,
  self?: unknown,
  ...args: A
): void {
  try {
    context.runInAsyncScope(work, self, ...args);
  } catch (error) {
    if (thrown?.error !== error) thrown = { error, context };
    throw error;
  }
}

/** Calls `tell` in the context of the callback that threw `error`. */
export function whereThrown<T>(error: unknown, tell: () => T): T {
  const last = thrown;
  thrown = undefined;
  return last?.error === error && last !== undefined ? last.context.runInAsyncScope(tell) : tell();
}

/** Calls `work` outside of any context: what it starts belongs to nobody. */
export function withoutContext<T>(work: () => T): T {
  return captureContext('rawloop') === undefined ? work() : empty.runInAsyncScope(work);
}

/** `callback`, to be called later in the context of now; itself where there is none. */
export function inContext<F extends (...args: never[]) => void>(kind: string, callback: F): F {
  const context = captureContext(kind);
  if (context === undefined) return callback;
  const any = callback as unknown as (...args: unknown[]) => void;
  const call = function (this: unknown, ...args: unknown[]): void {
    runIn(context, any, this, ...args);
  };
  return Object.defineProperty(call, 'name', { value: callback.name }) as unknown as F;
}
