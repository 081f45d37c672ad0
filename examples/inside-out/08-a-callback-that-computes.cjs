// A loop has one thread: while a callback computes, nobody else is served. Lessons often
// show it with 5 seconds; 1 second teaches the same. What the loop says about it stands in
// loop.metrics() and, while it happens, on the channel rawloop:blocked.
const { subscribe } = require('node:diagnostics_channel');
const { EventLoop } = require('rawloop');

const COMPUTE_MS = 1000;
const TICK_MS = 50;
const loop = new EventLoop({ blockedMs: 200 });

subscribe('rawloop:blocked', ({ callback, phase, durationMs, limitMs }) => {
  const took = `${Math.round(durationMs)} ms, the limit is ${limitMs}`;
  console.log(`rawloop:blocked  '${callback}' in the ${phase} phase took ${took}`);
});

// Everyone else: a timer every 50 ms, and a client that asks an echo server each time it
// has its answer.
const gapsMs = [];
let lastMs = performance.now();
const ticker = loop.setInterval(function tick() {
  gapsMs.push(performance.now() - lastMs);
  lastMs = performance.now();
}, TICK_MS);

const roundTripsMs = [];
let askedMs = 0;
const ask = (socket) => {
  askedMs = performance.now();
  socket.write('ping');
};
const echo = { data: (socket, chunk) => socket.write(chunk) };
const server = loop.listen({ host: '127.0.0.1', port: 0 }, echo);
const client = loop.connect(server.address, {
  open: ask,
  data(socket) {
    roundTripsMs.push(performance.now() - askedMs);
    ask(socket);
  },
});

// The culprit. Work like this belongs in the pool (loop.pool), in a Worker, or in pieces.
loop.setTimeout(function compute() {
  const endMs = performance.now() + COMPUTE_MS;
  while (performance.now() < endMs);
}, 500);
loop.setTimeout(() => {
  ticker.close();
  client.destroy();
  server.destroy();
}, 2000);
loop.run();

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1].toFixed(2);
const most = (list) => Math.round(Math.max(...list));
console.log(`ticks: every ${median(gapsMs)} ms as a rule, once after ${most(gapsMs)} ms`);
console.log(`       ${gapsMs.length} in 2 s of ${2000 / TICK_MS}: missed ones do not pile up`);
console.log(`echo:  in ${median(roundTripsMs)} ms as a rule, once in ${most(roundTripsMs)} ms`);
const { longestCallback, longestCallbackMs, loopTime } = loop.metrics();
const [usualMs, maxMs] = [loopTime.p50Ms.toFixed(3), Math.round(loopTime.maxMs)];
console.log(`loop.metrics()   '${longestCallback}' took longest, ${longestCallbackMs | 0} ms`);
console.log(`                 an iteration took ${usualMs} ms (median), ${maxMs} ms at most`);
loop.close();
