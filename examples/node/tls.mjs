// TLS on both ends of a connection of rawloop's, without a port: the two ends of a socketpair. The
// server's side is plain node:stream; the client's has handlers as a socket of rawloop, by
// fromDuplex, so that the same code serves both.
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import { check, defaultLoop } from 'rawloop';
import { fromDuplex, toDuplex } from 'rawloop/node';
import { constants, socketpair } from 'rawloop/raw';
import { selfSigned } from './certificate.mjs';

const loop = defaultLoop();
const { key, cert } = selfSigned('localhost');
const type = constants.SOCK_STREAM | constants.SOCK_NONBLOCK;
const [here, there] = check(socketpair(constants.AF_UNIX, type), 'socketpair');

const server = new TLSSocket(toDuplex(loop.stream(there)), {
  isServer: true,
  secureContext: createSecureContext({ key, cert }),
});
server.on('data', (chunk) => server.end(`you said ${chunk}`));

const client = connect({ socket: toDuplex(loop.stream(here)), ca: cert, servername: 'localhost' });
fromDuplex(client, {
  open(stream) {
    console.log(`${client.getProtocol()}, authorized: ${client.authorized}`);
    stream.write('hello');
  },
  data: (_stream, chunk) => console.log(Buffer.from(chunk).toString()),
  close: (stream, error) => console.log(error?.message ?? `closed, ${stream.bytesRead} bytes read`),
});
