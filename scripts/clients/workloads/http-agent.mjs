// The host's http and https, an Agent whose createConnection gives our sockets; http2 by the same.
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { connect as hostConnect } from 'node:net';
import { Readable } from 'node:stream';
import { connect as secureConnect } from 'node:tls';
import { deadAddress, silentServer } from '../sockets.mjs';
import { digest, digestOf, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const LARGE_BYTES = 16 << 20;

/** With `used`, how many connections it opened. */
function agentOf({ sockets, where, transport }, options = {}) {
  const { to = where, ...given } = options;
  const { Agent } = transport === 'tls' ? https : http;
  class OneAgent extends Agent {
    used = 0;

    createConnection(asked, created) {
      this.used++;
      if (sockets.isOurs) return sockets.open(to);
      const address = to.path === undefined ? to : { socketPath: to.path, path: to.path };
      return super.createConnection({ ...asked, ...address }, created);
    }
  }
  return new OneAgent({ keepAlive: true, maxSockets: 8, ...sockets.tls, ...given });
}

async function using(context, options, use) {
  const agent = agentOf(context, options);
  try {
    return await use(agent);
  } finally {
    agent.destroy();
  }
}

/** A request on its way, and the response to it. */
function send({ transport }, agent, path, { body, ...options } = {}) {
  const { request } = transport === 'tls' ? https : http;
  const sent = request({ agent, path, host: 'localhost', ...options });
  const response = new Promise((resolve, reject) => {
    sent.once('response', resolve).once('error', reject);
  });
  if (body instanceof Readable) body.pipe(sent);
  else sent.end(body);
  return { sent, response };
}

async function read(context, agent, path, options) {
  const response = await send(context, agent, path, options).response;
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

export const checks = [
  {
    name: '2,000 requests on 8 connections that are kept',
    run: (context) =>
      using(context, {}, async (agent) => {
        const all = await each(2000, () => read(context, agent, '/small'));
        ok(all.every(({ status, body }) => status === 200 && String(body) === 'hello'));
        // nginx ends one after 1000 requests.
        ok(agent.used <= 16, `${agent.used} connections`);
      }),
  },
  {
    name: '16 MiB read slowly; 8 MiB put, by length and in chunks',
    run: (context) =>
      using(context, {}, async (agent) => {
        const { bytes } = await digestOf(await send(context, agent, '/large').response);
        equal(bytes, LARGE_BYTES);
        const body = randomBytes(8 << 20);
        for (const given of [
          body,
          Readable.from([body.subarray(0, 1 << 20), body.subarray(1 << 20)]),
        ]) {
          const { status } = await read(context, agent, '/put/it', { method: 'PUT', body: given });
          ok(status === 201 || status === 204, `${status}`);
          const back = await read(context, agent, '/put/it');
          equal(digest(back.body), digest(body));
        }
      }),
  },
  {
    name: 'HEAD, 404, a range, a compressed answer, Expect: 100-continue',
    run: (context) =>
      using(context, {}, async (agent) => {
        const head = await read(context, agent, '/large', { method: 'HEAD' });
        equal(`${head.headers['content-length']} ${head.body.length}`, `${LARGE_BYTES} 0`);
        equal((await read(context, agent, '/nothing')).status, 404);
        const range = { headers: { range: 'bytes=1-3' } };
        equal(String((await read(context, agent, '/small', range)).body), 'ell');
        const gzip = { headers: { 'accept-encoding': 'gzip' } };
        equal((await read(context, agent, '/text', gzip)).headers['content-encoding'], 'gzip');
        const expects = { method: 'PUT', headers: { expect: '100-continue', 'content-length': 2 } };
        const { request } = context.transport === 'tls' ? https : http;
        const sent = request({ agent, path: '/put/two', host: 'localhost', ...expects });
        sent.flushHeaders();
        await once(sent, 'continue');
        const response = once(sent, 'response');
        sent.end('ok');
        (await response).resume();
      }),
  },
  {
    name: 'nginx closes each connection; aborts amid bodies; it goes on',
    run: (context) =>
      using(context, {}, async (agent) => {
        const all = await each(100, () => read(context, agent, '/close'));
        ok(all.every(({ status }) => status === 200));
        await each(20, async (i) => {
          const { sent, response } = send(context, agent, '/slow');
          if (i % 2 === 0) await once(await response, 'readable');
          const ended = once(sent, 'close');
          sent.on('error', () => {});
          response.catch(() => {});
          sent.destroy();
          await ended;
        });
        equal((await read(context, agent, '/small')).status, 200);
      }),
  },
  {
    name: 'refused; a server that says nothing',
    async run(context) {
      const to = await deadAddress(context.sockets.freeAddress());
      await using(context, { to }, (agent) =>
        fails(read(context, agent, '/'), /ECONNREFUSED|ENOENT/),
      );
      const silent = await silentServer(context.sockets.freeAddress());
      await using(context, { to: silent.where }, async (agent) => {
        const { sent, response } = send(context, agent, '/');
        sent.setTimeout(100, () => sent.destroy(new Error('too late')));
        await fails(response, /too late/);
      });
      await silent.close();
    },
  },
  {
    name: 'http2: 1,000 requests at once, 16 MiB',
    on: ['tls'],
    async run({ sockets, where }) {
      const createConnection = () => {
        const options = { ...sockets.tls, ALPNProtocols: ['h2'] };
        const socket = sockets.isOurs ? sockets.plain() : hostConnect(where);
        return secureConnect({ ...options, socket });
      };
      const session = http2.connect('https://localhost', { createConnection });
      const get = (path) => {
        const stream = session.request({ ':path': path });
        return digestOf(stream.end());
      };
      // nginx takes 128 at once, and 1000 of a connection.
      const all = await each(900, () => get('/small'));
      ok(all.every(({ bytes }) => bytes === 5));
      equal((await get('/large')).bytes, LARGE_BYTES);
      const closed = once(session, 'close');
      session.close();
      await closed;
    },
  },
  {
    name: 'the server is killed amid a body, and starts again',
    run: (context) =>
      using(context, {}, async (agent) => {
        const response = await send(context, agent, '/slow').response;
        const lost = fails(digestOf(response), /aborted|ECONNRESET/);
        await context.kill();
        await lost;
        await context.start();
        equal((await read(context, agent, '/small')).status, 200);
      }),
  },
];
