// Both ends of a connection of each kind that adapters.mjs puts load on: what they stand on,
// and one way to write to, to read and to end them all. An end is told `data(chunk)`,
// `drained()` and `closed(error)`, of which it may be told once.
import { createRequire } from 'node:module';
import { createSecureContext, connect as secure, TLSSocket } from 'node:tls';
import { selfSigned } from '../../examples/node/certificate.mjs';

const require = createRequire(import.meta.url);
const raw = require('../../dist/raw.cjs');
const { fromDuplex, toDuplex } = require('../../dist/node.cjs');
const { constants: c, check } = raw;

/** Who has read the end of the other has still to write. */
const HALF_OPEN = { allowHalfOpen: true };
const { key, cert } = selfSigned('localhost');
const secureContext = createSecureContext({ key, cert });

/** A connection that is a pair of Unix sockets, as two Duplexes of `loop`. */
function duplexes(loop) {
  const made = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK);
  return check(made, 'socketpair').map((fd) => toDuplex(loop.stream(fd, HALF_OPEN)));
}

/**
 * TLS. Over any Duplex the host's TLS drops what its reader has not taken yet as soon as that Duplex
 * has closed, which it does once both sides have ended: so these end when they have read all.
 */
function tlsPair(loop) {
  const [a, b] = duplexes(loop);
  return [
    new TLSSocket(a, { isServer: true, secureContext }),
    secure({ socket: b, ca: cert, servername: 'localhost' }),
  ];
}

/** One of node:stream's, as it is. */
function asDuplex(duplex, told) {
  duplex.on('data', told.data).on('drain', told.drained);
  duplex.on('error', (error) => {
    told.error = error;
  });
  duplex.on('close', () => told.closed(told.error));
  // What a tls.Server sees to by its handshakeTimeout: nobody is there to shake hands with.
  duplex.on('end', () => {
    if (duplex.secureConnecting) duplex.destroy();
  });
  return {
    write: (bytes) => duplex.write(bytes),
    end: () => duplex.end(),
    pause: () => duplex.pause(),
    resume: () => duplex.resume(),
    destroy: (error) => duplex.destroy(error),
    buffered: () => duplex.writableLength + duplex.readableLength,
  };
}

/** One of ours, which stands on one of node:stream's. */
function asOurs(duplex, told) {
  const handlers = {
    data: (_, chunk) => told.data(chunk),
    drain: () => told.drained(),
    close: (_, error) => told.closed(error),
  };
  const stream = fromDuplex(duplex, handlers, HALF_OPEN);
  return {
    write: (bytes) => stream.write(bytes),
    end: () => stream.end(),
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    destroy: (error) => stream.destroy(error),
    buffered: () => stream.bufferedBytes + duplex.readableLength,
  };
}

/** By name: makes both ends of a connection of `loop`. */
export const kinds = {
  toDuplex: (loop, [mine, theirs]) => {
    const [a, b] = duplexes(loop);
    return [asDuplex(a, mine), asDuplex(b, theirs)];
  },
  fromDuplex: (loop, [mine, theirs]) => {
    const [a, b] = duplexes(loop);
    return [asOurs(a, mine), asOurs(b, theirs)];
  },
  tls: (loop, [mine, theirs]) => {
    const [a, b] = tlsPair(loop);
    return [asDuplex(a, mine), asOurs(b, theirs)];
  },
};
