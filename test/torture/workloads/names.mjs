// Names of hosts: by the C library, which knows them from the file of hosts; by name servers, one
// question at a time in a socket, by UDP and by TCP; and connections to a host by its name. Nobody is
// asked twice, so that each failure is somebody's.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { CALLS } from '../calls.mjs';
import { CUT_SHORT } from '../round.mjs';

/** What a send says that may be of a datagram before. */
const EARLIER = [
  ...['EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'ECONNREFUSED', 'EMSGSIZE', 'EPROTO'],
  ...['EHOSTDOWN', 'ENOPROTOOPT', 'EOPNOTSUPP'],
];
const TIMES = 12;
const ADDRESS = '127.0.0.1';
const WAIT_MS = 5000;
const ALONE = { hosts: false, resolvConf: '/dev/null', search: [], tries: 1, timeoutMs: 1500 };

let port = 0;

/** Something that is asked for: its answer, or why there is none. */
function settle(round, name, work, isRight) {
  const unit = round.unit(name);
  work().then(
    (value) => unit.end(isRight(value), 'a wrong answer'),
    (error) => {
      round.tell(error);
      unit.failed(error.code);
    },
  );
}

/** Asks for these one after the other. */
function inTurn(round, name, work, isRight) {
  const next = (left) => {
    if (left === 0) return;
    const done = (value) => {
      next(left - 1);
      return value;
    };
    settle(round, `${name} ${left}`, () => work().finally(done), isRight);
  };
  next(TIMES);
}

/** An echo to the end of a connection by name. */
function connectByName(round, loop, resolver, index) {
  const unit = round.unit(`connection ${index}`);
  const got = [];
  // Of one family: where both are asked for, one that fails is made up for by the other.
  const options = { host: 'x.test', port: round.echoPort, family: 'ipv4', resolver };
  const socket = round.attempt(() =>
    loop.connect(options, {
      open: (socket) => round.opened(socket),
      data: (_socket, chunk) => got.push(Buffer.from(chunk)),
      close: (socket, error) => {
        round.tell(error);
        if (socket.bytesWritten > 0 || error === undefined) round.closed(socket);
        unit.end(`${Buffer.concat(got)}` === 'hello', error?.code ?? CUT_SHORT);
      },
    }),
  );
  if (socket === undefined) return unit.failed('connect threw');
  socket.end('hello');
}

export default {
  options: { poolSize: 3 },
  // An eventfd that is full wakes its reader, and nothing else befalls one.
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  // To connect a socket of datagrams takes no time in which a signal could come; that of a
  // connection is in tcp.
  never: { connect: ['EINTR'] },
  // Of datagrams, and of a connection that goes over TCP. What may be said of a datagram before is
  // tried again: once it is no more than that, and while it lasts the question is answered with it.
  rules: {
    send: [
      ...CALLS.send.filter(([errno]) => !EARLIER.includes(errno)),
      ...EARLIER.map((errno) => [errno, 'retry']),
    ],
  },
  prepare() {
    const told = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { ADDRESS, port: told };
    const server = new Worker(new URL('../name-server.mjs', import.meta.url), { workerData });
    once(server, 'error').then(([error]) => {
      console.error('the name server failed:', error);
      process.exit(70);
    });
    server.unref();
    Atomics.wait(told, 0, 0, WAIT_MS);
    port = told[0];
  },
  run(round, loop) {
    const { dns } = loop;
    const resolver = new dns.Resolver({ ...ALONE, servers: [`${ADDRESS}:${port}`] });
    const isHost = ({ hostname }) => hostname === 'localhost';
    const isAddress = ({ address }) => address === ADDRESS;
    const isAnswer = ([address]) => address === ADDRESS;
    for (let i = 0; i < TIMES; i++) {
      settle(round, `lookup ${i}`, () => dns.lookup('localhost', { family: 4 }), isAddress);
      settle(round, `service ${i}`, () => dns.lookupService(ADDRESS, 9), isHost);
      settle(round, `question ${i}`, () => resolver.resolve4('x.test'), isAnswer);
      connectByName(round, loop, resolver, i);
    }
    inTurn(round, 'by UDP', () => resolver.resolve4('y.test'), isAnswer);
    inTurn(round, 'by TCP', () => resolver.resolve4('cut.test'), isAnswer);
    round.whenAllEnded(() => {});
  },
};
