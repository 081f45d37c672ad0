// A pool that the loop was given: bound to a processor, with lanes of limits and priorities, of
// threads that end when they have nothing to do, of more and fewer of them.
import { pbkdf2Sync } from 'node:crypto';

const ROUNDS = 4;
const EACH = 10;
const key = pbkdf2Sync('secret', 'salt', 10, 16, 'sha256').toString('hex');

let pool;

export default {
  options({ rawloop }) {
    pool = new rawloop.ThreadPool({
      ...{ size: 3, idleMs: 1, maxQueued: 1000, processors: [0] },
      lanes: { fs: { limit: 2, priority: 3 }, crypto: { limit: 1, maxQueued: 500 } },
    });
    return { pool, inlineFiles: false };
  },
  // An eventfd that is full wakes its reader, and nothing else befalls one.
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  run(round, loop) {
    const settle = async (name, work, isRight) => {
      const unit = round.unit(name);
      try {
        unit.end(isRight(await work()), 'a wrong answer');
      } catch (error) {
        round.tell(error);
        unit.failed(error.code);
      }
    };
    const isFolder = (stats) => stats.isDirectory();
    const isKey = (bytes) => Buffer.from(bytes).toString('hex') === key;
    const derive = () => loop.crypto.pbkdf2('secret', 'salt', 10, 16, 'sha256');
    const begin = (number) => {
      for (let i = 0; i < EACH; i++) {
        settle(`stat ${number} ${i}`, () => loop.fs.stat('/'), isFolder);
        settle(`key ${number} ${i}`, derive, isKey);
      }
      settle(
        `room ${number}`,
        () => loop.pool.drained('crypto'),
        () => true,
      );
    };
    const rounds = round.unit('all rounds');
    const next = (number) => {
      begin(number);
      loop.pool.resize(1 + (number % 3));
      if (number === ROUNDS) return rounds.done();
      // By then threads have ended.
      loop.setTimeout(() => next(number + 1), 6);
    };
    next(1);
    round.whenAllEnded(() => pool.close());
  },
};
