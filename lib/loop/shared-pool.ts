// What a loop knows of a pool that it is given: that it is one. The class stands above
// (pool/pool.ts), and is loaded when there is work for it.

/** Threads that loops may share: a `ThreadPool`. */
export abstract class SharedPool {
  /** By what it is known, whatever its prototype says. */
  readonly #brand = true;

  /** Whether a value is a pool of this copy of the package. @internal */
  static is(value: unknown): value is SharedPool {
    return typeof value === 'object' && value !== null && #brand in value && value.#brand;
  }

  /** How many threads it has, or will have once there is work. */
  abstract get size(): number;

  /** Ends it; see `ThreadPool`. */
  abstract close(): void;
}
