// What `relay` refuses, each before anything is touched: both streams are as they were.
import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { fromDuplex, toDuplex } from '../../lib/node/index.js';
import { constant } from '../../lib/raw/constants.js';
import { relay } from '../../lib/relay/index.js';
import type { RelaySide } from '../../lib/relay/relay.js';
import { put } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { codeOf, fourOf } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

function codeOfThrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return codeOf(error);
  }
  return 'nothing was thrown';
}

it('anything but two streams of ours is ERR_INVALID_ARG_TYPE', () => {
  const { a } = fourOf(test.loop, opened, 'unix');
  const duplex = fromDuplex(new Duplex({ read() {}, write: (_, __, done) => done() }), {});
  for (const value of [undefined, null, 1, {}, test.loop, duplex]) {
    const other = value as unknown as RelaySide;
    expect(codeOfThrown(() => relay(a, other))).toBe('ERR_INVALID_ARG_TYPE');
    expect(codeOfThrown(() => relay(other, a))).toBe('ERR_INVALID_ARG_TYPE');
  }
  duplex.destroy();
});

it.each([
  [{ maxBytes: 0 }, 'ERR_OUT_OF_RANGE'],
  [{ maxBytes: 1.5 }, 'ERR_OUT_OF_RANGE'],
  [{ maxBytes: '1' }, 'ERR_INVALID_ARG_TYPE'],
  [{ idleTimeoutMs: 0 }, 'ERR_OUT_OF_RANGE'],
  [{ idleTimeoutMs: Number.NaN }, 'ERR_OUT_OF_RANGE'],
  [{ proxyHeader: 3 }, 'ERR_INVALID_ARG_VALUE'],
  [{ proxyHeader: true }, 'ERR_INVALID_ARG_VALUE'],
  [{ signal: {} }, 'ERR_INVALID_ARG_TYPE'],
  [{ signal: AbortSignal.abort() }, 'ABORT_ERR'],
  [null, 'ERR_INVALID_ARG_TYPE'],
])('options %o are %s', (options, code) => {
  const { a, b } = fourOf(test.loop, opened, 'unix');
  expect(codeOfThrown(() => relay(a, b, options as object))).toBe(code);
  relay(a, b).close();
});

it('the same stream, one of another loop, one of records and one of bytes are refused', () => {
  const { a, b } = fourOf(test.loop, opened, 'unix');
  const other = new EventLoop();
  const elsewhere = fourOf(other, opened, 'unix');
  const refused = 'ERR_INVALID_ARG_VALUE';
  expect(codeOfThrown(() => relay(a, a))).toBe(refused);
  expect(codeOfThrown(() => relay(a, elsewhere.b))).toBe(refused);
  if (process.platform === 'linux') {
    const [records] = opened.pair(constant('SOCK_SEQPACKET'));
    expect(codeOfThrown(() => relay(a, test.loop.stream(records, {}, {})))).toBe(refused);
  }
  relay(a, b).close();
  other.close();
});

it('what is closed, or has a relay, a Duplex or an iterator already, is refused', () => {
  const { a, b } = fourOf(test.loop, opened, 'unix');
  const more = fourOf(test.loop, opened, 'unix');
  const first = relay(a, b);
  expect(codeOfThrown(() => relay(more.a, a))).toBe('ERR_INVALID_STATE');
  expect(codeOfThrown(() => toDuplex(a))).toBe('ERR_INVALID_STATE');
  expect(codeOfThrown(() => b[Symbol.asyncIterator]())).toBe('ERR_INVALID_STATE');
  first.close();
  expect(codeOfThrown(() => relay(more.a, a))).toBe('ERR_HANDLE_CLOSED');
  const duplex = toDuplex(more.a);
  expect(codeOfThrown(() => relay(more.a, more.b))).toBe('ERR_INVALID_STATE');
  duplex.destroy();
  const [fd] = opened.pair();
  const iterated = test.loop.stream(fd);
  iterated[Symbol.asyncIterator]();
  expect(codeOfThrown(() => relay(iterated, more.b))).toBe('ERR_INVALID_STATE');
});

// With `giveBack` in `stop` alone, and for what is open, the Duplex is refused: a relay has the stream still.
it('what a relay has closed, or was closed before stop(), gives a Duplex that is destroyed', async () => {
  const closed = fourOf(test.loop, opened, 'unix');
  relay(closed.a, closed.b).close();
  const stopped = fourOf(test.loop, opened, 'unix');
  const second = relay(stopped.a, stopped.b);
  stopped.a.destroy();
  second.stop();
  const early = toDuplex(stopped.a);
  stopped.b.destroy();
  await drive(test.loop);
  const duplexes = [early, ...[closed.a, closed.b, stopped.b].map((stream) => toDuplex(stream))];
  await new Promise(setImmediate);
  expect(duplexes.map(({ destroyed }) => destroyed)).toEqual([true, true, true, true]);
});

it('two halves of which none takes what the other gives are refused', () => {
  const [first, second] = [opened.pipe(), opened.pipe()];
  const readers = [first, second].map(([fd]) => test.loop.stream(fd, {}, {}));
  expect(codeOfThrown(() => relay(readers[0] as RelaySide, readers[1] as RelaySide))).toBe(
    'ERR_INVALID_STATE',
  );
});

it('what was refused goes on as it was', async () => {
  const told: string[] = [];
  const data = (_: unknown, chunk: Uint8Array) => void told.push(Buffer.from(chunk).toString());
  const { near, a } = fourOf(test.loop, opened, 'unix', { a: { data } });
  expect(codeOfThrown(() => relay(a, a))).toBe('ERR_INVALID_ARG_VALUE');
  put(near, 'for its own handlers');
  test.loop.setTimeout(() => test.loop.stop(), 5);
  await drive(test.loop);
  expect(told).toEqual(['for its own handlers']);
});
