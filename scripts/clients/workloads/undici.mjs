// undici: given our sockets by `connect`, a function that calls back with one that is connected.
import { Readable } from 'node:stream';
import { deadAddress, silentServer } from '../sockets.mjs';
import { digest, digestOf, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const LARGE_BYTES = 16 << 20;
const CONNECT_LIMIT_MS = 1000;

function connector({ require, sockets }, to, allowH2) {
  return (options, connected) => {
    const socket = sockets.plain(to);
    const fail = (error) => connected(error);
    if (sockets.tls !== undefined) {
      // Its own, which makes TLS of what it is given.
      const { buildConnector } = require('undici');
      const secure = buildConnector({ ...sockets.tls, allowH2, timeout: CONNECT_LIMIT_MS });
      secure({ ...options, httpSocket: socket }, connected);
      return;
    }
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.off('error', fail);
      connected(null, socket);
    });
  };
}

function poolOf(context, options = {}) {
  const { to = context.where, ...given } = options;
  const { Pool } = context.require('undici');
  const { sockets, transport } = context;
  const own = { ...sockets.tls, timeout: CONNECT_LIMIT_MS, family: 4, allowH2: given.allowH2 };
  if (to.path !== undefined) own.socketPath = to.path;
  // That of a Unix socket is there for its name alone.
  const origin = `${transport === 'tls' ? 'https' : 'http'}://localhost:${to.port ?? 80}`;
  const connect = sockets.isOurs ? connector(context, to, given.allowH2) : own;
  return new Pool(origin, { connections: 8, pipelining: 4, connect, ...given });
}

async function using(context, options, use) {
  const pool = poolOf(context, options);
  try {
    return await use(pool);
  } finally {
    await pool.destroy();
  }
}

const get = (pool, path, options) => pool.request({ path, method: 'GET', ...options });

export const checks = [
  {
    name: '2,000 requests, pipelined, on 8 connections',
    run: (context) =>
      using(context, {}, async (pool) => {
        const all = await each(2000, async () => (await get(pool, '/small')).body.text());
        ok(all.every((text) => text === 'hello'));
      }),
  },
  {
    name: '16 MiB read slowly; 8 MiB put, by length and in chunks',
    run: (context) =>
      using(context, {}, async (pool) => {
        equal((await digestOf((await get(pool, '/large')).body)).bytes, LARGE_BYTES);
        const body = randomBytes(8 << 20);
        for (const given of [
          body,
          Readable.from([body.subarray(0, 1 << 20), body.subarray(1 << 20)]),
        ]) {
          const put = await pool.request({ path: '/put/it', method: 'PUT', body: given });
          await put.body.dump();
          ok(put.statusCode === 201 || put.statusCode === 204, `${put.statusCode}`);
          const back = await (await get(pool, '/put/it')).body.arrayBuffer();
          equal(digest(Buffer.from(back)), digest(body));
        }
      }),
  },
  {
    name: 'fetch: an answer that is compressed, one aborted',
    run: (context) =>
      using(context, {}, async (pool) => {
        const { fetch } = context.require('undici');
        const origin = `${context.transport === 'tls' ? 'https' : 'http'}://localhost:${context.where.port ?? 80}`;
        const text = await fetch(`${origin}/text`, { dispatcher: pool });
        equal((await text.text()).length, 32 * 20_000);
        const abort = new AbortController();
        const slow = await fetch(`${origin}/slow`, { dispatcher: pool, signal: abort.signal });
        const reading = fails(slow.text(), /abort/i);
        abort.abort();
        await reading;
      }),
  },
  {
    name: 'nginx closes each connection; aborts amid bodies; it goes on',
    run: (context) =>
      using(context, { pipelining: 1 }, async (pool) => {
        const all = await each(100, async () => (await get(pool, '/close')).body.text());
        ok(all.every((text) => text === 'hello'));
        await each(20, async () => {
          const { body } = await get(pool, '/slow');
          await once(body, 'readable');
          const ended = once(body, 'close');
          body.on('error', () => {});
          body.destroy();
          await ended;
        });
        equal(await (await get(pool, '/small')).body.text(), 'hello');
      }),
  },
  {
    name: 'refused; a server that says nothing',
    async run(context) {
      const to = await deadAddress(context.sockets.freeAddress());
      await using(context, { to }, (pool) => fails(get(pool, '/'), /ECONNREFUSED|ENOENT/));
      const silent = await silentServer(context.sockets.freeAddress());
      await using(context, { to: silent.where }, (pool) =>
        fails(
          get(pool, '/', { headersTimeout: 1000, signal: AbortSignal.timeout(200) }),
          /abort|time/i,
        ),
      );
      await silent.close();
    },
  },
  {
    name: 'http2: 900 requests at once, 16 MiB',
    on: ['tls'],
    run: (context) =>
      using(context, { allowH2: true, connections: 1, pipelining: 100 }, async (pool) => {
        const all = await each(900, async () => (await get(pool, '/small')).body.text());
        ok(all.every((text) => text === 'hello'));
        equal((await digestOf((await get(pool, '/large')).body)).bytes, LARGE_BYTES);
      }),
  },
  {
    name: 'the server is killed amid a body, and starts again',
    run: (context) =>
      using(context, {}, async (pool) => {
        const { body } = await get(pool, '/slow');
        const lost = fails(digestOf(body), /closed|ECONNRESET|terminated|aborted/i);
        await context.kill();
        await lost;
        await context.start();
        equal(await (await get(pool, '/small')).body.text(), 'hello');
      }),
  },
];
