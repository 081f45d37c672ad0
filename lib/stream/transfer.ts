// By which calls the bytes of a stream move, and what follows from that: what the end is,
// where an error waits, and whose name stands in it. TCP is the first user of one core;
// pipes, terminals and devices differ in this table and nowhere else. The crossing goes by
// `kind`: see native/stream/batch.cc.
import { type Address, native } from '../binding/index.js';
import { Transfer as Kind } from '../loop/layout.js';
import { constant } from '../raw/constants.js';
import { check } from '../raw/errors.js';
import { type Outgoing, OutputQueue } from './queue.js';
import { takesDescriptors } from './takes-descriptors.js';
import { PassingQueue, RecordQueue } from './unix-queues.js';

/** Shared by all streams that move their bytes alike. */
export interface Transfer {
  /** The word of a slot and of a send record. */
  readonly kind: number;
  /** What errors are called by. */
  readonly readCall: string;
  readonly writeCall: string;
  /** What a read says, beside 0, that is the end: -errno, 0: nothing else. */
  readonly endsWith: number;
  /** Whether one half can end alone (shutdown(2)), and SO_ERROR tells what came meanwhile. */
  readonly isSocket: boolean;
  /** Whether descriptors may go with the bytes, and the peer's credentials are known. */
  readonly passes: boolean;
  /** Whether a write is a record, and so is what `data` is told. */
  readonly keepsRecords: boolean;
  /** Whether what waits may stay in the memory of who wrote it. */
  readonly keeps: boolean;
  /** What waits to be sent. */
  newQueue(): Outgoing;
  /** Sends a piece that is too large to be gathered: how much, or -errno. */
  send(fd: number, bytes: Uint8Array): number;
}

/** recv(2), send(2), sendmsg(2). */
export const BY_SOCKET: Transfer = {
  kind: Kind.SOCKET,
  readCall: 'recv',
  writeCall: 'send',
  endsWith: 0,
  isSocket: true,
  passes: false,
  keepsRecords: false,
  keeps: true,
  newQueue: () => new OutputQueue(),
  send: native.sendNow,
};

/** A Unix socket: recvmsg(2), send(2), sendmsg(2), and descriptors beside the bytes. */
export const BY_UNIX: Transfer = {
  ...BY_SOCKET,
  kind: Kind.UNIX,
  readCall: 'recvmsg',
  passes: true,
  newQueue: () => new PassingQueue(),
};

/** As BY_UNIX, of which nobody takes the descriptors: recv(2), and the kernel closes them. */
const BY_UNIX_BYTES: Transfer = { ...BY_UNIX, kind: Kind.SOCKET, readCall: 'recv' };

/** The same, with no more asked of the kernel than `data` can be given. */
export function transferFor(data: unknown, transfer: Transfer): Transfer {
  return transfer === BY_UNIX && !takesDescriptors(data) ? BY_UNIX_BYTES : transfer;
}

/** As BY_UNIX, by records: SOCK_SEQPACKET. */
export const BY_RECORDS: Transfer = {
  ...BY_UNIX,
  kind: Kind.RECORDS,
  keepsRecords: true,
  keeps: false,
  newQueue: () => new RecordQueue(),
};

/** read(2), write(2), writev(2), of a descriptor with O_NONBLOCK. */
export const BY_FILE: Transfer = {
  kind: Kind.FILE,
  readCall: 'read',
  writeCall: 'write',
  endsWith: 0,
  isSocket: false,
  passes: false,
  keepsRecords: false,
  keeps: true,
  newQueue: () => new OutputQueue(),
  send: native.writeNow,
};

/** As BY_FILE. The last of those at a terminal's other side ends it with EIO. See pty(7). */
export const BY_TERMINAL: Transfer = { ...BY_FILE, endsWith: -constant('EIO') };

const EAGAIN = -constant('EAGAIN');
/** The crossing has no part in it. */
const NO_KIND = -1;

/**
 * Of a file, whose bytes move by requests on the pool: see lib/pool/fs/stream/. Nothing goes out in the
 * call that writes it.
 */
export const BY_REQUESTS: Transfer = {
  ...BY_FILE,
  kind: NO_KIND,
  keeps: false,
  send: () => EAGAIN,
};

/**
 * As another, of a descriptor that blocks, as others share its open file: poll(2) is asked
 * before each call. See native/stream/shared.h.
 */
function shared(like: Transfer, kind: number): Transfer {
  return { ...like, kind, send: (fd, bytes) => native.writeShared(fd, bytes, kind) };
}

export const BY_SHARED_PIPE = shared(BY_FILE, Kind.SHARED_PIPE);
export const BY_SHARED_TERMINAL = shared(BY_TERMINAL, Kind.SHARED_TERMINAL);
export const BY_SHARED_DEVICE = shared(BY_FILE, Kind.SHARED_DEVICE);

const SOL_SOCKET = constant('SOL_SOCKET');

/** How the bytes of a socket move; undefined: they are no stream. @throws SystemError */
export function transferOfSocket(fd: number): Transfer | undefined {
  const type = check(native.getsockopt(fd, SOL_SOCKET, constant('SO_TYPE')), 'getsockopt');
  const isUnix = 'path' in check(native.getsockname(fd) as Address | number, 'getsockname');
  if (type === constant('SOCK_STREAM')) return isUnix ? BY_UNIX : BY_SOCKET;
  return type === constant('SOCK_SEQPACKET') && isUnix ? BY_RECORDS : undefined;
}
