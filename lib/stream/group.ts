// What the streams of a server share: each knows this one object instead of all of it.
import type { Handle } from '../loop/handle.js';
import type { OutputLimit } from '../loop/output-limits.js';
import type { Handlers } from './handlers.js';
import type { Transfer } from './transfer.js';

/** What a stream needs to know of its options. */
export interface StreamSettings {
  readonly highWaterMark: number;
  readonly maxBufferedBytes: number;
  readonly chunks: 'borrow' | 'copy' | undefined;
  readonly noDelay: boolean;
  readonly allowHalfOpen: boolean;
  readonly signal: AbortSignal | undefined;
  /** Undefined: no limit; see idle-limit.ts. */
  readonly idleTimeoutMs: number | undefined;
}

/** Who made the streams of a group, a server say, and counts those that are open. */
export interface StreamOwner {
  /** One of them is closed. @internal */
  forget(): void;
}

/** Bytes of a stream that go past it, inside the kernel. */
export interface MovedBytes {
  readonly read: number;
  readonly written: number;
}

/** What a stream asks of the relay that has it; see relayed.ts. */
export interface Relaying {
  /** The poller says that it is ready; of a stream that is RELAYED. */
  ready(stream: Handle, events: number): void;
  /** Whether it may be read or written has changed; of a stream that is RELAYED. */
  changed(stream: Handle): void;
  /** What has moved so far; of a stream that is RELAYED. */
  moved(stream: Handle): MovedBytes;
}

export interface StreamGroup extends StreamSettings {
  readonly handlers: Handlers<Handle>;
  readonly owner: StreamOwner | undefined;
  /** By which calls their bytes move. */
  readonly transfer: Transfer;
  /** The limit for all of an owner's streams, and what they hold. */
  readonly output: OutputLimit | undefined;
  /** The relay that has the stream, while one does. */
  readonly relaying?: Relaying;
  /** Whether chunks are copies; true as well once `data` has returned a promise. */
  copies: boolean;
}
