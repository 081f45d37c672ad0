// Descriptors with somebody who listens, of every kind that comes with a reader of its
// own: watchers, of a duplicate and of both numbers of one file as well, streams, and
// datagrams. A life begins with nothing to read; `write` gives it a number, which its
// listener must read and nobody else. See pipe2(2), eventfd(2), dup(2), unix(7), tcp(7).
import { createRequire } from 'node:module';

const raw = createRequire(import.meta.url)('../../dist/raw.cjs');
const { constants: c, check } = raw;

const number = new Float64Array(1);
const bytes = new Uint8Array(number.buffer);
const RESET = new Uint8Array(new Int32Array([1, 0]).buffer);

/**
 * @typedef {object} Life
 * @property {string} kind
 * @property {number} fd  the number that the loop waits for
 * @property {(value: number) => void} write
 * @property {(inWrongOrder: boolean) => void} close  the handle and its descriptors
 *
 * @typedef {(value: number | undefined) => void} Told  with what was read; undefined: there
 *   was nothing
 */

/** Puts a number of more than 0 into `fd`. */
function put(fd, value) {
  number[0] = value;
  if (raw.write(fd, bytes, 0, 8) !== 8) throw new Error('a number was not taken');
}

/** The number in `fd`, if there is one. */
function take(fd) {
  const count = raw.read(fd, bytes, 0, 8);
  if (count === 8) return number[0];
  if (count !== -c.EAGAIN) check(count, 'read');
  return undefined;
}

/**
 * Watched in level or edge mode. In the wrong order the numbers are closed before the
 * watchers, so that a duplicate keeps a registration that nobody can take out by number.
 */
function watched(kind, loop, fds, others, writeEnd, told) {
  const edge = writeEnd % 2 === 0;
  const watchers = fds.map((fd) => loop.watch(fd, { read: true, edge }, () => told(take(fd))));
  return {
    kind,
    fd: fds[0],
    write: (value) => put(writeEnd, value),
    close(inWrongOrder) {
      const closeAll = () => {
        for (const fd of new Set([...fds, ...others])) check(raw.close(fd), 'close');
      };
      if (inWrongOrder) closeAll();
      for (const watcher of watchers) watcher.close();
      if (!inWrongOrder) closeAll();
    },
  };
}

/** A stream or a socket of datagrams, which owns `fd`; `peer` is the other end. */
function owning(kind, fd, peer, end) {
  return {
    kind,
    fd,
    write: (value) => put(peer, value),
    close() {
      end();
      check(raw.close(peer), 'close');
    },
  };
}

/** Tells the number that a chunk is. */
function reader(told) {
  return (_, chunk) =>
    told(chunk.length === 8 ? new Float64Array(chunk.slice().buffer)[0] : Number.NaN);
}

function streamed(kind, loop, fd, peer, told) {
  const stream = loop.stream(fd, {}, { data: reader(told) });
  return owning(kind, fd, peer, () => stream.destroy());
}

const pair = (type) => check(raw.socketpair(c.AF_UNIX, type | c.SOCK_NONBLOCK), 'socketpair');

const pipe = () => check(raw.pipe2(c.O_NONBLOCK), 'pipe2');

/** Where the TCP connections of a process are made to. */
export class Listener {
  constructor() {
    this.fd = check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
    const place = { family: 'ipv4', address: '127.0.0.1', port: 0 };
    check(raw.bind(this.fd, place), 'bind');
    check(raw.listen(this.fd, 8), 'listen');
    this.place = check(raw.getsockname(this.fd), 'getsockname');
  }

  /** Connected descriptors; the second resets at its end, so that no port waits. */
  pair() {
    const peer = check(raw.socket(c.AF_INET, c.SOCK_STREAM), 'socket');
    check(raw.connect(peer, this.place), 'connect');
    check(raw.setsockopt(peer, c.SOL_SOCKET, c.SO_LINGER, RESET), 'setsockopt');
    return [check(raw.accept4(this.fd, c.SOCK_NONBLOCK), 'accept4'), peer];
  }

  close() {
    check(raw.close(this.fd), 'close');
  }
}

/** @type {Record<string, (loop: any, told: Told, listener: Listener) => Life>} */
export const kinds = {
  pipe(loop, told) {
    const [fd, writeEnd] = pipe();
    return watched('pipe', loop, [fd], [writeEnd], writeEnd, told);
  },
  eventfd(loop, told) {
    const fd = check(raw.eventfd(0, c.EFD_NONBLOCK), 'eventfd');
    return watched('eventfd', loop, [fd], [], fd, told);
  },
  duplicate(loop, told) {
    const [fd, writeEnd] = pipe();
    const duplicate = check(raw.dup(fd), 'dup');
    return watched('duplicate', loop, [duplicate], [fd, writeEnd], writeEnd, told);
  },
  // Both are told of one number, which the first of them takes.
  both(loop, told) {
    const [fd, writeEnd] = pipe();
    const duplicate = check(raw.dup(fd), 'dup');
    return watched('both', loop, [fd, duplicate], [writeEnd], writeEnd, told);
  },
  'pipe stream'(loop, told) {
    const [fd, writeEnd] = pipe();
    return streamed('pipe stream', loop, fd, writeEnd, told);
  },
  'socket stream'(loop, told) {
    const [fd, peer] = pair(c.SOCK_STREAM);
    return streamed('socket stream', loop, fd, peer, told);
  },
  'stream of records'(loop, told) {
    const [fd, peer] = pair(c.SOCK_SEQPACKET);
    return streamed('stream of records', loop, fd, peer, told);
  },
  datagrams(loop, told) {
    const [fd, peer] = pair(c.SOCK_DGRAM);
    const socket = loop.dgram({ fd }, { message: reader(told) });
    return owning('datagrams', fd, peer, () => socket.close());
  },
  'TCP stream'(loop, told, listener) {
    const [fd, peer] = listener.pair();
    return streamed('TCP stream', loop, fd, peer, told);
  },
};
