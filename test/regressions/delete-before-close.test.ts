// Trap 3: a delete that is put off until after the close of the descriptor. By then
// the number may be another descriptor's, whose registration goes instead; or a
// duplicate keeps the old one reporting.
//
// With the delete of Handle's stop put off to the next phase: the second watcher here
// is never called, and the poller of the second test has to be rebuilt.
import { expect, it } from 'vitest';
import { isReadable } from '../poller/support.js';
import { put } from '../support/bytes.js';
import { duplicate, guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

it('a number that is closed and watched anew in one callback is watched', async () => {
  const [readEnd, writeEnd] = opened.pipe();
  let told = 0;
  test.loop.watch(readEnd, { read: true }, (_, self) => {
    self.close();
    opened.close(readEnd, writeEnd);
    const [againRead, againWrite] = opened.pipe();
    expect([againRead, againWrite]).toContain(readEnd);
    const again = test.loop.watch(againRead, { read: true }, () => {
      told++;
      again.close();
    });
    test.loop.setTimeout(() => put(againWrite), 5);
    // Without this the loop would wait for ever, were it not told.
    test.loop.setTimeout(() => again.close(), 20_000).unref();
  });
  put(writeEnd);
  await drive(test.loop);
  expect(told).toBe(1);
});

it('a descriptor that is closed right after its watcher leaves nothing behind', async () => {
  const [readEnd, writeEnd] = opened.pipe();
  opened.keep(duplicate(readEnd));
  const before = test.loop.poller.fd;
  test.loop.watch(readEnd, { read: true }, (_, self) => {
    self.close();
    opened.close(readEnd);
    expect(isReadable(before)).toBe(false);
  });
  put(writeEnd);
  await drive(test.loop);
  expect(test.loop.poller.fd).toBe(before);
});
