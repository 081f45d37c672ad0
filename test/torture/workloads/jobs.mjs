// Work of every kind off the loop, beside that of pool.mjs: keys and digests by the host's OpenSSL
// and by its node:crypto, JavaScript jobs, compression, and another addon's jobs and watchers by
// include/rawloop.h. Each settles, with the right answer or with the reason.
import { createHash, scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { buildAddon } from '../build.mjs';

const require = createRequire(import.meta.url);
const ROUNDS = 6;
const CODE = `module.exports = ([name, value]) => {
  if (name === 'throws') throw Object.assign(new RangeError('mine'), { code: 'EMINE' });
  return value;
};`;
const TEXT = 'what is compressed '.repeat(500);
const BYTES = new Uint8Array(300).fill(2);
const COSTS = { cost: 16, blockSize: 1 };
const hex = (bytes) => Buffer.from(bytes).toString('hex');
const digest = createHash('sha256').update(TEXT).digest('hex');
const shake = createHash('shake128', { outputLength: 16 }).update(TEXT).digest('hex');
const key = scryptSync('secret', 'salt', 16, COSTS).toString('hex');

/** examples/native-job, once `prepare` has built it. */
let addon;

/** What an error is about: the failure, or that a thread which many share has met it. */
function tell(round, error) {
  if (/^ERR_WORKER_/.test(error.code)) round.tellBroad(error.cause ?? error);
  else round.tell(error);
}

function settle(round, name, work, isRight) {
  const unit = round.unit(name);
  let promise;
  try {
    promise = work();
  } catch (error) {
    tell(round, error);
    return unit.failed(error.code);
  }
  promise.then(
    (value) => unit.end(isRight(value), 'a wrong answer'),
    (error) => {
      if (error.code === 'EMINE') return unit.done();
      tell(round, error);
      unit.failed(error.code);
    },
  );
}

/** Another addon's sum, which tells of a refusal by -errno. */
async function sum(loop) {
  const result = await addon.sum(loop.nativeInterface, BYTES);
  if (result >= 0) return result;
  throw Object.assign(new Error('submit'), { errno: result, code: String(result) });
}

/** Another addon's watcher of a descriptor that is ready at once. */
function watchReady(round, loop) {
  const unit = round.unit('another addon watches');
  const { eventfd, close } = round.raw;
  const fd = round.quietly(() => eventfd(1));
  const end = (why) => {
    round.quietly(() => close(fd));
    unit.end(why === undefined, why);
  };
  const id = addon.watch(loop.nativeInterface, fd, () => {
    addon.unwatch(loop.nativeInterface, id);
    end();
  });
  if (id >= 0) return;
  round.tell(Object.assign(new Error('watch'), { errno: id }));
  end('refused');
}

export default {
  options: { poolSize: 2 },
  // As in pool.mjs.
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  prepare() {
    addon = require(buildAddon());
  },
  run(round, loop) {
    const { crypto } = loop;
    const workers = round.attempt(() => loop.workers({ code: CODE, size: 1, name: 'jobs' }));
    for (let i = 0; i < ROUNDS; i++) {
      settle(
        round,
        `hash ${i}`,
        () => crypto.hash('sha256', TEXT),
        (is) => is === digest,
      );
      settle(
        round,
        `shake ${i}`,
        () => crypto.hash('shake128', TEXT),
        (is) => is === shake,
      );
      settle(
        round,
        `scrypt ${i}`,
        () => crypto.scrypt('secret', 'salt', 16, COSTS),
        (is) => hex(is) === key,
      );
      settle(
        round,
        `random ${i}`,
        () => crypto.randomBytes(9),
        ({ length }) => length === 9,
      );
      settle(
        round,
        `gzip ${i}`,
        () => loop.zlib.gzip(TEXT),
        (is) => String(gunzipSync(is)) === TEXT,
      );
      settle(
        round,
        `native ${i}`,
        () => sum(loop),
        (is) => is === 600,
      );
      if (workers === undefined) continue;
      settle(
        round,
        `echo ${i}`,
        () => workers.run(['echo', { i }]),
        (is) => is.i === i,
      );
      settle(
        round,
        `throws ${i}`,
        () => workers.run(['throws']),
        () => false,
      );
    }
    watchReady(round, loop);
    round.whenAllEnded(() => workers?.close());
  },
};
