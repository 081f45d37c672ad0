// Echo over TCP in every combination: our server with honest clients, our clients with
// an honest server, and both ours.
import { CUT_SHORT } from '../round.mjs';

const CLIENTS = 6;
const OURS = 3;
const LENGTHS = [1, 100, 4096, 70_000, 5, 9000];
const HOST = '127.0.0.1';

/** Our side as a client that sends each message when the last one has come back. */
export function ourClient(round, loop, { port, name, lengths = LENGTHS }) {
  const unit = round.unit(name);
  const state = { next: 0, got: 0, wrong: false };
  const message = (at) => Buffer.alloc(lengths[at], `${name} ${at};`);
  const send = (socket) => {
    if (state.next === lengths.length) socket.end();
    else socket.write(message(state.next++));
    state.got = 0;
  };
  const handlers = round.handlers({
    open: send,
    data(socket, chunk) {
      round.advance();
      const expected = message(state.next - 1).subarray(state.got, state.got + chunk.length);
      if (!expected.equals(chunk)) state.wrong = true;
      state.got += chunk.length;
      if (state.got >= lengths[state.next - 1]) send(socket);
    },
    end() {
      state.ended = true;
    },
    close(_socket, error) {
      const whole = state.ended && !state.wrong && state.next === lengths.length;
      unit.end(whole, state.wrong ? 'wrong bytes' : (error?.code ?? CUT_SHORT));
    },
  });
  let socket;
  for (let i = 0; i < 3 && socket === undefined; i++) {
    try {
      socket = loop.connect({ host: HOST, port }, handlers);
      round.opened(socket);
    } catch (error) {
      round.tell(error);
    }
  }
  if (socket === undefined) unit.failed('connect threw');
}

/** Our server that echoes; undefined when it could not be had. */
export function ourServer(round, loop, handlers = {}) {
  const server = round.attempt(() => {
    const made = loop.listen(
      { port: 0, host: HOST },
      round.handlers({
        data(socket, chunk) {
          round.advance();
          socket.write(chunk);
        },
        ...handlers,
      }),
    );
    if (made.address !== undefined) return made;
    made.close();
    throw new Error('a server without an address');
  });
  return server;
}

export default {
  run(round, loop) {
    const server = ourServer(round, loop);
    round.clients('echo', server?.address?.port, CLIENTS);
    for (let i = 0; i < OURS; i++) {
      ourClient(round, loop, { port: round.echoPort, name: `to an honest server ${i}` });
      if (server !== undefined) {
        ourClient(round, loop, { port: server.address.port, name: `to our server ${i}` });
      }
    }
    round.whenAllEnded(() => server?.close());
  },
};
