// The drop-ins, which the host's own loop and the default loop drive: datagrams by unix-dgram,
// asked for again when one was refused; eventfds by epoll; bytes there and back by usocket. Who
// hears of an error goes on, as their users do.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const MESSAGES = 60;
const EVENTS = 60;
const ECHOES = 12;
const AGAIN_MS = 20;

/** The packages, once `prepare` has loaded them. */
let packages;

let serial = 0;
const nextName = () => `\0rawloop torture compat ${process.pid} ${++serial}`;

/** Sends numbers until each has come. */
function datagrams(round) {
  const unit = round.unit('datagrams');
  const name = nextName();
  const missing = new Set(Array.from({ length: MESSAGES }, (_, number) => number));
  const server = round.attempt(() => packages.createSocket('unix_dgram'));
  const client = server && round.attempt(() => packages.createSocket('unix_dgram'));
  let sending;
  const end = (why) => {
    clearInterval(sending);
    for (const socket of [server, client]) {
      try {
        if (socket !== undefined && socket.fd >= 0) socket.close();
      } catch (error) {
        round.tell(error);
      }
    }
    unit.end(why === undefined, why);
  };
  if (client === undefined) return end('no socket');
  server.on('message', (message) => {
    const number = Number(message);
    if (!(number < MESSAGES)) round.faults.push(`a message of nobody's: ${message}`);
    if (missing.delete(number)) round.advance();
    if (missing.size === 0 && unit.state === 'open') end();
  });
  for (const socket of [server, client]) {
    socket.on('error', (error) => {
      round.tell(error);
      if (socket.fd < 0 && unit.state === 'open') end(error.code);
    });
  }
  server.on('error', (error) => error.syscall === 'bind' && server.fd >= 0 && bind());
  let binds = 3;
  const bind = () => (binds-- > 0 ? server.bind(name) : end('no name'));
  bind();
  if (unit.state !== 'open') return;
  // Few at a time: more than the kernel has room for are refused without any torture.
  sending = setInterval(() => {
    for (const number of [...missing].slice(0, 8)) {
      const bytes = Buffer.from(`${number}`);
      client.send(bytes, 0, bytes.length, name, (error) => round.tell(error));
    }
  }, AGAIN_MS / 10);
}

/** An eventfd that is read and written again on each event. */
function events(round) {
  const { Epoll, raw } = packages;
  const unit = round.unit('events');
  const fd = round.quietly(() => raw.eventfd(1, raw.constants.EFD_NONBLOCK));
  const word = new BigUint64Array(1);
  let left = EVENTS;
  const poll = new Epoll((error) => {
    if (error !== null) {
      round.tell(error);
      return;
    }
    round.advance();
    round.quietly(() => raw.read(fd, word));
    if (--left > 0) round.quietly(() => raw.write(fd, new BigUint64Array([1n])));
    else end();
  });
  const end = (why) => {
    try {
      poll.close();
    } catch (error) {
      round.tell(error);
    }
    round.quietly(() => raw.close(fd));
    unit.end(why === undefined, why);
  };
  if (round.attempt(() => poll.add(fd, Epoll.EPOLLIN)) === undefined) end('not added');
}

/** Bytes that come back. */
function echoes(round) {
  const { UServer, USocket } = packages;
  const unit = round.unit('echoes');
  const name = nextName();
  const server = new UServer();
  const sockets = [];
  const end = (why) => {
    if (unit.state !== 'open') return;
    server.close();
    for (const socket of sockets) socket.destroy();
    unit.end(why === undefined, why);
  };
  const hear = (socket) => {
    sockets.push(socket);
    socket.on('error', (error) => {
      round.tell(error);
      end(error.code);
    });
    return socket;
  };
  server.on('error', (error) => {
    round.tellBroad(error);
    end(error.code);
  });
  server.on('connection', (socket) => {
    hear(socket).on('data', (chunk) => socket.write(chunk));
    socket.on('close', () => end('closed'));
  });
  server.on('listening', () => {
    const client = hear(new USocket(name));
    let left = ECHOES;
    client.on('connected', () => client.write('x'));
    client.on('close', () => end('closed'));
    client.on('data', (chunk) => {
      round.advance();
      if (String(chunk) !== 'x') round.faults.push(`an echo of ${chunk}`);
      if (--left > 0) client.write('x');
      else end();
    });
  });
  try {
    server.listen(name);
  } catch (error) {
    round.tell(error);
    end(error.code);
  }
}

export default {
  alone: true,
  never: {
    // A connection that was accepted is taken over: where that is refused it ends, and says so.
    fstat: ['EPERM', 'ENOSYS', 'EIO', 'ENOMEM', 'EOVERFLOW'],
    // What a shortcut is refused goes by the path, and nobody needs to know.
    connect_datagram: ['EACCES', 'EPERM', 'ENOSYS', 'EIO', 'EINVAL'],
    send: [
      'ECONNRESET',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENETDOWN',
      'EPIPE',
      'EPERM',
    ].concat('EACCES', 'EIO', 'ENOSYS'),
  },
  /** Before anything is refused: what is opened once for all of a thread. */
  prepare(dist) {
    const load = (name) => require(join(dist, `${name}.cjs`));
    const { Epoll } = load('compat/epoll');
    packages = {
      Epoll,
      ...load('compat/unix-dgram'),
      ...load('compat/usocket'),
      raw: load('raw'),
      // Who holds the thread's loop keeps it.
      loop: load('index').defaultLoop(),
    };
    const fd = packages.raw.eventfd(0, 0);
    new Epoll(() => {}).add(fd, 1).close();
    packages.raw.close(fd);
  },
  run(round) {
    if (packages.loop.closed) round.faults.push('the default loop is closed');
    datagrams(round);
    events(round);
    echoes(round);
    round.whenAllEnded(() => {});
  },
};
