// What a program supplies for a child, and what a child is known by. Which class it is given is
// child.ts's to say.
import type { ExitStatus } from './status.js';

/** Called by the loop; all are optional. */
export interface HandlersOf<Child> {
  /**
   * Bytes came from its stdout, which is a pipe or a socket. `chunk` is valid during the call,
   * as that of `data` of a stream. Without it they wait for who iterates `child.stdout`.
   */
  // biome-ignore lint/suspicious/noExplicitAny: a promise, or nothing; see Returned
  stdout?(child: Child, chunk: Uint8Array): any;
  /** The same of its stderr. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  stderr?(child: Child, chunk: Uint8Array): any;
  /** It has ended: once. What it wrote last may be yet to come. */
  exit?(child: Child, status: ExitStatus): void;
  /**
   * Last: it has ended, and its streams have closed. `error` says why it was ended, an
   * AbortError or ETIMEDOUT, or what one of its streams failed with, such as EPIPE where it
   * did not read all that was written.
   */
  close?(child: Child, error?: Error): void;
}

/** What a child is known by. */
export interface Started {
  readonly program: Program;
  readonly pid: number;
  /** Readable once it has ended; undefined: nothing is. */
  readonly end: number | undefined;
}

/** What was asked for. */
export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly killSignal: number;
}
