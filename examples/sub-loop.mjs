// A loop inside another: the descriptor of a poller can be waited for as any other. The inner loop's
// timers are no descriptor's: who turns it sets a timer of the outer loop for the next of them, or,
// as here, a timerfd does. The same way a C library's own epoll descriptor is watched.
import { check, EventLoop } from 'rawloop';
import * as raw from 'rawloop/raw';

const outer = new EventLoop();
const inner = new EventLoop();

// What the inner loop waits for: a pipe.
const [readEnd, writeEnd] = check(raw.pipe2(raw.constants.O_NONBLOCK), 'pipe2');
const reader = inner.watch(readEnd, { read: true }, () => {
  const bytes = new Uint8Array(64);
  const length = check(raw.read(readEnd, bytes), 'read');
  console.log('the inner loop read', Buffer.from(bytes.subarray(0, length)).toString());
  reader.close();
});

// Whenever it has something, one turn of it, which does not wait.
const turns = outer.watch(inner.poller.fd, { read: true }, () => {
  if (!inner.run('nowait')) turns.close();
});

outer.setTimeout(() => raw.write(writeEnd, Buffer.from('a byte or two')), 5);
setImmediate(() => {
  outer.run();
  inner.close();
  outer.close();
  raw.close(readEnd);
  raw.close(writeEnd);
  console.log('both are done');
});
