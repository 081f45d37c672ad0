// A shell in a browser's page, for who has this process's word for it: served on the loopback alone,
// and a shell runs only for who knows the token of the address that is printed. Beside rawloop it
// takes: npm install ws @xterm/xterm @xterm/addon-fit. PORT=8080 node server.mjs
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { defaultLoop } from 'rawloop';
import { toDuplex } from 'rawloop/node';
import { runShell } from './support/session.mjs';

const { resolve } = createRequire(import.meta.url);
const ws = await import('ws').catch(() => undefined);
const FILES = {
  '/': ['text/html', () => new URL('support/page.html', import.meta.url)],
  '/page.js': ['text/javascript', () => new URL('support/page.mjs', import.meta.url)],
  '/xterm.js': ['text/javascript', () => resolve('@xterm/xterm/lib/xterm.mjs')],
  '/fit.js': ['text/javascript', () => resolve('@xterm/addon-fit/lib/addon-fit.mjs')],
  '/xterm.css': ['text/css', () => resolve('@xterm/xterm/css/xterm.css')],
};
try {
  for (const [, place] of Object.values(FILES)) readFileSync(place());
  if (ws === undefined) throw new Error('ws');
} catch {
  console.log(
    'not available here: the packages ws, @xterm/xterm, @xterm/addon-fit are not installed',
  );
  process.exit(77);
}

/** In nobody's frame, and with nothing from elsewhere. */
const policyFor = (address) =>
  [
    "default-src 'self'",
    `connect-src ws://${address}`,
    "style-src 'self' 'unsafe-inline'",
    'img-src data:',
    "frame-ancestors 'none'",
  ].join('; ');

const token = randomBytes(32).toString('base64url');
const http = createServer((request, response) => {
  const [type, place] = (isForUs(request) && FILES[request.url]) || [];
  if (place === undefined) return response.writeHead(404).end();
  response.writeHead(200, {
    'content-type': `${type}; charset=utf-8`,
    'content-security-policy': policyFor(address),
  });
  response.end(readFileSync(place()));
});

/** Not for a name that somebody has lead here: see DNS rebinding. */
function isForUs({ headers }) {
  return headers.host === address;
}

/** From our own page, which has the token from its address. */
function isAllowed({ headers, url }) {
  const [given, known] = [url.slice(1), token].map((text) => Buffer.from(text));
  const knows = given.length === known.length && timingSafeEqual(given, known);
  return knows && headers.origin === `http://${address}`;
}

const sockets = new ws.WebSocketServer({ noServer: true, maxPayload: 2 ** 20 });
http.on('upgrade', (request, stream, head) => {
  if (!isForUs(request) || !isAllowed(request)) {
    stream.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
    return;
  }
  sockets.handleUpgrade(request, stream, head, runShell);
});

const listener = defaultLoop().listen(
  { host: '127.0.0.1', port: Number(process.env.PORT ?? 0) },
  { open: (socket) => http.emit('connection', toDuplex(socket)) },
);
const address = `127.0.0.1:${listener.address.port}`;
// Behind the #: the browser keeps that to itself, and tells it to no server.
console.log(`listening on http://${address}/#${token}`);
