// mysql2: given our sockets by `stream`.
import { Readable } from 'node:stream';
import { deadAddress, silentServer } from '../sockets.mjs';
import { deepEqual, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const PASSWORD = 'a password of this run';

function options({ sockets, where }, given = {}) {
  const { to = where, ...rest } = given;
  return {
    ...(to.path === undefined ? to : { socketPath: to.path }),
    ...{ user: 'rawloop', password: PASSWORD, database: 'rawloop' },
    ...(sockets.isOurs && { stream: () => sockets.plain(to) }),
    ...(sockets.tls && { ssl: { ca: sockets.tls.ca } }),
    ...rest,
  };
}

async function using(context, given, use) {
  const { createConnection } = context.require('mysql2/promise');
  const connection = await createConnection(options(context, given));
  connection.on('error', () => {});
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

async function usingPool(context, use) {
  const { createPool } = context.require('mysql2/promise');
  const pool = createPool({ ...options(context), connectionLimit: 4 });
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

export const checks = [
  {
    name: 'connect, authenticate, end',
    async run(context) {
      await using(context, { enableKeepAlive: true }, async (connection) => {
        await connection.ping();
        const [[{ Value }]] = await connection.query("show status like 'Ssl_cipher'");
        equal(Value !== '', context.transport === 'tls');
      });
      await fails(
        using(context, { password: 'another' }, () => {}),
        /ER_ACCESS_DENIED_ERROR/,
      );
    },
  },
  {
    name: '4,000 queries over a pool of 4, prepared and not',
    run: (context) =>
      usingPool(context, async (pool) => {
        const sums = await each(4000, async (i) => {
          const [[{ sum }]] = await (i % 2 === 0
            ? pool.query('select ? + 1 as sum', [i])
            : pool.execute('select cast(? as int) + 1 as sum', [i]));
          return sum;
        });
        ok(sums.every((sum, i) => sum === i + 1));
      }),
  },
  {
    name: '16 MiB in 20,000 rows; a parameter of 8 MiB; compressed',
    async run(context) {
      for (const compress of [false, true]) {
        await using(context, { compress }, async (connection) => {
          const count = compress ? 2000 : 20_000;
          const [rows] = await connection.query(
            `select seq, repeat('x', 800) as text from seq_1_to_${count}`,
          );
          ok(rows.length === count && rows.every(({ text }) => text.length === 800));
          // What is compressed takes long at either end.
          const bytes = randomBytes(compress ? 1 << 20 : 8 << 20);
          const [[{ back }]] = await connection.execute('select ? as back', [bytes]);
          ok(bytes.equals(back));
          const [[{ same }]] = await connection.query('select ? = ? as same', [bytes, bytes]);
          equal(same, 1);
        });
      }
    },
  },
  {
    name: 'rows as a stream that waits; LOAD DATA of 8 MiB',
    run: (context) =>
      using(context, {}, async ({ connection }) => {
        const rows = connection
          .query("select seq, repeat('y', 1000) as text from seq_1_to_10000")
          .stream({ highWaterMark: 10 });
        let count = 0;
        for await (const { seq } of rows) {
          equal(seq, ++count);
          if (count % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
        }
        equal(count, 10_000);
        const { query } = promised(connection);
        await query('create temporary table words (word text)');
        const line = Buffer.from(`${'word '.repeat(200)}\n`);
        const infileStreamFactory = () => Readable.from(Array.from({ length: 8192 }, () => line));
        await query({ sql: "load data local infile 'x' into table words", infileStreamFactory });
        const [{ total }] = await query('select sum(length(word) + 1) as total from words');
        deepEqual(Number(total), line.length * 8192);
      }),
  },
  {
    name: 'an error, a time limit: it goes on',
    run: (context) =>
      using(context, {}, async (connection) => {
        await fails(connection.query('selekt'), /ER_PARSE_ERROR/);
        await fails(
          connection.query('set statement max_statement_time = 0.1 for select sleep(10)'),
          /max_statement_time/,
        );
        const [[{ one }]] = await connection.query('select 1 as one');
        equal(one, 1);
      }),
  },
  {
    name: 'refused; a server that says nothing',
    async run(context) {
      const to = await deadAddress(context.sockets.freeAddress());
      await fails(
        using(context, { to }, () => {}),
        /ECONNREFUSED|ENOENT/,
      );
      const silent = await silentServer(context.sockets.freeAddress());
      await fails(
        using(context, { to: silent.where, connectTimeout: 100 }, () => {}),
        /ETIMEDOUT/,
      );
      await silent.close();
    },
  },
  {
    name: 'destroy amid a large result',
    run: (context) =>
      using(context, {}, async (other) => {
        const { createConnection } = context.require('mysql2');
        const connection = createConnection(options(context));
        await once(connection, 'connect');
        const rows = connection.query("select repeat('z', 1000) from seq_1_to_100000").stream();
        await once(rows, 'data');
        const closed = once(connection.stream, 'close');
        connection.destroy();
        await closed;
        await other.ping();
      }),
  },
  {
    name: 'KILL, and the server killed, amid a query',
    async run(context) {
      const { createConnection } = context.require('mysql2');
      for (const isWhole of [false, true]) {
        const connection = createConnection(options(context));
        connection.on('error', () => {});
        await once(connection, 'connect');
        const lost = fails(
          promised(connection).query('select sleep(20)'),
          /PROTOCOL_CONNECTION_LOST|ECONNRESET|EPIPE|ER_/,
        );
        if (isWhole) await context.kill();
        else await using(context, {}, (other) => other.query(`kill ${connection.threadId}`));
        await lost;
        connection.destroy();
      }
      await context.start();
      await using(context, {}, (connection) => connection.ping());
    },
  },
];

function promised(connection) {
  return {
    query: (what) =>
      new Promise((resolve, reject) => {
        connection.query(what, (error, rows) => (error ? reject(error) : resolve(rows)));
      }),
  };
}
