// A server and its connections by `for await`: an echo to the end of each, and clients that
// take what comes back chunk by chunk.
import { CUT_SHORT } from '../round.mjs';

const CLIENTS = 6;
const OURS = 4;
/** More than a socket keeps unread for who iterates. */
const BYTES = 150_000;
const HOST = '127.0.0.1';

const sent = Buffer.from(Array.from({ length: BYTES }, (_, at) => (at * 37 + (at >> 8)) & 255));

/** Sends back all that a connection brings. */
async function echo(round, socket) {
  round.opened(socket);
  const closed = socket.closed.then(
    () => round.closed(socket),
    (error) => {
      round.tell(error);
      round.closed(socket);
    },
  );
  try {
    for await (const chunk of socket) {
      round.advance();
      socket.write(chunk);
    }
  } catch (error) {
    // The error that its `closed` tells as well.
    if (error !== socket.error) round.faults.push(`iterating throws ${error}`);
  }
  await closed;
}

async function serve(round, server) {
  try {
    for await (const socket of server) echo(round, socket);
  } catch (error) {
    round.tellBroad(error);
  }
}

/** One client that sends and takes: a unit. */
async function client(round, loop, port, unit) {
  const got = [];
  let why;
  const socket = round.attempt(() => loop.connect({ host: HOST, port }));
  if (socket === undefined) return unit.failed('connect threw');
  round.opened(socket);
  try {
    await socket.opened;
    socket.end(sent);
    for await (const chunk of socket) {
      round.advance();
      got.push(chunk);
    }
  } catch (error) {
    why = error.code;
  }
  await socket.closed.catch((error) => {
    round.tell(error);
    why ??= error.code;
  });
  round.closed(socket);
  unit.end(Buffer.concat(got).equals(sent), why ?? CUT_SHORT);
}

export default {
  run(round, loop) {
    // What a server may go on from is told by `error`; without `data` bytes are kept.
    const server = round.attempt(() =>
      loop.listen({ port: 0, host: HOST }, { error: round.handlers({}).error }),
    );
    if (server !== undefined) serve(round, server);
    round.clients('echo', server?.address?.port, CLIENTS);
    for (let i = 0; i < OURS && server !== undefined; i++) {
      client(round, loop, server.address.port, round.unit(`iterated ${i}`));
    }
    round.whenAllEnded(() => server?.close());
  },
};
