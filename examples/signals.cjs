// Signals in a loop that owns its thread, where process.on('SIGUSR2') would never be
// called: a native handler writes to a pipe that the loop reads.
const { EventLoop } = require('rawloop');

const loop = new EventLoop();

let came = 0;
const onUsr2 = loop.onSignal('SIGUSR2', (signal, handle) => {
  console.log(`${signal}, the ${['first', 'second', 'third'][came]} time`);
  if (++came < 3) return;
  // From here on the signal has its default action again.
  handle.close();
  loop.clearInterval(sender);
});

// Not referenced: it is heard while something else keeps the loop alive.
loop.onSignal('SIGTERM', () => console.log('SIGTERM: time to go')).unref();

const sender = loop.setInterval(() => {
  process.kill(process.pid, 'SIGUSR2');
}, 20);

console.log(`waiting for ${onUsr2.signal}`);
loop.run();
loop.close();
console.log('nothing is left to wait for');
