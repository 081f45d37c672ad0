// Questions and answers by datagrams: of UDP in bursts and one by one, of UDP with all that comes beside a
// datagram and an answer from where it came to, of Unix sockets with descriptors. Who hears of
// an error asks again for what is missing, as programs do; where nothing was told nothing may be
// missing. Nobody is asked by more than the kernel has room for.
const PAIRS = 2;
const QUESTIONS = 60;
const AT_ONCE = 8;
const AGAIN_MS = 20;

let serial = 0;

/** Asks until everything is answered. */
class Asking {
  #answered = new Set();
  #next = 0;
  #isAskingAgain = false;

  constructor(round, loop, unit, atOnce, send) {
    Object.assign(this, { round, loop, unit, atOnce, send });
  }

  begin() {
    for (let i = 0; i < this.atOnce; i++) this.#ask();
  }

  #ask() {
    if (this.#next < QUESTIONS) this.#put(this.#next++);
  }

  #put(number) {
    try {
      this.send(`question ${number}`);
    } catch (error) {
      this.round.tell(error);
      this.again();
    }
  }

  /** True: that was the last. */
  answered(chunk) {
    const number = Number(/^answer to question (\d+)$/.exec(Buffer.from(chunk).toString())?.[1]);
    if (!(number < this.#next))
      this.round.faults.push(`an answer to nothing: ${chunk.length} bytes`);
    if (this.#answered.has(number)) return false;
    this.#answered.add(number);
    this.round.advance();
    this.#ask();
    if (this.#answered.size < QUESTIONS) return false;
    this.unit.done();
    return true;
  }

  /** From now on it asks until all is answered: the kernel has no room for all that it asks. */
  again() {
    if (this.#isAskingAgain) return;
    this.#isAskingAgain = true;
    const asking = this.loop.setInterval(() => {
      if (this.#answered.size === QUESTIONS || this.unit.state !== 'open') {
        this.loop.clearInterval(asking);
        return;
      }
      for (let i = 0; i < this.#next; i++) if (!this.#answered.has(i)) this.#put(i);
    }, AGAIN_MS);
  }
}

/** Both sides of a kind: how they are opened, what goes with a question and with an answer. */
const KINDS = {
  bursts: () => ({ server: { host: '127.0.0.1' }, client: { host: '127.0.0.1' } }),
  connected: () => ({
    server: { host: '127.0.0.1', errors: false },
    client: { family: 'ipv4', errors: false },
    connects: true,
    atOnce: 1,
  }),
  'with all beside': () => ({
    server: { host: '127.0.0.1', info: { pktinfo: true, ttl: true, tos: true, timestamp: true } },
    client: { host: '127.0.0.1' },
    answer: ({ local }) => (local === undefined ? undefined : { local }),
  }),
  'with descriptors': () => ({
    server: { path: `\0rawloop torture ${process.pid} ${++serial}` },
    client: { path: `\0rawloop torture ${process.pid} ${++serial}` },
    fds: true,
  }),
};

function startPair(round, loop, kind, index, pairs) {
  const unit = round.unit(`${kind} ${index}`);
  const { server: serverOptions, client: clientOptions, ...how } = KINDS[kind]();
  const { connects, answer, fds, atOnce = AT_ONCE } = how;
  const { raw } = round;
  let asking;
  let client;
  const handlers = (message) => {
    const failed = (error) => {
      round.tell(error);
      asking?.again();
    };
    return {
      message,
      error: (_socket, error) => failed(error),
      close: (socket, error) => {
        round.tell(error);
        round.closed(socket);
        if (error !== undefined && unit.state === 'open') {
          unit.failed(error.code);
          for (const other of [server, client]) other?.close();
        }
      },
    };
  };
  const reply = (socket, chunk, from, info) => {
    for (const fd of info.fds?.take() ?? []) raw.close(fd);
    try {
      socket.send(`answer to ${Buffer.from(chunk)}`, from, answer?.(info));
    } catch (error) {
      round.tell(error);
      asking.again();
    }
  };
  const server = round.attempt(() => loop.dgram(serverOptions, handlers(reply)));
  if (server === undefined) return unit.failed('no server');
  round.opened(server);
  const to = round.attempt(() => server.address);
  const heard = handlers((socket, chunk) => {
    if (!asking.answered(chunk)) return;
    socket.close();
    server.close();
  });
  const target = connects ? { to } : {};
  if (to !== undefined) {
    client = round.attempt(() => loop.dgram({ ...clientOptions, ...target }, heard));
  }
  if (client === undefined) {
    server.close();
    return unit.failed('no client');
  }
  round.opened(client);
  const pair = fds ? round.attempt(() => raw.check(raw.pipe2(0), 'pipe2')) : undefined;
  asking = new Asking(round, loop, unit, atOnce, (text) => {
    client.send(text, connects ? undefined : to, pair && { fds: pair });
  });
  pairs.push(...(pair ?? []));
  asking.begin();
}

export default {
  run(round, loop) {
    const open = [];
    for (const kind of Object.keys(KINDS)) {
      for (let i = 0; i < PAIRS; i++) startPair(round, loop, kind, i, open);
    }
    round.whenAllEnded(() => {
      for (const fd of open) round.raw.close(fd);
    });
  },
};
