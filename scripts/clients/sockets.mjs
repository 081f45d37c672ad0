// The two kinds of sockets that a client is run on: the host's, which it opens itself as a rule,
// and ours, each a Duplex by toDuplex.
import { createServer, connect as hostConnect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as secure } from 'node:tls';

/** @param {{ side: string, transport: string, where: object, ca: string, require: NodeRequire }} given */
export function makeSockets({ side, transport, where, ca, require }) {
  const { defaultLoop } = require('rawloop');
  const { toDuplex } = require('rawloop/node');
  const loop = side === 'rawloop' ? defaultLoop() : undefined;
  /** Of where a server listens there may be more to know than an address. */
  const addressOf = ({ path, host, port }) => (path === undefined ? { host, port } : { path });
  const plain = (to = where) => {
    const address = addressOf(to);
    return loop === undefined ? hostConnect(address) : toDuplex(loop.connect(address));
  };
  const tls = transport === 'tls' ? { ca, servername: 'localhost' } : undefined;
  return {
    isOurs: loop !== undefined,
    loop,
    tls,
    /** A connection on its way, in clear. */
    plain,
    /** The same, with TLS on it where that is the transport. */
    open: (to = where) => (tls === undefined ? plain(to) : secure({ ...tls, socket: plain(to) })),
    /** Lets a server of the host's classes, http or https, serve connections of this kind. */
    async listen(server, address) {
      if (loop === undefined) {
        await new Promise((resolve) => server.listen(address, resolve));
        const close = () => new Promise((resolve) => server.close(resolve));
        return { where: address.path ? address : at(server.address().port), close };
      }
      const listener = loop.listen(address, {
        open: (socket) => server.emit('connection', toDuplex(socket)),
      });
      const close = async () => {
        listener.close();
        await listener.closed;
      };
      return { where: address.path ? address : at(listener.address.port), close };
    },
    /** Where to listen by this transport. */
    freeAddress: () =>
      transport === 'unix'
        ? { path: join(tmpdir(), `rawloop-${process.pid}-${Math.random().toString(36).slice(2)}`) }
        : at(0),
    /** Handles of the loop that are open. */
    held: () => loop?.metrics().handles.map(({ kind, label }) => `${kind} ${label ?? ''}`) ?? [],
  };
}

const at = (port) => ({ host: '127.0.0.1', port });

/** A server that accepts, and never says anything; by the host's sockets. */
export async function silentServer(address) {
  const accepted = new Set();
  const server = createServer((socket) => {
    accepted.add(socket.on('error', () => {}));
  });
  const { path } = address;
  await new Promise((resolve) => server.listen(path ?? address, resolve));
  return {
    where: path ? address : at(server.address().port),
    async close() {
      for (const socket of accepted) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port on which nobody listens. */
export async function deadAddress(address) {
  if (address.path) return address;
  const { where, close } = await silentServer(address);
  await close();
  return where;
}
