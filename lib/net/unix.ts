// Unix sockets as listening and connecting have them: from options to a place and a type,
// and a connect that the kernel puts off. See unix(7).
import { invalidValue } from '../base/errors.js';
import { native, type UnixAddress } from '../binding/index.js';
import { constant } from '../raw/constants.js';
import { check, codedError, systemError } from '../raw/errors.js';
import { updateInterest } from '../stream/base.js';
import { RETRYING } from '../stream/flags.js';
import { nextRetryMs } from '../stream/sending.js';
import type { Stream } from '../stream/stream.js';
import { BY_RECORDS, BY_UNIX, type Transfer } from '../stream/transfer.js';
import { unixAddressOf } from '../unix/path.js';
import type { Endpoint } from './endpoint.js';

/** Where a Unix socket is to listen or to connect, and how its bytes move. */
export interface UnixPlace extends UnixAddress {
  readonly transfer: Transfer;
}

const EAGAIN = -constant('EAGAIN');
const EPROTONOSUPPORT = -constant('EPROTONOSUPPORT');
const TYPES: Readonly<Record<string, Transfer>> = { stream: BY_UNIX, seqpacket: BY_RECORDS };

/**
 * The place that `options` name; undefined: none of a Unix socket.
 *
 * @param call whose error a path is that is too long
 * @param others the options that IP alone has
 */
export function unixPlaceOf<Options extends Endpoint>(
  options: Options,
  call: string,
  others: readonly (keyof Options & string)[],
): UnixPlace | undefined {
  const { path, type = 'stream' } = options;
  if (path === undefined) {
    if (options.type === undefined) return undefined;
    throw invalidValue('options.type', 'left out without a path: it is a Unix socket’s');
  }
  const other = others.find((name) => options[name] !== undefined);
  if (other !== undefined) throw invalidValue(`options.${other}`, 'left out beside path');
  const transfer = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (transfer === undefined) throw invalidValue('options.type', "'stream' or 'seqpacket'");
  return { ...unixAddressOf(path, call), transfer };
}

/** @throws SystemError; Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM for records, on macOS */
export function openUnix({ transfer }: UnixPlace): number {
  const type = constant(transfer.keepsRecords ? 'SOCK_SEQPACKET' : 'SOCK_STREAM');
  const fd = native.socket(constant('AF_UNIX'), type | constant('SOCK_NONBLOCK'), 0);
  if (fd !== EPROTONOSUPPORT || !transfer.keepsRecords) return check(fd, 'socket');
  const message = "options.type: this system has no Unix sockets of type 'seqpacket'";
  const error = codedError(Error, 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message);
  throw Object.assign(error, { cause: systemError(fd, 'socket') });
}

/**
 * Nobody more may wait to be accepted (EAGAIN): `socket` tries again to connect, after 5 ms to
 * 1 s, as the kernel does not tell when there is room.
 */
export function connectLater(socket: Stream, place: UnixPlace, pauseMs = 0): void {
  // One that is not connected is reported as writable, and hung up.
  socket.flags |= RETRYING;
  updateInterest(socket);
  const ms = nextRetryMs(pauseMs);
  const again = () => {
    if (!socket.active) return;
    const result = native.connect(socket.handleFd, place);
    if (result === EAGAIN) {
      connectLater(socket, place, ms);
      return;
    }
    socket.flags &= ~RETRYING;
    updateInterest(socket);
    if (result < 0) socket.destroy(systemError(result, 'connect', { path: place.path }));
  };
  // The connect keeps the loop alive, not the timer: the socket may close meanwhile.
  socket.loop.setTimeout(again, ms).unref();
}
