// Requests with keep-alive to node:http and node:https, whose sockets are the host's own (`host`) or
// of rawloop, by toDuplex (`duplex`). What is counted is this process, the server; the clients are
// http-client.mjs in a process of its own, on another processor where there is one.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { selfSigned } from '../../examples/node/certificate.mjs';
import { serve, startClocks } from './serve.mjs';

const isOurs = process.argv[2] === 'duplex';
const client = join(dirname(fileURLToPath(import.meta.url)), 'http-client.mjs');
const certificate = selfSigned('localhost');

let answered = 0;
function answer(_request, response) {
  answered++;
  response.end('hello, world');
}

/** @returns {Promise<number>} the port */
async function listen(server) {
  // Keep-alive is to last as long as the scenario.
  server.keepAliveTimeout = 600_000;
  if (!isOurs) {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return server.address().port;
  }
  const require = createRequire(import.meta.url);
  const { defaultLoop } = require('../../dist/index.cjs');
  const { toDuplex } = require('../../dist/node.cjs');
  const open = (socket) => server.emit('connection', toDuplex(socket));
  return defaultLoop().listen({ host: '127.0.0.1', port: 0 }, { open }).address.port;
}

/** Starts the clients of a port once, and stops them between two asks. */
class Clients {
  #child;

  constructor(port, kind) {
    const args = [client, String(port), kind];
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  }

  say(word) {
    this.#child.stdin.write(`${word}\n`);
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns {import('./serve.mjs').Work} */
function requestsTo(makeServer, kind) {
  let clients;
  return async ({ ms }) => {
    clients ??= new Clients(await listen(makeServer()), kind);
    clients.say('go');
    // Every one has been answered a few times, the first time behind a handshake.
    for (const first = answered; answered < first + 500; ) await sleep(10);
    await sleep(ms / 3);
    const before = answered;
    const read = startClocks();
    await sleep(ms);
    const figures = read(answered - before);
    clients.say('stop');
    await sleep(30);
    return figures;
  };
}

serve({
  plain: requestsTo(() => createServer(answer), 'plain'),
  secure: requestsTo(() => createSecureServer(certificate, answer), 'secure'),
});
