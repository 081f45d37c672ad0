// The UDP echo server on node:dgram, as its documentation would have it written: the
// thing that loop.dgram wants to be faster than. Prints where it listens.
import { createSocket } from 'node:dgram';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '0' },
  },
});

const socket = createSocket('udp4', (chunk, { address, port }) => {
  socket.send(chunk, port, address);
});
// A client that went away is its own affair.
socket.on('error', () => {});

socket.bind(Number(values.port), values.host, () => {
  const { address, port } = socket.address();
  console.log(`listening on ${address}:${port}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => process.exit(0));
}
