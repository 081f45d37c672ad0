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
  readonly fs: { open(path: string): Promise<{ close(): Promise<void> }> };
  readonly pool: { stats(): { readonly running: number } };
}

const LIMIT_MS = 30_000;

/** Waits without a turn of any loop. */
function until(condition: () => boolean): void {
  const word = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; !condition(); waits++) {
    if (waits > LIMIT_MS) throw new Error('a thread of the pool did not begin, or end, its work');
    Atomics.wait(word, 0, 0, 1);
  }
}

/** A thread that waits in open(2) of a FIFO which nobody writes to, as an `open` of `loop.fs`. */
export class HeldThread {
  /** Fulfilled when the loop was told, and what was opened is closed; never rejected unheard. */
  readonly done: Promise<void>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'rawloop-held-'));
  readonly #path = join(this.#folder, 'fifo');
  readonly #pool: Holder['pool'];
  readonly #before: number;
  #held = true;

  constructor({ fs, pool }: Holder) {
    execFileSync('mkfifo', [this.#path]);
    this.#pool = pool;
    this.#before = pool.stats().running;
    this.done = fs.open(this.#path).then((file) => file.close());
    this.done.catch(() => {});
    until(() => pool.stats().running > this.#before);
  }

  /** The thread is done with it when this returns; the loop hears of it in a turn. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    // For reading too: it need not wait until the thread has come to its own open(2).
    const writer = openSync(this.#path, constants.O_RDWR);
    until(() => this.#pool.stats().running <= this.#before);
    closeSync(writer);
    rmSync(this.#folder, { recursive: true });
  }
}

/** Declares that each test may hold threads, which are let go of after it. */
export function holdingThreads(): (holder: Holder) => HeldThread {
  const all: HeldThread[] = [];
  afterEach(() => {
    for (const held of all.splice(0)) held.release();
  });
  return (holder) => {
    const held = new HeldThread(holder);
    all.push(held);
    return held;
  };
}
