// Signals in a loop that owns its thread, where process.on('SIGUSR2') would never be
// called. A signal does not hold the loop: the interval does.
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

loop.onSignal('SIGTERM', () => console.log('SIGTERM: time to go'));

const sender = loop.setInterval(() => {
  process.kill(process.pid, 'SIGUSR2');
}, 20);

console.log(`waiting for ${onUsr2.signal}`);
loop.run();
loop.close();
console.log('nothing is left to wait for');
