// Who waits for a pool's queue to become shorter. The threads ring one of the loops that
// use the pool when a queue came down to half of what may wait in it; which, and for whom,
// is looked at then.

/** What a loop that uses the pool does for it. */
interface Bell {
  awaitHalf(): void;
}

interface Waiting {
  /** @throws what the wait rejects with */
  isOver(): boolean;
  resolve(): void;
  reject(reason: unknown): void;
}

export class Drains {
  readonly #bells: ReadonlySet<Bell>;
  #waiting: Waiting[] = [];

  /** @param bells one of them rings */
  constructor(bells: ReadonlySet<Bell>) {
    this.#bells = bells;
  }

  /** Resolves when `isOver` says so, and rejects with what it throws. */
  until(isOver: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ isOver, resolve, reject });
      this.look();
    });
  }

  /** Something may be over. */
  look(): void {
    if (this.#waiting.length === 0) return;
    this.#settle();
    const [bell] = this.#bells;
    if (this.#waiting.length === 0 || bell === undefined) return;
    bell.awaitHalf();
    // Once more: what became shorter between the two is not told.
    this.#settle();
  }

  #settle(): void {
    this.#waiting = this.#waiting.filter((waiting) => {
      try {
        if (!waiting.isOver()) return true;
        waiting.resolve();
      } catch (reason) {
        waiting.reject(reason);
      }
      return false;
    });
  }
}
