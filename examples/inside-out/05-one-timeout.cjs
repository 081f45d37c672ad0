// A program has many timers, and epoll_wait takes one timeout. So timers are kept sorted:
// the wait lasts until the first is due, and then all that are due run. No thread sleeps
// for a timer, and the kernel knows nothing of the others.
const { createPoller, ReadyList } = require('rawloop');

/** Waiting timers, the next one first. A real loop keeps a heap: see lib/loop/time/timers.ts. */
const timers = [];
const startMs = performance.now();

function setTimer(ms, callback) {
  const dueMs = performance.now() + ms;
  const later = timers.findIndex((other) => other.dueMs > dueMs);
  timers.splice(later < 0 ? timers.length : later, 0, { ms, dueMs, callback });
}

// Started in no order at all.
const done = [];
for (const ms of [300, 40.5, 120, 0, 120, 7]) setTimer(ms, () => done.push(ms));
setTimer(60, () => {
  done.push(60);
  setTimer(30, () => done.push('60 + 30'));
});

const poller = createPoller();
const ready = new ReadyList(8);
let waits = 0;
console.log('   at ms   wait for    waited   timers left');
while (timers.length > 0) {
  // The only number that the kernel gets. 0: something is due, so do not wait.
  const beginMs = performance.now();
  const timeoutMs = Math.max(0, timers[0].dueMs - beginMs);
  poller.wait(ready, timeoutMs);
  waits++;
  const nowMs = performance.now();
  const row = [beginMs - startMs, timeoutMs, nowMs - beginMs].map((ms) => ms.toFixed(2));
  console.log(`${row.map((text) => text.padStart(8)).join('  ')}   ${timers.length}`);
  while (timers.length > 0 && timers[0].dueMs <= nowMs) timers.shift().callback();
}
console.log(`${done.length} timers, ${waits} waits, in this order: ${done.join(', ')}`);
console.log(
  poller.supports.submillisecond
    ? 'This kernel waits for fractions of a millisecond (epoll_pwait2).'
    : 'This kernel waits for whole milliseconds only: fractions are rounded up.',
);
poller.close();
