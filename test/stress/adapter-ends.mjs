// Both ends of a connection of each kind that adapters.mjs puts load on: what they stand on,
// and one way to write to, to read and to end them all. An end is told `data(chunk)`,
// `drained()` and `closed(error)`, of which it may be told once.
import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
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

/** The same by TCP. */
function tcpDuplexes(loop) {
  const listener = check(raw.socket(c.AF_INET, c.SOCK_STREAM, 0), 'socket');
  const here = { family: 'ipv4', address: '127.0.0.1', port: 0 };
  check(raw.bind(listener, here), 'bind');
  check(raw.listen(listener, 1), 'listen');
  const mine = check(raw.socket(c.AF_INET, c.SOCK_STREAM, 0), 'socket');
  check(raw.connect(mine, check(raw.getsockname(listener), 'getsockname')), 'connect');
  const theirs = check(raw.accept4(listener, 0), 'accept4');
  raw.close(listener);
  return [mine, theirs].map((fd) => toDuplex(loop.stream(fd, HALF_OPEN)));
}

/** A pipe each way: each end reads one and writes the other. */
function pipeEnds(loop) {
  const pipes = [0, 1].map(() =>
    check(raw.pipe2(c.O_NONBLOCK), 'pipe2').map((fd) => toDuplex(loop.stream(fd))),
  );
  return [0, 1].map((side) => ({ reader: pipes[side][0], writer: pipes[1 - side][1] }));
}

/** What is no stream of ours at all: bytes that are handed over. */
class Memory extends Duplex {
  _read() {
    const taken = this.taken;
    this.taken = undefined;
    taken?.();
  }

  _write(chunk, _encoding, written) {
    if (this.peer.push(chunk)) process.nextTick(written);
    else this.peer.taken = written;
  }

  _final(finished) {
    this.peer.push(null);
    finished();
  }

  _destroy(error, closed) {
    // Behind both ends, as a socket does, it leaves to the other what that has not read yet.
    const isOver = this.readableEnded && this.writableFinished;
    if (!isOver) process.nextTick(() => this.peer.destroy());
    closed(error);
  }
}

function memoryPair() {
  const [a, b] = [new Memory(HALF_OPEN), new Memory(HALF_OPEN)];
  a.peer = b;
  b.peer = a;
  return [a, b];
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

/** Two of node:stream's, each for a direction. Either one's end by force is that of both. */
function asHalves({ reader, writer }, told) {
  let open = 2;
  for (const half of [reader, writer]) {
    half.on('error', (error) => {
      told.error ??= error;
    });
    half.on('close', () => {
      if (--open === 0) told.closed(told.error);
      else if (half === reader && !reader.readableEnded) writer.destroy();
      else if (half === writer && !writer.writableFinished) reader.destroy();
    });
  }
  reader.on('data', told.data);
  writer.on('drain', told.drained);
  return {
    write: (bytes) => writer.write(bytes),
    end: () => writer.end(),
    pause: () => reader.pause(),
    resume: () => reader.resume(),
    destroy: (error) => reader.destroy(error),
    buffered: () => writer.writableLength + reader.readableLength,
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
  tcp: (loop, [mine, theirs]) => {
    const [a, b] = tcpDuplexes(loop);
    return [asDuplex(a, mine), asDuplex(b, theirs)];
  },
  pipes: (loop, [mine, theirs]) => {
    const [a, b] = pipeEnds(loop);
    return [asHalves(a, mine), asHalves(b, theirs)];
  },
  memory: (_loop, [mine, theirs]) => {
    const [a, b] = memoryPair();
    return [asOurs(a, mine), asOurs(b, theirs)];
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
