// The poller contract, the part that every backend keeps, on this host: the plain and
// the checked poller, woken by the platform's own waker and by a pipe.
'use strict';
const assert = require('node:assert');
const { test } = require('./runner.cjs');
const { rawloop, raw, pipe, countDescriptors } = require('./support.cjs');

const { createPoller, Interest, Ready, ReadyList } = rawloop;

/** Ready bits by token of one wait. */
function found(poller, timeoutMs = 0) {
  const ready = new ReadyList(16);
  const count = poller.wait(ready, timeoutMs);
  return Array.from({ length: count }, (_, i) => [ready.token(i), ready.events(i)]);
}

function withPoller(name, waker, body) {
  return () => {
    const before = process.env.RAWLOOP_WAKER;
    if (waker !== undefined) process.env.RAWLOOP_WAKER = waker;
    const poller = createPoller(name);
    if (before === undefined) delete process.env.RAWLOOP_WAKER;
    else process.env.RAWLOOP_WAKER = before;
    const [readEnd, writeEnd] = pipe();
    try {
      body(poller, readEnd, writeEnd);
    } finally {
      poller.close();
      raw.close(readEnd);
      raw.close(writeEnd);
    }
  };
}

const CONTRACT = {
  'a condition is reported for as long as it holds': (poller, readEnd, writeEnd) => {
    poller.add(readEnd, { read: true }, 7);
    assert.deepStrictEqual(found(poller), []);
    raw.write(writeEnd, Buffer.from('x'));
    assert.deepStrictEqual(found(poller, -1), [[7, Ready.READ]]);
    assert.deepStrictEqual(found(poller), [[7, Ready.READ]]);
    raw.read(readEnd, new Uint8Array(8));
    assert.deepStrictEqual(found(poller), []);
  },
  'an edge is reported once for each change': (poller, readEnd, writeEnd) => {
    poller.add(readEnd, { read: true, edge: true }, 1);
    raw.write(writeEnd, Buffer.from('x'));
    assert.strictEqual(found(poller).length, 1);
    assert.strictEqual(found(poller).length, 0);
    raw.write(writeEnd, Buffer.from('x'));
    assert.strictEqual(found(poller).length, 1);
  },
  'a oneshot is reported once, and again after modify': (poller, readEnd, writeEnd) => {
    raw.write(writeEnd, Buffer.from('x'));
    poller.add(readEnd, { read: true, oneshot: true }, 1);
    assert.strictEqual(found(poller).length, 1);
    assert.strictEqual(found(poller).length, 0);
    poller.modify(readEnd, { read: true, oneshot: true }, 2);
    assert.deepStrictEqual(found(poller), [[2, Ready.READ]]);
  },
  'a token of 53 bits comes back exactly': (poller, _readEnd, writeEnd) => {
    poller.add(writeEnd, Interest.WRITE, 2 ** 53 - 2);
    assert.deepStrictEqual(found(poller), [[2 ** 53 - 2, Ready.WRITE]]);
  },
  'a hangup is reported whatever was asked for': (poller, _readEnd, writeEnd) => {
    const [otherRead, otherWrite] = pipe();
    poller.add(otherRead, Interest.READ, 3);
    raw.write(otherWrite, Buffer.from('x'));
    raw.close(otherWrite);
    assert.deepStrictEqual(found(poller, -1), [[3, Ready.READ | Ready.HANGUP]]);
    poller.delete(otherRead);
    raw.close(otherRead);
    assert.strictEqual(raw.write(writeEnd, Buffer.from('x')), 1);
  },
  'the same descriptor twice is EEXIST, an unknown one ENOENT': (poller, readEnd, writeEnd) => {
    poller.add(readEnd, Interest.READ, 1);
    assert.throws(() => poller.add(readEnd, Interest.READ, 2), { code: 'EEXIST' });
    assert.throws(() => poller.modify(writeEnd, Interest.WRITE, 2), { code: 'ENOENT' });
    assert.strictEqual(poller.delete(readEnd), true);
  },
  'notify ends a wait that is under way or comes next, once': (poller) => {
    poller.notify();
    assert.deepStrictEqual(found(poller, -1), []);
    assert.deepStrictEqual(found(poller, 1), []);
  },
};

const VARIANTS = [
  ['plain', undefined, undefined],
  ['checked', 'checked', undefined],
  ['plain, woken by a pipe', undefined, 'pipe'],
];

for (const [variant, name, waker] of VARIANTS) {
  for (const [what, body] of Object.entries(CONTRACT)) {
    test(`${variant}: ${what}`, withPoller(name, waker, body));
  }
}

test('a poller that is closed leaves nothing', () => {
  createPoller().close();
  const before = countDescriptors();
  for (let i = 0; i < 20; i++) createPoller(i % 2 ? 'checked' : undefined).close();
  assert.strictEqual(countDescriptors(), before);
});
