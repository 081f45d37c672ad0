// Clients of http.mjs and layers.mjs: 50 connections on the host's own sockets, each of which asks anew
// when it has been answered. `clients.mjs PORT KIND`; told `go` and `stop` by lines on stdin, ends
// with it.
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectSecure } from 'node:tls';

const CONNECTIONS = 50;
const MESSAGE = Buffer.alloc(64, 'echo');
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const BODY = 'hello, world';

const [, , port, kind] = process.argv;
const where = { host: '127.0.0.1', port: Number(port) };

const plain = () => connect({ ...where, noDelay: true });
const secure = () => connectSecure({ ...where, rejectUnauthorized: false });

/** Requests by text: an answer is one chunk as a rule; all end with the body. */
function requests(socket, answered) {
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
    if (!text.endsWith(BODY)) return;
    text = '';
    answered();
  });
  return () => socket.write(REQUEST);
}

/** Messages that come back. */
function echoes(socket, answered) {
  let bytes = 0;
  socket.on('data', ({ length }) => {
    bytes += length;
    if (bytes < MESSAGE.length) return;
    bytes = 0;
    answered();
  });
  return () => socket.write(MESSAGE);
}

/** Each client is a session with one stream at a time. */
function streams(scheme, answered) {
  const session = connectHttp2(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false });
  return () => session.request({ ':path': '/' }).resume().on('end', answered);
}

async function webSocket() {
  const { WebSocket } = await import('ws');
  return (answered) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const opened = new Promise((resolve) => socket.once('open', resolve));
    socket.on('message', answered);
    return () => opened.then(() => socket.send(MESSAGE));
  };
}

/** By kind: makes a client, which calls `answered`; what it gives asks. */
const makers = {
  plain: (answered) => requests(plain(), answered),
  secure: (answered) => requests(secure(), answered),
  http2: (answered) => streams('http', answered),
  'http2-secure': (answered) => streams('https', answered),
  tls: (answered) => echoes(secure(), answered),
  ws: kind === 'ws' ? await webSocket() : undefined,
};

let isOn = false;

function client() {
  let isWaiting = true;
  const ask = makers[kind](() => {
    isWaiting = !isOn;
    if (isOn) ask();
  });
  return () => {
    if (isWaiting) ask();
    isWaiting = false;
  };
}

const clients = Array.from({ length: CONNECTIONS }, client);
const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  isOn = line === 'go';
  if (isOn) for (const start of clients) start();
});
input.on('close', () => process.exit(0));
