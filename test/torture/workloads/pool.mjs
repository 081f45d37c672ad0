// Blocking work on the loop's own threads: every promise settles, with the right answer
// or with the reason.
import { pbkdf2Sync } from 'node:crypto';
import { readlinkSync, statSync } from 'node:fs';

const STATS = 60;
const KEYS = 8;
const { ino } = statSync('/proc/self/exe');
const program = readlinkSync('/proc/self/exe');
const key = pbkdf2Sync('secret', 'salt', 10, 16, 'sha256').toString('hex');

function settle(round, name, work, isRight) {
  const unit = round.unit(name);
  let promise;
  try {
    promise = work();
  } catch (error) {
    round.tell(error);
    return unit.failed(error.code);
  }
  promise.then(
    (value) => unit.end(isRight(value), 'a wrong answer'),
    (error) => {
      round.tell(error);
      unit.failed(error.code);
    },
  );
}

export default {
  // What is refused on the loop's thread a thread of the pool does: of this it would be told nothing.
  options: { poolSize: 3, inlineFiles: false },
  // An eventfd that is full wakes its reader, and nothing else befalls one.
  only: { write: ['EINTR'], read: ['EINTR', 'EAGAIN'] },
  run(round, loop) {
    const isFile = (stats) => stats.ino === ino;
    const isKey = (bytes) => Buffer.from(bytes).toString('hex') === key;
    const isProgram = (text) => text === program;
    const isNothing = (value) => value === undefined;
    const derive = () => loop.crypto.pbkdf2('secret', 'salt', 10, 16, 'sha256');
    const begin = (count) => {
      for (let i = 0; i < count; i++) {
        settle(round, `stat ${i}`, () => loop.fs.stat(process.execPath), isFile);
        const link = '/proc/self/exe';
        settle(round, `link ${i}`, () => loop.fs.readlink(link), isProgram);
        settle(round, `access ${i}`, () => loop.fs.access(process.execPath, 4), isNothing);
      }
    };
    begin(STATS / 2);
    for (let i = 0; i < KEYS; i++) settle(round, `key ${i}`, derive, isKey);
    // Some more when threads have gone to sleep.
    const later = round.unit('a timer between');
    loop.setTimeout(() => {
      begin(STATS / 2);
      later.done();
    }, 5);
    round.whenAllEnded(() => {});
  },
};
