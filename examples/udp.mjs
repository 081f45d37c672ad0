// UDP: a server that echoes, and a client that asks again when no answer comes, and hears at once
// where nobody is: the kernel's queue of errors tells for whom a datagram was. See udp(7), ip(7).
import { defaultLoop } from 'rawloop';

const loop = defaultLoop();
const host = '127.0.0.1';

// `from` is passed back as it came: no address is encoded again.
let heard = 0;
const server = loop.dgram(
  { host, port: 0 },
  {
    message(socket, chunk, from) {
      heard += 1;
      if (heard > 1) socket.send(chunk, from);
      else console.log('the first question is lost');
    },
  },
);

/** The answer of whom is at `port`, asked up to three times, with more patience each time. */
function ask(port, question) {
  return new Promise((resolve, reject) => {
    let tries = 0;
    let timer;
    const end = (settle, value) => {
      timer?.close();
      socket.close();
      settle(value);
    };
    const socket = loop.dgram(
      { family: 'ipv4', to: { host, port } },
      {
        message: (_socket, chunk) => end(resolve, Buffer.from(chunk).toString()),
        error: (_socket, error) => end(reject, error),
      },
    );
    const attempt = () => {
      tries += 1;
      if (tries > 3) return end(reject, new Error('no answer'));
      socket.send(question);
      timer = loop.setTimeout(attempt, 100 * 2 ** tries);
    };
    attempt();
  });
}

const { port } = server.address;
console.log(`the answer: ${await ask(port, 'hello')}`);
server.close();
await server.closed;
await ask(port, 'is anybody there?').catch((error) => console.log(`${error.code}: nobody`));
