// The workload of tcp.mjs by node:net, whose calls fail at the same points: what the
// host itself makes of them, for the column beside ours.
import { connect, createServer } from 'node:net';
import { CUT_SHORT } from '../round.mjs';

const CLIENTS = 6;
const OURS = 3;
const LENGTHS = [1, 100, 4096, 70_000, 5, 9000];
const HOST = '127.0.0.1';

function client(round, { port, name }) {
  const unit = round.unit(name);
  const message = (at) => Buffer.alloc(LENGTHS[at], `${name} ${at};`);
  let next = 0;
  let got = 0;
  let wrong = false;
  let ended = false;
  let failure;
  const send = () => {
    if (next === LENGTHS.length) socket.end();
    else socket.write(message(next++));
    got = 0;
  };
  const socket = connect({ port, host: HOST, noDelay: true }, send);
  socket.on('data', (chunk) => {
    round.advance();
    if (
      !message(next - 1)
        .subarray(got, got + chunk.length)
        .equals(chunk)
    )
      wrong = true;
    got += chunk.length;
    if (got >= LENGTHS[next - 1]) send();
  });
  socket.on('end', () => {
    ended = true;
  });
  socket.on('error', (error) => {
    failure = error.code;
    round.tell(error);
  });
  socket.on('close', () => {
    unit.end(ended && !wrong && next === LENGTHS.length, failure ?? CUT_SHORT);
  });
}

export default {
  alone: true,
  scope: 'host',
  async run(round) {
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on('data', (chunk) => {
        round.advance();
        socket.write(chunk);
      });
      socket.on('end', () => socket.end());
      socket.on('error', (error) => round.tell(error));
    });
    const listening = () =>
      new Promise((resolve) => {
        const failed = (error) => {
          round.tell(error);
          resolve(false);
        };
        server.once('error', failed);
        server.listen(0, HOST, () => {
          server.off('error', failed);
          resolve(true);
        });
      });
    let open = false;
    for (let i = 0; i < 3 && !open; i++) open = await listening();
    if (!open) round.broad = true;
    server.on('error', (error) => round.tellBroad(error));
    const port = open ? round.attempt(() => server.address()?.port) : undefined;
    round.clients('echo', port, CLIENTS);
    for (let i = 0; i < OURS; i++) {
      client(round, { port: round.echoPort, name: `to an honest server ${i}` });
      if (port !== undefined) client(round, { port, name: `to our server ${i}` });
    }
    round.whenAllEnded(() => server.close());
  },
};
