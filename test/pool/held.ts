// Holds a thread of a pool for as long as a test wants it to be busy. Work that takes a while is
// no way to: on a busy machine it may be over before the test has looked once, and a test that
// waits for it to begin then waits for ever (a key of 50,000 rounds: one time in 300).
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** What a loop has, and a `TestLoop` as well. */
interface Holder {
  readonly fs: {
    open(
      path: string,
      flags: 'r',
      mode: undefined,
      options: { signal?: AbortSignal | undefined },
    ): Promise<{ close(): Promise<void> }>;
  };
  readonly pool: { stats(): { readonly running: number } };
}

const LIMIT_MS = 30_000;

/** Waits without a turn of any loop. */
export function until(condition: () => boolean): void {
  const word = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; !condition(); waits++) {
    if (waits > LIMIT_MS) throw new Error('it is not so, however long it is waited for');
    Atomics.wait(word, 0, 0, 1);
  }
}

/** A FIFO that nobody writes to: who opens it to read waits in open(2), until it is let go. */
export class Fifo {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rawloop-held-'));
  readonly path = join(this.#folder, 'fifo');
  #isThere = true;

  constructor() {
    execFileSync('mkfifo', [this.path]);
  }

  /** Lets go of who waits; `isOver` says that he is through. Idempotent. */
  release(isOver: () => boolean): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    // For reading too: it need not wait until the thread has come to its own open(2).
    const writer = openSync(this.path, constants.O_RDWR);
    until(isOver);
    closeSync(writer);
    rmSync(this.#folder, { recursive: true });
  }
}

/** A thread that waits in open(2) of a FIFO, as an `open` of `loop.fs`. */
export class HeldThread {
  /** Fulfilled when the loop was told, and what was opened is closed; never rejected unheard. */
  readonly done: Promise<void>;
  readonly #fifo = new Fifo();
  readonly #pool: Holder['pool'];
  readonly #before: number;

  constructor({ fs, pool }: Holder, signal?: AbortSignal) {
    this.#pool = pool;
    this.#before = pool.stats().running;
    const opened = fs.open(this.#fifo.path, 'r', undefined, { signal });
    this.done = opened.then((file) => file.close());
    this.done.catch(() => {});
    until(() => pool.stats().running > this.#before);
  }

  /** The thread is done with it when this returns; the loop hears of it in a turn. */
  release(): void {
    this.#fifo.release(() => this.#pool.stats().running <= this.#before);
  }
}

/** Declares that each test may hold threads, which are let go of after it. */
export function holdingThreads(): (holder: Holder, signal?: AbortSignal) => HeldThread {
  const all: HeldThread[] = [];
  afterEach(() => {
    // Each waits until no more run than before it.
    for (const held of all.splice(0).reverse()) held.release();
  });
  return (holder, signal) => {
    const held = new HeldThread(holder, signal);
    all.push(held);
    return held;
  };
}
