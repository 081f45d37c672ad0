// What a loop needs of its host: a place in the host's own loop (guest mode) and
// a way to run the host's nextTick queue and microtasks between two callbacks.
import { builtin } from '../binding/builtin.js';
import { type HostLoop, type HostLoopKind, native } from '../binding/index.js';
import { codedError, SystemError } from '../raw/errors.js';
import { whereThrown } from './async-context.js';

/** Which attachments to try, best first. RAWLOOP_HOST forces one in tests. */
function kinds(): HostLoopKind[] {
  const forced = process.env['RAWLOOP_HOST'];
  if (forced === 'libuv' || forced === 'waiter') return [forced];
  if (forced !== undefined && forced !== '') {
    throw codedError(
      Error,
      'ERR_INVALID_ARG_VALUE',
      `RAWLOOP_HOST must be 'libuv' or 'waiter', not '${forced}'`,
    );
  }
  // Bun exports libuv's names, but its functions abort. Deno's poll handle starts a
  // thread for every report; the waiter keeps one.
  if (process.versions['bun'] !== undefined) return ['waiter'];
  return process.versions['deno'] === undefined ? ['libuv', 'waiter'] : ['waiter', 'libuv'];
}

/**
 * Makes the host call `turn` when `fd` is readable, or at the armed time (then
 * with true: nothing is armed any more).
 *
 * @throws SystemError when the host refuses
 */
export function attachToHost(fd: number, turn: (due: boolean) => void): HostLoop {
  let error = 0;
  for (const kind of kinds()) {
    const host = new native.HostLoop(fd, turn, kind);
    if (host.error === 0) return host;
    error = host.error;
  }
  throw new SystemError(error, 'attach');
}

/**
 * What a callback threw becomes the host's uncaughtException, in the async context of
 * that callback. False: this environment is ending, and calls nothing back any more.
 */
export function tellHost(error: unknown): boolean {
  return whereThrown(error, () => native.uncaughtException(error));
}

/**
 * Runs `work`, which must not throw, when the code under way is over. By the language alone:
 * the global queueMicrotask is replaced by test frameworks, also before this is loaded.
 */
export async function inMicrotask(work: () => void): Promise<void> {
  await undefined;
  work();
}

type Drain = () => void;

interface DenoGlobal {
  internal?: symbol;
  [internals: symbol]: { core?: { runNextTicks?: Drain } } | undefined;
}

/** What Deno runs after each of its own callbacks: nextTick queue, then microtasks. */
function drainOfDeno(): Drain | undefined {
  const { Deno: deno } = globalThis as { Deno?: DenoGlobal };
  if (deno?.internal === undefined) return undefined;
  const drain = deno[deno.internal]?.core?.runNextTicks;
  return typeof drain === 'function' ? drain : undefined;
}

function findDrain(): Drain | undefined {
  if (process.versions['deno'] !== undefined) return drainOfDeno();
  if (process.versions['bun'] !== undefined) {
    const bun = builtin('bun:jsc') as { drainMicrotasks?: Drain };
    return bun.drainMicrotasks;
  }
  return drainOfNode();
}

/** Node's own way to run a tick by hand: process.nextTick, then microtasks. */
function drainOfNode(): Drain | undefined {
  const { _tickCallback: drain } = process as { _tickCallback?: Drain };
  if (typeof drain !== 'function') return undefined;
  // With --pending-deprecation there is a function before it that warns, or throws.
  const inner: unknown = Object.getPrototypeOf(drain);
  return typeof inner === 'function' && inner.name === 'runNextTicks' ? (inner as Drain) : drain;
}

const hostDrain = findDrain();

/**
 * Runs the host's nextTick queue and microtasks. Undefined where the host has no
 * way to do so from JavaScript. What a callback of the host's queues throws is the
 * host's uncaughtException, as ever: unwinding through here would leave Node's stack
 * of async ids as it is, which it aborts over later.
 */
export const drainHost: Drain | undefined = hostDrain === undefined ? undefined : drain;

function drain(): void {
  for (;;) {
    try {
      (hostDrain as Drain)();
      return;
    } catch (error) {
      void inMicrotask(() => void native.uncaughtException(error));
    }
  }
}

/**
 * Whether microtasks can run from here: not inside a microtask, where the engine
 * refuses to start the queue again.
 */
export function canDrainHere(): boolean {
  if (drainHost === undefined) return false;
  let ran = false;
  void inMicrotask(() => {
    ran = true;
  });
  drainHost();
  return ran;
}
