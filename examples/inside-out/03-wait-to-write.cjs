// write(2) copies into a buffer of the kernel. When the reader is slow that buffer is full,
// and a socket that must not wait says EAGAIN. Then the rest has to be kept, and sent when
// the kernel reports that the socket is writable: that is what backpressure rests on.
const { EventLoop } = require('rawloop');
const { check, close, constants, read, socketpair, write } = require('rawloop/raw');

const { AF_UNIX, EAGAIN, SOCK_NONBLOCK, SOCK_STREAM } = constants;
const [near, far] = check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK), 'socketpair');
const chunk = Buffer.alloc(4096, 'x');

let written = 0;
let result = write(near, chunk);
for (; result > 0; result = write(near, chunk)) written += result;
console.log(`the kernel took ${written} bytes, then said ${result} (EAGAIN is ${EAGAIN})`);

// Trying again does not help: it only burns the processor.
let refusals = 0;
const endMs = performance.now() + 20;
while (performance.now() < endMs) if (write(near, chunk) === -EAGAIN) refusals++;
console.log(`tried again for 20 ms: refused ${refusals} times`);

// Waiting does. The reader wakes up after 200 ms and takes everything.
const loop = new EventLoop();
const startMs = performance.now();
loop.setTimeout(function readAll() {
  const bytes = Buffer.alloc(65536);
  let taken = 0;
  for (let count = read(far, bytes); count > 0; count = read(far, bytes)) taken += count;
  console.log(`the reader took ${taken} bytes`);
}, 200);
loop.watch(near, { write: true }, function writable(_ready, watcher) {
  const ms = (performance.now() - startMs).toFixed(1);
  console.log(`writable after ${ms} ms; write now says ${write(near, chunk)}`);
  watcher.close();
});
loop.run();
const { idleMs, waits } = loop.metrics();
console.log(`the loop slept ${idleMs.toFixed(1)} ms meanwhile, in ${waits} waits`);

// Ask only while something is left to write: a socket with room is always writable.
let calls = 0;
const always = loop.watch(near, { write: true }, () => calls++);
loop.setTimeout(() => always.close(), 20);
loop.run();
console.log(`asked without need for 20 ms: called ${calls} times`);
loop.close();
for (const fd of [near, far]) close(fd);
