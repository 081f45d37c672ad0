// pg: given our sockets by `stream`. It calls `connect` of what it is given, which is on its way
// already.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { deadAddress, silentServer } from '../sockets.mjs';
import { deepEqual, digestOf, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const PASSWORD = 'a password of this run';

function options({ sockets, where }, given = {}) {
  const { to = where, ...rest } = given;
  const stream = () => Object.assign(sockets.plain(to), { connect() {} });
  const host = to.folder ?? to.path ?? to.host;
  return {
    ...{ host, port: to.port, user: 'rawloop', password: PASSWORD, database: 'postgres' },
    ...(sockets.isOurs && { stream }),
    ...(sockets.tls && { ssl: sockets.tls }),
    ...rest,
  };
}

async function using(context, given, use) {
  const { Client } = context.require('pg');
  const client = new Client(options(context, given));
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end();
  }
}

/** As many as there may be; each a stream of its own. */
async function usingPool(context, use) {
  const { Pool } = context.require('pg');
  const pool = new Pool(options(context, { max: 4 }));
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

export const checks = [
  {
    name: 'connect, authenticate (scram), end',
    async run(context) {
      await using(context, { keepAlive: true }, async (client) => {
        const { rows } = await client.query('select current_user as name');
        equal(rows[0].name, 'rawloop');
        const { rows: found } = await client.query(
          'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
        );
        equal(found[0].ssl, context.transport === 'tls');
      });
      await fails(
        using(context, { password: 'another' }, () => {}),
        /28P01/,
      );
    },
  },
  {
    name: '4,000 queries over a pool of 4, prepared and not',
    run: (context) =>
      usingPool(context, async (pool) => {
        const sums = await each(4000, async (i) => {
          const named = i % 2 === 0 ? { name: 'sum' } : {};
          const text = 'select $1::int + $2::int as sum';
          const { rows } = await pool.query({ ...named, text, values: [i, 1] });
          return rows[0].sum;
        });
        ok(sums.every((sum, i) => sum === i + 1));
      }),
  },
  {
    name: '16 MiB in 20,000 rows; a parameter of 8 MiB',
    run: (context) =>
      using(context, {}, async (client) => {
        const { rows } = await client.query(
          "select i, repeat('x', 800) as text from generate_series(1, 20000) i",
        );
        ok(rows.length === 20_000 && rows.every(({ text }, i) => text.length === 800 && i >= 0));
        const bytes = randomBytes(8 << 20);
        const back = await client.query('select $1::bytea as bytes', [bytes]);
        ok(bytes.equals(back.rows[0].bytes));
      }),
  },
  {
    name: 'LISTEN with 2,000 notifications; COPY of 8 MiB in and out; a cursor',
    run: (context) =>
      using(context, {}, async (client) => {
        const got = [];
        const all = new Promise((resolve) => {
          client.on('notification', ({ payload }) => {
            if (got.push(payload) === 2000) resolve();
          });
        });
        await client.query('listen news');
        await using(context, {}, async (other) => {
          await each(2000, (i) => other.query('select pg_notify($1, $2)', ['news', `${i}`]));
          await all;
        });
        ok(got.every((text, i) => text === `${i}`));
        await copies(context, client);
        const Cursor = context.require('pg-cursor');
        const cursor = client.query(new Cursor('select i from generate_series(1, 5000) i'));
        let read = 0;
        for (let rows = await cursor.read(100); rows.length > 0; rows = await cursor.read(100)) {
          read += rows.length;
        }
        equal(read, 5000);
      }),
  },
  {
    name: 'an error, a time limit, a cancelled query: it goes on',
    run: (context) =>
      using(context, { statement_timeout: 100 }, async (client) => {
        await fails(client.query('selekt'), /42601/);
        await fails(client.query('select pg_sleep(10)'), /57014/);
        await client.query('set statement_timeout = 0');
        const { rows } = await client.query('select pg_backend_pid() as pid');
        const sleeping = fails(client.query('select pg_sleep(10)'), /57014/);
        await using(context, {}, async (other) => {
          const cancel = () => other.query('select pg_cancel_backend($1)', [rows[0].pid]);
          // The first may come before the query does.
          const again = setInterval(() => cancel().catch(() => {}), 20);
          await sleeping.finally(() => clearInterval(again));
        });
        equal((await client.query('select 1 as one')).rows[0].one, 1);
      }),
  },
  {
    name: 'refused; a server that says nothing',
    async run(context) {
      const to = await deadAddress(freeAddress(context));
      await fails(
        using(context, { to }, () => {}),
        /ECONNREFUSED|ENOENT/,
      );
      const silent = await silentServer(freeAddress(context));
      const limited = { to: silent.where, connectionTimeoutMillis: 100 };
      await fails(
        using(context, limited, () => {}),
        /timeout expired/,
      );
      await silent.close();
    },
  },
  {
    name: 'its process is ended, and killed, amid a query',
    async run(context) {
      for (const end of [
        (pid, other) => other.query('select pg_terminate_backend($1)', [pid]),
        kill,
      ]) {
        await using(context, {}, async (other) => {
          const { Client } = context.require('pg');
          const client = new Client(options(context));
          await client.connect();
          const { rows } = await client.query('select pg_backend_pid() as pid');
          const told = new Promise((resolve) => client.on('error', resolve));
          const ended = once(client, 'end');
          const waiting = fails(client.query('select pg_sleep(20)'), /57P0|terminated|ECONNRESET/);
          await end(rows[0].pid, other);
          await Promise.all([waiting, told, ended]);
        }).catch((error) => {
          // All others are ended with one that was killed.
          if (end !== kill) throw error;
        });
      }
      await recovered(context);
    },
  },
];

/** Of a Unix socket it takes the folder, and a port for its name. */
function freeAddress({ sockets, transport }) {
  if (transport !== 'unix') return sockets.freeAddress();
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  return { folder, port: 1, path: join(folder, '.s.PGSQL.1') };
}

async function kill(pid) {
  process.kill(pid, 'SIGKILL');
}

/** It starts again by itself, and refuses until it has. */
async function recovered(context) {
  for (;;) {
    try {
      await using(context, {}, (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (!/57P0|ECONNRE|terminated/.test(`${error.code} ${error.message}`)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Into a table and out of it, the reader slower than the server. */
async function copies({ require }, client) {
  const { from, to } = require('pg-copy-streams');
  await client.query('create temporary table words (word text)');
  const line = Buffer.from(`${'word '.repeat(200)}\n`);
  const lines = Array.from({ length: 8192 }, () => line);
  await pipeline(Readable.from(lines), client.query(from('copy words from stdin')));
  const copied = client.query(to('copy words to stdout'));
  const { bytes } = await digestOf(copied);
  deepEqual(bytes, line.length * lines.length);
}
