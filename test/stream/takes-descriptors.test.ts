// Descriptors are received for whoever could see them, and for nobody else. Each guard of
// lib/stream/takes-descriptors.ts was taken out once: without the look at the text (`return
// data.length > 2`) those of the first list get none that name no third parameter; without
// OTHER_WAYS so do those with `arguments` and a proxy, and with all taken for granted those of
// the second list get them. That `length` is looked at first only saves the look at the text.
import { describe, expect, it, vi } from 'vitest';
import type { DescriptorHandlers } from '../../lib/descriptor/stream.js';
import { constant } from '../../lib/raw/constants.js';
import type { ReceivedDescriptors } from '../../lib/stream/received.js';
import { takesDescriptors } from '../../lib/stream/takes-descriptors.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { streams } from './passing-support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

type Data = NonNullable<DescriptorHandlers['data']>;
type Seen = (fds: ReceivedDescriptors | undefined) => void;

/** Handlers that give what they are given as their third argument to `seen`. */
const TAKING: [string, (seen: Seen) => unknown][] = [
  ['three parameters', (seen) => (_: unknown, __: unknown, fds: never) => seen(fds)],
  [
    'a third with a default',
    (seen) =>
      (_: unknown, __: unknown, fds = undefined) =>
        seen(fds),
  ],
  [
    'a rest',
    (seen) =>
      (...all: never[]) =>
        seen(all[2]),
  ],
  [
    'a rest behind one',
    (seen) =>
      (_: unknown, ...rest: never[]) =>
        seen(rest[1]),
  ],
  [
    'arguments',
    (seen) =>
      function () {
        // biome-ignore lint/complexity/noArguments: what is tested
        seen(arguments[2]);
      },
  ],
  [
    'bound',
    (seen) => ((see: Seen, _: unknown, __: unknown, fds: never) => see(fds)).bind(null, seen),
  ],
  ['a proxy', (seen) => new Proxy(() => {}, { apply: (_, __, all: never[]) => seen(all[2]) })],
  ['a mock', (seen) => vi.fn((...all: never[]) => seen(all[2]))],
];

const PLAIN: [string, unknown][] = [
  ['one name', (socket: unknown) => socket],
  ['two', (socket: unknown, chunk: unknown) => [socket, chunk]],
  ['none', () => {}],
  ['async', async (socket: unknown, chunk: unknown) => [socket, chunk]],
  [
    'a function',
    function data(socket: unknown, chunk: unknown) {
      return [socket, chunk];
    },
  ],
  [
    'a method',
    {
      data(socket: unknown, chunk: unknown) {
        return [socket, chunk];
      },
    }.data,
  ],
  [
    'an async method',
    {
      async data(socket: unknown) {
        return socket;
      },
    }.data,
  ],
  ['nothing', undefined],
];

describe.each(DRIVE_MODES)('descriptors that come with bytes, %s', (mode) => {
  it.each(TAKING)('are there for a data handler with %s', async (_, make) => {
    const [reader] = opened.pipe();
    const counts: (number | undefined)[] = [];
    const data = make((fds) => counts.push(fds?.length)) as Data;
    const { sender } = streams(test.loop, opened, constant('SOCK_STREAM'), { data });
    sender.write('x', { fds: [reader, reader] });
    sender.end();
    await drive(test.loop, mode);
    expect(counts).toEqual([2]);
  });

  it('are closed by the kernel where nobody can see them, and the bytes are there', async () => {
    const [reader, writer] = opened.pipe();
    const texts: string[] = [];
    const data: Data = (_, chunk) => {
      texts.push(Buffer.from(chunk).toString());
    };
    const { sender } = streams(test.loop, opened, constant('SOCK_STREAM'), { data });
    sender.write('one', { fds: [writer] });
    sender.write('two');
    sender.end();
    await drive(test.loop, mode);
    expect(texts.join('')).toBe('onetwo');
    expect(isOpen(reader) && isOpen(writer)).toBe(true);
  });
});

it.each(PLAIN)('a handler that is %s sees none', (_, data) => {
  expect(takesDescriptors(data)).toBe(false);
});
