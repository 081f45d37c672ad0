// Trap 7: who waits by edges and takes a short read for an empty descriptor is not
// told of the rest. And of a pipe a full buffer is not all that there was.
//
// With one read instead of reads until EAGAIN in the pipe waker's acknowledge: a
// burst of more wake-ups than its buffer has bytes ends more than one wait.
import { expect, it } from 'vitest';
import { createPoller } from '../../lib/poller/index.js';
import * as raw from '../../lib/raw/index.js';
import { found, isReadable, WAKERS, withWaker } from '../poller/support.js';
import { put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';
import { usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

it.each(WAKERS[usedBackend])('a burst of wake-ups ends one wait (%s)', (waker) => {
  const poller = withWaker(waker, () => createPoller());
  for (const burst of [1, 511, 512, 513, 5000, 100_000]) {
    for (let i = 0; i < burst; i++) poller.notify();
    expect(found(poller, -1).size).toBe(0);
    expect(isReadable(poller.fd), `after ${burst}`).toBe(false);
  }
  poller.close();
});

it('a watcher by edges hears of the rest when it asks again by modify', async () => {
  const [readEnd, writeEnd] = opened.pipe();
  let text = '';
  test.loop.watch(readEnd, { read: true, edge: true }, (_, self) => {
    const one = new Uint8Array(1);
    if (raw.read(readEnd, one) === 1) text += String.fromCharCode(one[0] as number);
    if (text.length === 5) self.close();
    else self.modify({ read: true, edge: true });
  });
  put(writeEnd, 'hello');
  await run(test.loop);
  expect(text).toBe('hello');
});

it('a watcher by edges that reads until EAGAIN misses nothing', async () => {
  const [readEnd, writeEnd] = opened.pipe();
  let text = '';
  test.loop.watch(readEnd, { read: true, edge: true }, (_, self) => {
    text += take(readEnd);
    if (text.length === 30) self.close();
    else put(writeEnd, 'more of it');
  });
  put(writeEnd, 'more of it');
  await run(test.loop);
  expect(text).toBe('more of it'.repeat(3));
});
