// What http.mjs and layers.mjs share: servers of the host's, on the host's own sockets (`host`), on ours by
// toDuplex (`duplex`) or on the host's behind a Duplex (`wrapped`: what any Duplex costs there), and how what
// they answer is counted. CPU time is that of this process, the server; its clients are clients.mjs
// in a process of its own, on another core. See taskset(1).
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { startClocks } from './serve.mjs';

const client = join(dirname(fileURLToPath(import.meta.url)), 'clients.mjs');

/** A socket of the host's as a Duplex that is nothing more, as a proxy or a tunnel would make it. */
function wrapped(socket) {
  const duplex = new Duplex({
    read: () => socket.resume(),
    write: (chunk, _encoding, written) => socket.write(chunk, written),
    final: (finished) => socket.end(finished),
    destroy(error, closed) {
      socket.destroy();
      closed(error);
    },
  });
  socket.on('data', (chunk) => duplex.push(chunk) || socket.pause());
  socket.on('end', () => duplex.push(null));
  socket.on('error', (error) => duplex.destroy(error));
  return duplex;
}

const bound = (server) =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });

/** By what the sockets are: makes `server` listen; gives the port, or a promise of it. */
const listen = {
  host: bound,
  wrapped: (server) =>
    bound(createServer({ noDelay: true }, (socket) => server.emit('connection', wrapped(socket)))),
  duplex(server) {
    const require = createRequire(import.meta.url);
    const { defaultLoop } = require('../../dist/index.cjs');
    const { toDuplex } = require('../../dist/node.cjs');
    const open = (socket) => server.emit('connection', toDuplex(socket));
    return defaultLoop().listen({ host: '127.0.0.1', port: 0 }, { open }).address.port;
  },
}[process.argv[2]];

/** Starts the clients of a port once, and stops them between two asks. */
class Clients {
  #child;

  constructor(port, kind, cpu) {
    const command = [process.execPath, client, String(port), kind];
    const [program, ...args] = cpu === undefined ? command : ['taskset', '-c', cpu, ...command];
    this.#child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit'] });
  }

  say(word) {
    this.#child.stdin.write(`${word}\n`);
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * @param {string} kind  of the clients
 * @param {(answered: () => void) => import('node:net').Server} makeServer  of one that calls
 *   `answered` for each answer
 * @returns {import('./serve.mjs').Work}
 */
export function answering(kind, makeServer) {
  let answers = 0;
  let clients;
  return async ({ ms, loadCpu }) => {
    const count = () => {
      answers++;
    };
    clients ??= new Clients(await listen(makeServer(count)), kind, loadCpu);
    clients.say('go');
    // Every one has been answered a few times, the first time behind a handshake.
    for (const first = answers; answers < first + 500; ) await sleep(10);
    await sleep(ms / 3);
    const before = answers;
    const read = startClocks();
    await sleep(ms);
    const figures = read(answers - before);
    clients.say('stop');
    await sleep(30);
    return figures;
  };
}
