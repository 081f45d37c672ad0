// The four models of the echo server behind one face. Each stops cleanly on
// SIGINT and SIGTERM: it closes what is open and the process ends by itself.
import net from 'node:net';
import type { Address } from '../binding/index.js';
import { EventLoop } from '../faces/event-loop.js';
import { ThreadPerConnectionServer } from '../models/thread-per-connection.js';
import { addressText } from '../net/endpoint.js';
import type { StreamHandlers } from '../net/handlers.js';
import type { Model } from './models.js';

export interface EchoServer {
  readonly address: Address;
  /** Serves until a signal; a model that owns the thread returns only then. */
  serve(): void;
}

/** Told of the loop of a model that has one, before it serves. */
export type OnLoop = (loop: EventLoop) => void;

export interface Place {
  host: string;
  port: number;
  /** Of the loop that owns its thread. */
  spinMs?: number;
}

/** Echo with backpressure: a peer that does not read is not read from. */
export const echoHandlers: StreamHandlers = {
  data(socket, chunk) {
    if (!socket.write(chunk)) socket.pause();
  },
  drain(socket) {
    socket.resume();
  },
};

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

function onStopSignal(stop: () => void): void {
  for (const signal of SIGNALS) process.once(signal, stop);
}

function startOwned(place: Place, spinMs: number, onLoop: OnLoop): EchoServer {
  const loop = new EventLoop({ spinMs });
  onLoop(loop);
  const server = loop.listen(place, echoHandlers);
  // Node's own signal handlers stand still while this loop owns the thread.
  const stop = () => server.destroy();
  for (const signal of SIGNALS) loop.onSignal(signal, stop);
  return {
    address: server.address as Address,
    serve() {
      loop.run();
      loop.close();
    },
  };
}

function startGuest(place: Place, onLoop: OnLoop): EchoServer {
  const loop = new EventLoop().attach();
  onLoop(loop);
  const server = loop.listen(place, echoHandlers);
  onStopSignal(() => server.destroy());
  return { address: server.address as Address, serve() {} };
}

function startThreads(place: Place): EchoServer {
  const server = new ThreadPerConnectionServer({
    ...place,
    onError: ({ code, message }) => {
      // A peer that went away is its own affair, as in the other models.
      if (code !== 'ECONNRESET' && code !== 'EPIPE') process.stderr.write(`rawloop: ${message}\n`);
    },
  }).start();
  onStopSignal(() => server.stop());
  return { address: server.address as Address, serve() {} };
}

async function startNet(place: Place): Promise<EchoServer> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => {
      if (!socket.write(chunk)) socket.pause();
    });
    socket.on('drain', () => socket.resume());
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...place, backlog: 511 }, resolve);
  });
  onStopSignal(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const { address, port, family } = server.address() as net.AddressInfo;
  return {
    address: { family: family === 'IPv6' ? 'ipv6' : 'ipv4', address, port },
    serve() {},
  };
}

/** Starts a model. @throws SystemError when it cannot listen */
export function startModel(
  model: Model,
  { spinMs = 0, ...place }: Place,
  onLoop: OnLoop = () => {},
): EchoServer | Promise<EchoServer> {
  switch (model) {
    case 'loop':
      return startOwned(place, spinMs, onLoop);
    case 'guest':
      return startGuest(place, onLoop);
    case 'threads':
      return startThreads(place);
    case 'net':
      return startNet(place);
  }
}

/** Says where it listens, and serves. */
export function announce(model: Model, server: EchoServer): void {
  process.stdout.write(`rawloop echo (${model}) listening on ${addressText(server.address)}\n`);
  server.serve();
}
