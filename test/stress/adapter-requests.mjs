// Requests by https over our sockets, of which most are aborted at random points: by the client or
// by the server, before the handshake, amid the headers, amid the answer, by an end or a reset.
// Each has to come to an end, and the heap must not grow with their number.

import { createServer, request } from 'node:https';
import { createRequire } from 'node:module';
import { createSecureContext, connect as secure } from 'node:tls';
import { selfSigned } from '../../examples/node/certificate.mjs';

const require = createRequire(import.meta.url);
const { toDuplex } = require('../../dist/node.cjs');

const AT_ONCE = 50;
const BODY = Buffer.alloc(40_000, 'a body');
/** Of the heap, from a tenth of the requests to the last: what the engine keeps of code, and noise. */
const MAX_GROWTH = 16 * 2 ** 20;

function heapUsed() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** @returns {Promise<{ counts: object, faults: string[] }>} */
export async function abortRequests(loop, total, below) {
  const { key, cert } = selfSigned('localhost');
  const secureContext = createSecureContext({ ca: cert });
  const counts = { answered: 0, aborted: 0 };
  const faults = [];

  const server = createServer({ key, cert }, (_incoming, response) => {
    const how = below(8);
    if (how === 0) response.socket.destroy();
    response.write(BODY);
    if (how === 1) setImmediate(() => response.destroy());
    else if (how === 2) loop.setTimeout(() => response.end(BODY), below(3));
    else response.end(BODY);
  });
  server.on('tlsClientError', () => {});
  const listener = loop.listen(
    { host: '127.0.0.1', port: 0, backlog: 512 },
    {
      open(socket) {
        const duplex = toDuplex(socket);
        server.emit('connection', duplex);
        if (below(16) === 0) loop.setTimeout(() => duplex.resetAndDestroy(), below(4));
      },
    },
  );
  const { port } = listener.address;

  /** One request; resolves once its connection is closed, however it went. */
  const one = () =>
    new Promise((resolve) => {
      const duplex = toDuplex(loop.connect({ port }));
      duplex.on('error', () => {});
      let bytes = 0;
      const outgoing = request({
        createConnection: () => secure({ socket: duplex, secureContext, servername: 'localhost' }),
      });
      const whole = (response) => {
        response.on('data', (chunk) => (bytes += chunk.length));
        response.on('error', () => {});
        response.on('end', () => {
          counts.answered++;
          if (bytes !== 2 * BODY.length) faults.push(`an answer of ${bytes} bytes`);
        });
        if (below(6) === 0) response.destroy();
      };
      outgoing.on('response', whole).on('error', () => counts.aborted++);
      duplex.on('close', resolve);
      outgoing.end();
      const how = below(8);
      if (how === 0) outgoing.destroy();
      else if (how === 1) setImmediate(() => outgoing.destroy());
      else if (how === 2) loop.setTimeout(() => outgoing.destroy(), below(60) / 10);
      else if (how === 3) loop.setTimeout(() => duplex.destroy(), below(60) / 10);
    });

  let left = total;
  let early = 0;
  const work = async () => {
    while (left-- > 0) {
      await one();
      if (left === Math.floor(total * 0.9)) early = heapUsed();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (let i = 0; i < 100 && listener.connections > 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  if (listener.connections > 0) faults.push(`${listener.connections} connections are left`);
  listener.close();
  await listener.closed;
  const growth = heapUsed() - early;
  if (globalThis.gc !== undefined && growth > MAX_GROWTH) faults.push(`the heap grew by ${growth}`);
  if (counts.answered === 0 || counts.aborted === 0) faults.push('nothing was tried');
  return { counts: { ...counts, 'heap growth': growth }, faults };
}
