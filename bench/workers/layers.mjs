// Echo of 64 B through what stands on a stream, node:tls and the package ws, whose sockets are the host's own
// (`host`) or of rawloop, by toDuplex (`duplex`).
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:tls';
import { WebSocketServer } from 'ws';
import { selfSigned } from '../../examples/node/certificate.mjs';
import { answering } from './answering.mjs';
import { serve } from './serve.mjs';

const certificate = selfSigned('localhost');

function tls(answered) {
  return createSecureServer(certificate, (socket) => {
    socket.on('data', (chunk) => {
      answered();
      socket.write(chunk);
    });
    socket.on('error', () => socket.destroy());
  });
}

function ws(answered) {
  const server = createServer();
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (message) => {
      answered();
      socket.send(message);
    });
  });
  return server;
}

serve({ tls: answering('tls', tls), ws: answering('ws', ws) });
