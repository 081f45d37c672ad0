// A test runner of a screenful, for hosts on which vitest does not run. A suite is a
// program: it declares its tests, they run one after another, and it ends by itself; a
// hang is seen by scripts/test-runtimes.mjs, which also reads the last line.
'use strict';

const LIMIT_MS = 30_000;

const declared = [];
const counts = { passed: 0, failed: 0, skipped: 0 };

/** Declares a test. Its synchronous part runs in no promise's callback: it may `run()`. */
function test(name, body) {
  if (declared.length === 0) setImmediate(runNext);
  declared.push({ name, body });
}

/** Declares a test that this host cannot pass, and says why. No `why`: it runs. */
test.unless = (why, name, body) => {
  test(name, body);
  if (why) declared[declared.length - 1].why = why;
};

function say(result, name, note) {
  counts[result] += 1;
  const label = { passed: 'ok     ', failed: 'FAILED ', skipped: 'skipped' }[result];
  console.log(`${label}  ${name}${note ? `: ${note}` : ''}`);
}

async function runNext() {
  const next = declared.shift();
  if (next === undefined) return finish();
  const { name, body, why } = next;
  if (why !== undefined) say('skipped', name, why);
  else await runOne(name, body);
  setImmediate(runNext);
}

async function runOne(name, body) {
  let limit;
  const tooLong = new Promise((_resolve, reject) => {
    limit = setTimeout(() => reject(new Error(`not done after ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    // Called here and not after an await, for tests that run a loop at once.
    await Promise.race([body(), tooLong]);
    say('passed', name);
  } catch (error) {
    say('failed', name, error?.stack ?? String(error));
  } finally {
    clearTimeout(limit);
  }
}

function finish() {
  console.log(JSON.stringify(counts));
  if (counts.failed > 0) process.exitCode = 1;
}

module.exports = { test };
