// What fromDuplex is given: options as those of our own streams, and a Duplex, of which it has to be
// told when it is open.
import type { Duplex } from 'node:stream';

/** As those of our own streams. */
export interface FromDuplexOptions {
  /** `write` returns false above this many bytes that wait: 0 to 2^31-1, default 65,536. */
  highWaterMark?: number;
  /** Above this many the stream is closed with ERR_STREAM_MAX_BUFFERED. Default 16 MiB. */
  maxBufferedBytes?: number;
  /** Keep our side open after the peer's end, until `end()`. Default false. */
  allowHalfOpen?: boolean;
}

/** What was read of the options. @internal */
export type DuplexSettings = Required<FromDuplexOptions>;

/** Calls back once bytes move both ways, never from inside the call. */
export function whenOpen(duplex: Duplex, open: () => void): void {
  const { secureConnecting, connecting } = duplex as { [name: string]: unknown } & Duplex;
  const later = () => process.nextTick(open);
  // Of TLS: a certificate that is refused destroys it in this event.
  if (secureConnecting === true) duplex.once('secure', later);
  else if (connecting === true) duplex.once('connect', open);
  else later();
}
