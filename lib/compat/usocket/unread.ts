// The descriptors that came over a USocket and that nobody has read: beside its bytes, in their
// order. They are the socket's, which closes them, until they are handed out. See SCM_RIGHTS in
// unix(7).
import { native } from '../../binding/index.js';

export class UnreadDescriptors {
  #fds: number[] = [];

  get count(): number {
    return this.#fds.length;
  }

  /** `isHeardOf`: somebody is told of them, whose they are from now on, although they can be read. */
  add(fds: readonly number[], isHeardOf: boolean): void {
    this.#fds.push(...fds);
    if (isHeardOf) for (const fd of fds) native.release(fd);
  }

  /** The first `count` of them, the caller's. */
  take(count: number): number[] {
    const fds = this.#fds.splice(0, count);
    for (const fd of fds) native.release(fd);
    return fds;
  }

  /** They are the socket's again. @throws TypeError, RangeError for what is no descriptor */
  putBack(fds: readonly number[]): void {
    for (const fd of fds) native.adopt(fd);
    this.#fds.unshift(...fds);
  }

  /** Closes all but those that somebody was told of. */
  close(): void {
    for (const fd of this.#fds.splice(0)) native.close(fd);
  }
}
