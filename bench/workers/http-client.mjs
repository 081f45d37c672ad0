// Clients of http.mjs: 50 connections, each of which asks anew when it has been answered.
// `http-client.mjs PORT plain|secure`; told `go` and `stop` by lines on stdin, ends with it.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { connect as connectSecure } from 'node:tls';

const CONNECTIONS = 50;
const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';
const BODY = 'hello, world';

const [, , port, kind] = process.argv;
const where = { host: '127.0.0.1', port: Number(port) };
let isOn = false;

/** Answers are one chunk as a rule; all end with the body. */
function client() {
  const socket =
    kind === 'secure'
      ? connectSecure({ ...where, rejectUnauthorized: false })
      : connect({ ...where, noDelay: true });
  let text = '';
  const ask = () => {
    text = '';
    socket.write(REQUEST);
  };
  let isWaiting = true;
  socket.setEncoding('latin1').on('data', (chunk) => {
    text += chunk;
    if (!text.endsWith(BODY)) return;
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
