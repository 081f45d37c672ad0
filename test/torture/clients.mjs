// Honest and less honest clients, each by node:net. One ends by `report({ index, whole,
// error })`, once: `whole` says that it got exactly what it should have.
import { connect } from 'node:net';

/** Lengths of the messages that an echoing client sends, each after the answer before. */
const LENGTHS = [1, 100, 4096, 5000, 20_000, 3, 70_000, 64];
/** What a slow reader is owed; it asks for it by one byte. */
export const OWED_BYTES = 1 << 20;
const SLOW_MS = 30;

/** The byte at `offset` of the stream of a client: any shift or loss shows. */
export function patternByte(offset) {
  return (offset * 31 + (offset >> 8)) & 255;
}

function message(secret, length) {
  return Buffer.alloc(length, secret);
}

const kinds = {
  /** Sends each message when the last has come back whole, then ends. */
  echo(socket, { secret, advance }, lengths = LENGTHS) {
    const client = { whole: false };
    let next = 0;
    let got = 0;
    let expected = Buffer.alloc(0);
    const send = () => {
      if (next === lengths.length) return socket.end();
      expected = message(secret, lengths[next++]);
      got = 0;
      socket.write(expected);
    };
    socket.on('connect', send);
    socket.on('data', (chunk) => {
      advance();
      const same = chunk.equals(expected.subarray(got, got + chunk.length));
      got += chunk.length;
      if (!same) {
        client.wrong = true;
        socket.destroy();
      } else if (got === expected.length) send();
    });
    socket.on('end', () => {
      client.whole = !client.wrong && next === lengths.length && got === expected.length;
    });
    return client;
  },
  /** One of a storm: in and out. */
  storm(socket, options) {
    return kinds.echo(socket, options, [8]);
  },
  /** Resets after the first answer, with the second message on its way. */
  reset(socket, { secret, advance }) {
    const client = { whole: false };
    socket.on('connect', () => socket.write(message(secret, 100)));
    socket.on('data', () => {
      advance();
      client.whole = true;
      socket.write(message(secret, 30_000), () => socket.resetAndDestroy());
    });
    return client;
  },
  /** Asks for much and reads late. */
  slow(socket, { advance }) {
    const client = { whole: false };
    let got = 0;
    socket.on('connect', () => {
      socket.write('?');
      socket.pause();
      setTimeout(() => socket.resume(), SLOW_MS);
    });
    socket.on('data', (chunk) => {
      advance();
      for (const byte of chunk) if (byte !== patternByte(got++)) client.wrong = true;
    });
    socket.on('end', () => {
      client.whole = !client.wrong && got === OWED_BYTES;
    });
    return client;
  },
};

/** Starts a client of this kind. The socket is the caller's to destroy. */
export function startClient({ kind, port, host = '127.0.0.1', index, ...options }, report) {
  const socket = connect({ port, host, noDelay: true });
  socket.on('connect', options.advance);
  const client = kinds[kind](socket, options);
  let error;
  socket.on('error', ({ code }) => {
    error = code;
  });
  socket.on('close', () => {
    const { whole, wrong } = client;
    report({ index, whole, error: wrong ? 'wrong bytes' : error });
  });
  return socket;
}
