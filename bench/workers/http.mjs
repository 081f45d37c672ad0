// Requests to node:http, node:https and node:http2 on connections that are kept alive, whose sockets are the
// host's own (`host`) or of rawloop, by toDuplex (`duplex`).
import { createServer } from 'node:http';
import {
  createServer as createHttp2Server,
  createSecureServer as createSecureHttp2,
} from 'node:http2';
import { createServer as createSecureServer } from 'node:https';
import { selfSigned } from '../../examples/node/certificate.mjs';
import { answering } from './answering.mjs';
import { serve } from './serve.mjs';

const certificate = selfSigned('localhost');

/** By `make`, which is given the listener of requests. */
function requestsTo(kind, make) {
  return answering(kind, (answered) => {
    const server = make((_request, response) => {
      answered();
      response.end('hello, world');
    });
    // Keep-alive is to last as long as the scenario.
    server.keepAliveTimeout = 600_000;
    return server;
  });
}

serve({
  plain: requestsTo('plain', createServer),
  secure: requestsTo('secure', (answer) => createSecureServer(certificate, answer)),
  http2: requestsTo('http2', createHttp2Server),
  'http2-secure': requestsTo('http2-secure', (answer) => createSecureHttp2(certificate, answer)),
});
