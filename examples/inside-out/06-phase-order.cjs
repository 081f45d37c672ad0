// One iteration of the loop is a list of phases, always in this order. Everything is asked
// for here in the opposite order, so nothing but the phases puts it in line. And between
// any two callbacks: nextTick callbacks first, then promises.
const { EventLoop } = require('rawloop');
const { check, close, constants, eventfd } = require('rawloop/raw');

const loop = new EventLoop();
const readable = check(eventfd(1, constants.EFD_NONBLOCK), 'eventfd');

let line = 0;
const say = (text) => console.log(`${String(++line).padStart(2)}  ${text}`);

/** Says its phase; asks for a promise first and for a tick second. */
const says = (phase, what) => () => {
  say(`${phase.padEnd(10)} ${what}`);
  Promise.resolve().then(() => say(`             promise from ${phase}`));
  loop.nextTick(() => say(`             nextTick from ${phase}`));
};

// A socket that is destroyed says so in the closing phase.
const server = loop.listen({ host: '127.0.0.1', port: 0 }, {}).unref();
loop.connect(server.address, { close: says('closing', 'a socket is gone') }).destroy();
loop.setImmediate(says('check', 'an immediate'));
const hooks = [
  loop.check(says('check', 'a hook')),
  loop.prepare(says('prepare', 'a hook')),
  loop.idle(says('idle', 'a hook')),
];
loop.watch(readable, { read: true }, (_ready, watcher) => {
  says('poll', 'a descriptor is readable')();
  watcher.close();
});
loop.setTimeout(says('timers', 'due at once'), 0);

console.log('The first iteration:');
loop.run('once');

// Asked for from within: this phase is over for what it asks of itself.
for (const hook of hooks) hook.close();
console.log('What callbacks ask for:');
loop.setImmediate(() => {
  say('check      asks for a timer of 0 ms and for another immediate');
  loop.setTimeout(() => say('timers     the next iteration begins with it'), 0);
  loop.setImmediate(() => say('check      in the next iteration too, after the timer'));
});
loop.run('nowait');
loop.run('nowait');

loop.close();
close(readable);
