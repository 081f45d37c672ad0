// Where the signals of one loop arrive: a descriptor, and the numbers that came. On a
// host with libuv its dispatcher tells all, the host's listeners and us. Elsewhere it is
// a handler of our own beside the host's: see host-listeners.ts for how they agree.
import { builtin } from '../binding/builtin.js';
import { native, type SignalPortKind } from '../binding/index.js';
import type { Resource } from '../loop/abandoned.js';
import { constants } from '../raw/constants.js';
import { check, codedError } from '../raw/errors.js';
import { holdListener, releaseListener } from './host-listeners.js';

const ENOSYS = -(constants['ENOSYS'] as number);

/** Which to try, best first. RAWLOOP_SIGNALS forces one in tests. */
function kinds(): SignalPortKind[] {
  const forced = process.env['RAWLOOP_SIGNALS'];
  if (forced === 'libuv' || forced === 'handler') return [forced];
  if (forced !== undefined && forced !== '') {
    throw codedError(
      Error,
      'ERR_INVALID_ARG_VALUE',
      `RAWLOOP_SIGNALS must be 'libuv' or 'handler', not '${forced}'`,
    );
  }
  // Bun exports libuv's names, but its functions abort.
  return process.versions['bun'] === undefined ? ['libuv', 'handler'] : ['handler'];
}

/**
 * A Worker of Bun has no signal listeners, and hears nothing of those of the main thread,
 * the first of which takes the place of our handler.
 */
const RENEW_MS = 50;

function isWorkerOfBun(): boolean {
  if (process.versions['bun'] === undefined) return false;
  return !(builtin('node:worker_threads') as { isMainThread: boolean }).isMainThread;
}

/** Does not lead to its loop, which may be collected while signals are watched. */
export class SignalPort implements Resource {
  readonly #port = new native.SignalPort();
  readonly #numbers = new Uint8Array(64);
  readonly #fd: number;
  /** By number, the names of those that the host listens to for us. */
  readonly #listened = new Map<number, string>();
  readonly #besideHost: boolean;
  /** How often our handler may have to be put back, unasked; undefined: never. */
  readonly renewMs: number | undefined;

  /** @throws SystemError EMFILE, ENFILE, ENOMEM */
  constructor() {
    let fd: number | null = null;
    let kind: SignalPortKind = 'handler';
    for (kind of kinds()) {
      fd = this.#port.open(kind);
      if (fd !== null) break;
    }
    this.#fd = check(fd ?? ENOSYS, 'pipe2');
    this.#besideHost = kind === 'handler';
    this.renewMs = this.#besideHost && isWorkerOfBun() ? RENEW_MS : undefined;
  }

  /** Readable when a signal came. */
  get fd(): number {
    return this.#fd;
  }

  /** @throws SystemError EINVAL, EMFILE, ENOMEM */
  watch(name: string, number: number): void {
    // The host's handler first: ours calls on to it, and it never takes the place of ours.
    if (this.#besideHost) this.#listen(name, number);
    try {
      check(this.#port.watch(number), 'sigaction');
    } catch (error) {
      this.#unlisten(number);
      throw error;
    }
  }

  unwatch(number: number): void {
    this.#port.unwatch(number);
    this.#unlisten(number);
  }

  /** Calls `found` with the number of each signal that came, in order. */
  take(found: (number: number) => void): void {
    let count: number;
    do {
      count = this.#port.take(this.#numbers);
      for (let i = 0; i < count; i++) found(this.#numbers[i] as number);
    } while (count === this.#numbers.length);
  }

  /** Ends every watch. Idempotent. */
  release(): void {
    this.#port.close();
    for (const number of this.#listened.keys()) this.#unlisten(number);
  }

  #listen(name: string, number: number): void {
    if (holdListener(name, this)) this.#listened.set(number, name);
  }

  #unlisten(number: number): void {
    const name = this.#listened.get(number);
    if (name === undefined) return;
    this.#listened.delete(number);
    releaseListener(name, this);
  }

  /** Puts our handler back before the host's. */
  renew(name: string): void {
    this.#port.renew(constants[name] as number);
  }

  renewAll(): void {
    for (const number of this.#listened.keys()) this.#port.renew(number);
  }
}
