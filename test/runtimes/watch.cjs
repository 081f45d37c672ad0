// Any descriptor, whoever drives the loop.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { test } = require('./runner.cjs');
const { MODES, rawloop, raw, drive, pipe, runProgram } = require('./support.cjs');

const { EventLoop } = rawloop;

for (const mode of MODES) {
  test(`${mode}: a pipe is reported by level until it is read`, async () => {
    const loop = new EventLoop();
    const [readEnd, writeEnd] = pipe();
    raw.write(writeEnd, Buffer.from('abc'));
    let text = '';
    loop.watch(readEnd, { read: true }, (ready, watcher) => {
      assert.deepStrictEqual([ready.read, ready.write, ready.hangup], [true, false, false]);
      const one = new Uint8Array(1);
      assert.strictEqual(raw.read(readEnd, one), 1);
      text += String.fromCharCode(one[0]);
      if (text.length === 3) watcher.close();
    });
    await drive(loop, mode);
    assert.strictEqual(text, 'abc');
    loop.close();
    raw.close(readEnd);
    raw.close(writeEnd);
  });

  test(`${mode}: a closed writer is a hangup`, async () => {
    const loop = new EventLoop();
    const [readEnd, writeEnd] = pipe();
    const told = [];
    loop.watch(readEnd, { read: true }, (ready, watcher) => {
      told.push([ready.read, ready.hangup]);
      assert.strictEqual(raw.read(readEnd, new Uint8Array(1)), 0);
      watcher.close();
    });
    loop.setTimeout(() => raw.close(writeEnd), 5);
    await drive(loop, mode);
    // To read is how one finds out about the end: so it says that as well.
    assert.deepStrictEqual(told, [[true, true]]);
    loop.close();
    raw.close(readEnd);
  });
}

test('a descriptor that the host opened can be watched, and stays open', async () => {
  const loop = new EventLoop();
  const [readEnd, writeEnd] = pipe();
  raw.write(writeEnd, Buffer.from('x'));
  loop.watch(readEnd, { read: true }, (_ready, watcher) => watcher.close());
  await drive(loop, 'guest');
  loop.close();
  assert.strictEqual(raw.read(readEnd, new Uint8Array(1)), 1);
  raw.close(readEnd);
  raw.close(writeEnd);
});

test.unless(
  process.platform !== 'linux' && 'a kqueue takes regular files',
  'a regular file is refused with EPERM',
  () => {
    const loop = new EventLoop();
    const fd = fs.openSync(__filename, 'r');
    assert.throws(() => loop.watch(fd, { read: true }, () => {}), { code: 'EPERM' });
    fs.closeSync(fd);
    loop.close();
  },
);

test('a watcher keeps the process alive, unless it is unreferenced', () => {
  const { status, said } = runProgram(`
    const [a, b] = [raw.pipe2(), raw.pipe2()];
    watch(a[0], { read: true }, () => {}).unref();
    watch(b[0], { read: true }, (_ready, watcher) => { say('read'); watcher.close(); });
    setTimeout(() => raw.write(b[1], Buffer.from('x')), 20);`);
  assert.deepStrictEqual([status, said], [0, ['read']]);
});
