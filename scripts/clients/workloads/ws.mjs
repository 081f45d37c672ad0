// ws: a client is given our sockets by `createConnection`, a server by 'connection' of its http
// server. Both ends in this process, each also with the other kind at its other end.
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect as hostConnect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { connect as secureConnect } from 'node:tls';
import { selfSigned } from '../../../examples/node/certificate.mjs';
import { deadAddress, silentServer } from '../sockets.mjs';
import { digest, digestOf, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const certificate = selfSigned('localhost');
/** So that it trusts itself. */
const tls = { ca: certificate.cert, servername: 'localhost' };

/** A client on its way. `byHost`: on the host's socket in any case. */
function open({ require, sockets, transport }, where, { byHost = false, ...options } = {}) {
  const { WebSocket } = require('ws');
  const isSecure = transport === 'tls';
  // Its `handshakeTimeout` is for whoever opens the socket to set.
  const createConnection = ({ timeout = 0 }) => {
    const socket = byHost ? hostConnect(where) : sockets.plain(where);
    return (isSecure ? secureConnect({ ...tls, socket }) : socket).setTimeout(timeout);
  };
  const address = `${isSecure ? 'wss' : 'ws'}://localhost`;
  const client = new WebSocket(address, { createConnection, ...options });
  client.on('error', () => {});
  return client;
}

/** A server, by the host's sockets in any case with `byHost`. */
async function serving(context, options, use) {
  const { WebSocketServer } = context.require('ws');
  const { byHost = false, ...given } = options;
  const http = context.transport === 'tls' ? createSecureServer(certificate) : createServer();
  const server = new WebSocketServer({ server: http, maxPayload: 64 << 20, ...given });
  const address = context.sockets.freeAddress();
  const listener = byHost
    ? await listen(http, address)
    : await context.sockets.listen(http, address);
  try {
    return await use(server, listener.where);
  } finally {
    for (const client of server.clients) client.terminate();
    server.close();
    await listener.close();
  }
}

async function listen(server, address) {
  await new Promise((resolve) => server.listen(address, resolve));
  const { port } = server.address();
  const close = () => new Promise((resolve) => server.close(resolve));
  return { where: address.path ? address : { host: '127.0.0.1', port }, close };
}

async function opened(client) {
  if (client.readyState === client.OPEN) return client;
  await new Promise((resolve, reject) => client.once('open', resolve).once('error', reject));
  return client;
}

async function closed(client) {
  if (client.readyState !== client.CLOSED) await once(client, 'close');
}

const echo = (server) =>
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (message, binary) => socket.send(message, { binary }));
  });

/** Sends them all, and gets them all, in order. */
async function echoes(client, messages) {
  let got = 0;
  const all = new Promise((resolve, reject) => {
    client.on('message', (message) => {
      if (!message.equals(Buffer.from(messages[got]))) reject(new Error(`message ${got} differs`));
      if (++got === messages.length) resolve();
    });
    client.once('close', () => reject(new Error(`closed after ${got}`)));
  });
  for (const message of messages) client.send(message);
  await all;
  client.close();
  await closed(client);
}

const ends = [
  {},
  // Ours at one end alone.
  { server: { byHost: true } },
  { client: { byHost: true } },
];

export const checks = [
  {
    name: '5,000 messages there and back, compressed and not; ours at one end',
    async run(context) {
      const messages = Array.from({ length: 2500 }, (_, i) => `${i} `.repeat(i % 100) || 'x');
      for (const { server: serverOptions, client: clientOptions } of ends) {
        for (const perMessageDeflate of [false, { threshold: 100 }]) {
          const options = { ...serverOptions, perMessageDeflate };
          const some = perMessageDeflate ? messages.slice(0, 500) : messages;
          await serving(context, options, async (server, where) => {
            echo(server);
            await echoes(await opened(open(context, where, clientOptions)), some);
          });
        }
      }
    },
  },
  {
    name: 'messages of 8 MiB; 16 MiB as a stream that waits',
    run: (context) =>
      serving(context, {}, async (server, where) => {
        echo(server);
        const large = randomBytes(8 << 20);
        await echoes(await opened(open(context, where, { maxPayload: 64 << 20 })), [large, large]);
        server.removeAllListeners('connection');
        const { createWebSocketStream } = context.require('ws');
        const told = new Promise((resolve, reject) => {
          server.once('connection', (socket) => {
            digestOf(createWebSocketStream(socket)).then(resolve, reject);
          });
        });
        const stream = createWebSocketStream(await opened(open(context, where)));
        await pipeline(Readable.from([large.subarray(), large]), stream);
        const { bytes, digest: found } = await told;
        equal(bytes, 16 << 20);
        equal(found, digest(Buffer.concat([large, large])));
      }),
  },
  {
    name: '200 connections at once, a message to all',
    run: (context) =>
      serving(context, {}, async (server, where) => {
        const clients = await each(200, () => opened(open(context, where)));
        const got = Promise.all(clients.map((client) => once(client, 'message')));
        for (const client of server.clients) client.send('to all');
        ok((await got).every((message) => String(message) === 'to all'));
        await each(200, async (i) => {
          clients[i].close();
          await closed(clients[i]);
        });
      }),
  },
  {
    name: 'ping and pong; a code and a reason',
    run: (context) =>
      serving(context, {}, async (server, where) => {
        server.on('connection', (socket) => {
          socket.on('pong', () => socket.close(4001, 'enough'));
          socket.ping('x');
        });
        const client = open(context, where);
        const [code, reason] = await new Promise((resolve) =>
          client.once('close', (...told) => resolve(told)),
        );
        equal(`${code} ${reason}`, '4001 enough');
      }),
  },
  {
    name: 'terminated amid a large message, at either end',
    run: (context) =>
      serving(context, {}, async (server, where) => {
        for (const isServer of [false, true]) {
          const accepted = once(server, 'connection');
          const client = await opened(open(context, where));
          const other = await accepted;
          other.on('error', () => {});
          const [first, second] = isServer ? [other, client] : [client, other];
          const told = new Promise((resolve) => second.once('close', resolve));
          first.send(randomBytes(16 << 20));
          await new Promise(setImmediate);
          first.terminate();
          equal(await told, 1006);
        }
      }),
  },
  {
    name: 'refused; a server that says nothing',
    async run(context) {
      const dead = await deadAddress(context.sockets.freeAddress());
      await fails(opened(open(context, dead)), /ECONNREFUSED|ENOENT/);
      const silent = await silentServer(context.sockets.freeAddress());
      const client = open(context, silent.where, { handshakeTimeout: 100 });
      await fails(opened(client), /timed out/);
      await silent.close();
    },
  },
];
