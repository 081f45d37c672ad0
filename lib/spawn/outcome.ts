// The end of a process as a promise, which is made when somebody looks.
import type { ExitStatus } from './status.js';

export class Outcome {
  /** Undefined until it is known. */
  status: ExitStatus | undefined;
  #failure: Error | undefined;
  #promise: Promise<ExitStatus> | undefined;
  #wake: (() => void) | undefined;

  /** The same one each time. Who looks and does not wait is told nothing. */
  get promise(): Promise<ExitStatus> {
    if (this.#promise !== undefined) return this.#promise;
    this.#promise = new Promise((resolve, reject) => {
      this.#wake = () => {
        if (this.status !== undefined) resolve(this.status);
        else if (this.#failure !== undefined) reject(this.#failure);
      };
    });
    this.#promise.catch(() => {});
    this.#wake?.();
    return this.#promise;
  }

  settle(status: ExitStatus): void {
    this.status = status;
    this.#wake?.();
  }

  /** It will not be known, unless it is. An error is made where somebody may look. */
  fail(makeError: () => Error): void {
    if (this.status !== undefined) return;
    this.#failure ??= makeError();
    this.#wake?.();
  }
}
