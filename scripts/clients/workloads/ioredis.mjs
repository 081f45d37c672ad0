// ioredis: given our sockets by a Connector.
import { deadAddress, silentServer } from '../sockets.mjs';
import { deepEqual, each, equal, fails, ok, once, randomBytes } from './support.mjs';

const PASSWORD = 'a password of this run';

function client({ require, sockets, where }, options = {}) {
  const { Redis, AbstractConnector } = require('ioredis');
  const to = options.to ?? where;
  class Connector extends AbstractConnector {
    constructor() {
      super(1000);
    }

    connect() {
      this.stream = sockets.open(to);
      this.stream.once('error', (error) => {
        this.firstError = error;
      });
      return Promise.resolve(this.stream);
    }
  }
  const own = sockets.isOurs ? { Connector } : { ...to, tls: sockets.tls };
  const { to: _, ...given } = options;
  const redis = new Redis({ password: PASSWORD, ...own, ...given });
  redis.on('error', () => {});
  return redis;
}

const once1 = { retryStrategy: null, maxRetriesPerRequest: 0 };

/** Also when the check has failed. */
async function using(context, options, use) {
  const redis = client(context, options);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
    if (redis.status !== 'end') await once(redis, 'end');
  }
}

export const checks = [
  {
    name: 'connect, authenticate, quit',
    async run(context) {
      const redis = client(context, { keepAlive: 1000 });
      equal(await redis.ping(), 'PONG');
      const ended = once(redis, 'end');
      equal(await redis.quit(), 'OK');
      await ended;
      await using(context, { ...once1, password: 'another' }, (other) =>
        fails(other.get('x'), /WRONGPASS|closed/),
      );
    },
  },
  {
    name: '20,000 commands in pipelines, 5,000 at once',
    run: (context) =>
      using(context, { enableAutoPipelining: false }, async (redis) => {
        await redis.del('n');
        await each(10, async () => {
          const pipeline = redis.pipeline();
          for (let i = 0; i < 2000; i++) pipeline.incr('n');
          const results = await pipeline.exec();
          ok(results.every(([error], i) => error === null && i < 2000));
        });
        equal(await redis.get('n'), '20000');
        const got = await each(5000, (i) => redis.echo(`${i}`));
        ok(got.every((text, i) => text === `${i}`));
        const done = await redis.multi().set('a', '1').incr('a').exec();
        deepEqual(done, [
          [null, 'OK'],
          [null, 2],
        ]);
      }),
  },
  {
    name: 'values of 16 MiB, 32 of 1 MiB at once',
    run: (context) =>
      using(context, {}, async (redis) => {
        const value = randomBytes(16 << 20);
        await redis.set('large', value);
        ok(value.equals(await redis.getBuffer('large')));
        await each(32, async (i) => {
          const part = value.subarray(i << 18, (i << 18) + (1 << 20));
          await redis.set(`part ${i}`, part);
          ok(part.equals(await redis.getBuffer(`part ${i}`)));
        });
        await redis.flushall();
      }),
  },
  {
    name: 'publish and subscribe, 5,000 messages; a scan',
    run: (context) =>
      using(context, {}, (redis) =>
        using(context, {}, async (subscriber) => {
          await subscriber.subscribe('news');
          const got = [];
          const all = new Promise((resolve) => {
            subscriber.on('message', (_, text) => {
              if (got.push(text) === 5000) resolve();
            });
          });
          await each(5000, (i) => redis.publish('news', `${i}`));
          await all;
          ok(got.every((text, i) => text === `${i}`));
          await redis.mset(
            Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, i])),
          );
          const keys = new Set();
          for await (const some of redis.scanStream({ match: 'k*' })) {
            for (const key of some) keys.add(key);
          }
          equal(keys.size, 3000);
        }),
      ),
  },
  {
    name: 'refused; a server that says nothing',
    async run(context) {
      const to = await deadAddress(context.sockets.freeAddress());
      await using(context, { ...once1, to }, async (redis) => {
        const failed = once(redis, 'error');
        await fails(redis.ping(), /closed|retries/i);
        ok(/ECONNREFUSED|ENOENT/.test((await failed).code));
      });
      const silent = await silentServer(context.sockets.freeAddress());
      const limits = { commandTimeout: 100, connectTimeout: 100, enableReadyCheck: false };
      await using(context, { ...once1, ...limits, to: silent.where }, (redis) =>
        fails(redis.ping(), /timed out|closed|ETIMEDOUT/),
      );
      await silent.close();
    },
  },
  {
    name: 'disconnect amid a large value',
    run: (context) =>
      using(context, {}, async (redis) => {
        await redis.set('large', randomBytes(16 << 20));
        await using(context, once1, async (other) => {
          await other.ping();
          const waiting = [other.getBuffer('large'), other.set('more', randomBytes(8 << 20))];
          const settled = Promise.allSettled(waiting);
          await new Promise(setImmediate);
          // Ends our side: what the server has sent by then may still be whole.
          other.disconnect();
          for (const { value, reason } of await settled) {
            ok(/closed/.test(reason?.message) || value === 'OK' || value.length === 16 << 20);
          }
        });
        await redis.flushall();
      }),
  },
  {
    name: 'the server is killed, and starts again',
    run: (context) =>
      using(context, { maxRetriesPerRequest: 0, retryStrategy: () => 50 }, async (redis) => {
        await redis.ping();
        const waiting = fails(redis.blpop('nothing', 0), /retries|closed/i);
        await context.kill();
        await waiting;
        const ready = once(redis, 'ready');
        await context.start();
        await ready;
        equal(await redis.ping(), 'PONG');
      }),
  },
];
