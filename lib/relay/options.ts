// What `relay` is given, checked before anything is touched.
import { checkSignal } from '../base/abort.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { checkInteger } from '../base/validate.js';
import { handleClosed, invalidType, invalidValue } from '../loop/errors.js';
import { isHandedOver } from '../stream/handed-over.js';
import { timeLimit } from '../stream/options.js';
import { openHalves } from '../stream/relayed.js';
import { Stream } from '../stream/stream.js';
import { invalidState, isIterated } from '../stream/unread.js';

/** How `relay` joins two streams. All are optional. */
export interface RelayOptions {
  /**
   * Both are closed, with ERR_RELAY_MAX_BYTES, once so many bytes have passed, of both directions
   * together: 1 to 2^53-1, default no limit.
   */
  maxBytes?: number;
  /**
   * Both are closed, with ERR_IDLE_TIMEOUT, when no byte has moved in either direction for so long:
   * never earlier, and at most half as long again later. 1 to 2^53-1 ms, default none. Limits of
   * the two streams themselves go on beside it.
   */
  idleTimeoutMs?: number;
  /** Both are closed, with an AbortError, when it aborts. */
  signal?: AbortSignal;
  /**
   * Writes a header of the PROXY protocol to `b` first, in version 1 (text) or 2 (binary), which
   * tells who is at the other end of `a`: its two addresses. Of what has no IP address it says
   * UNKNOWN, or LOCAL; in version 2 a Unix socket's paths. Default: none.
   */
  proxyHeader?: 1 | 2;
}

const NAMES: OptionNames<RelayOptions> = {
  maxBytes: true,
  idleTimeoutMs: true,
  signal: true,
  proxyHeader: true,
};

/** The same, as they count. */
export interface RelaySettings {
  readonly maxBytes: number;
  readonly idleTimeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly proxyHeader: 1 | 2 | undefined;
}

/** @throws TypeError, RangeError */
export function relaySettings(given: RelayOptions): RelaySettings {
  const { maxBytes, idleTimeoutMs, proxyHeader, ...rest } = readOptions('options', given, NAMES);
  const signal = checkSignal(rest.signal);
  const limit =
    maxBytes === undefined
      ? Number.POSITIVE_INFINITY
      : checkInteger('options.maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER);
  if (proxyHeader !== undefined && proxyHeader !== 1 && proxyHeader !== 2) {
    throw invalidValue('options.proxyHeader', '1 or 2');
  }
  return {
    maxBytes: limit,
    idleTimeoutMs: timeLimit('idleTimeoutMs', idleTimeoutMs),
    signal,
    proxyHeader,
  };
}

/** @throws TypeError, Error ERR_HANDLE_CLOSED, ERR_INVALID_STATE */
export function checkStream(name: string, stream: unknown): asserts stream is Stream {
  if (!(stream instanceof Stream)) throw invalidType(name, 'a Socket or a DescriptorStream');
  const { kind } = stream;
  if (!stream.active) throw handleClosed(kind);
  if (stream.group.relaying !== undefined) throw invalidState(`${name}: a relay has the ${kind}`);
  if (isHandedOver(stream)) throw invalidState(`${name}: the ${kind} has a Duplex`);
  if (isIterated(stream)) throw invalidState(`${name}: the ${kind} is iterated`);
}

/** @throws TypeError ERR_INVALID_ARG_VALUE; Error ERR_INVALID_STATE */
export function checkPair(a: Stream, b: Stream): void {
  if (a === b) throw invalidValue('b', 'another stream than a');
  if (a.loop !== b.loop) throw invalidValue('b', 'a stream of the same loop as a');
  if (a.group.transfer.keepsRecords !== b.group.transfer.keepsRecords) {
    throw invalidValue('b', 'one of records (seqpacket) where a is, or of bytes where a is');
  }
  const [ofA, ofB] = [openHalves(a), openHalves(b)];
  if ((ofA.readable && ofB.writable) || (ofB.readable && ofA.writable)) return;
  throw invalidState('nothing can move: in each direction a half is missing, or has ended');
}
