// Descriptors that go with the bytes of a Unix socket: what is sent, what comes, and that none
// is left open, whoever does not want it.
//
// Each guard was taken out once, and each time a descriptor was left that guardDescriptors or
// a count found: closeRest in deliver (lib/stream/input.ts); passed.drop in dispatch
// (lib/loop/poll-phase.ts), of what a handler of the same batch closed; passed.dropAll
// (lib/loop/drive.ts); dropStash. The handlers take all arguments: for one that cannot see
// them nothing is received. Without duplicate() what is queued is another file by the time
// that it is sent; without the marks of PassingQueue they come with other bytes.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { pattern, textOf } from '../support/bytes.js';
import {
  countDescriptors,
  guardDescriptors,
  isCloseOnExec,
  isOpen,
  Opened,
} from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop, run } from '../support/drive.js';
import { leadsTo, streams, TYPES } from './passing-support.js';

type Destroyed = { destroy(): void };

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();

describe.each(DRIVE_MODES)('descriptors, %s', (mode) => {
  describe.each(TYPES)('over a socket of type %s', (_, type) => {
    it('come with their bytes, close-on-exec, and are whose takes them', async () => {
      const [reader, writer] = opened.pipe();
      const got: unknown[] = [];
      let taken: number[] = [];
      const { sender } = streams(test.loop, opened, type, {
        data: (_, chunk, fds) => {
          got.push([textOf(chunk), fds?.length, fds?.truncated]);
          taken = fds?.take() ?? [];
          got.push(taken.map(isCloseOnExec), fds?.length, fds?.take());
        },
      });
      expect(sender.write('two', { fds: [writer, reader] })).toBe(true);
      sender.end();
      await drive(test.loop, mode);
      expect(got).toEqual([['two', 2, false], [true, true], 0, []]);
      const [itsWriter = -1, itsReader = -1] = taken;
      expect(raw.adopt(itsWriter)).toBe(0);
      opened.close(writer);
      expect(leadsTo(itsWriter, reader)).toBe(true);
      expect(raw.close(itsReader)).toBe(0);
    });

    it('go with the last bytes, by end', async () => {
      const [reader, writer] = opened.pipe();
      const counts: (number | undefined)[] = [];
      const { sender } = streams(test.loop, opened, type, {
        data: (_, __, fds) => counts.push(fds?.length),
      });
      expect(() => sender.end(undefined, { fds: [reader] })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' }),
      );
      sender.end('last', { fds: [reader, writer] });
      await drive(test.loop, mode);
      expect(counts).toEqual([2]);
    });

    it('may be closed by who sent them, at once, also while they wait', async () => {
      const [first, second] = [opened.pipe(), opened.pipe()];
      const came: number[] = [];
      const { sender, receiver } = streams(test.loop, opened, type, {
        data: (_, __, fds) => came.push(...(fds?.take() ?? [])),
      });
      receiver.pause();
      sender.write('one', { fds: [first[1]] });
      opened.close(first[1]);
      const filler = pattern(8192);
      while (sender.bufferedBytes === 0) sender.write(filler);
      sender.write('two', { fds: [second[1]] });
      opened.close(second[1]);
      sender.end(' and a last');
      // The same numbers, other files.
      opened.pipe();
      test.loop.setImmediate(() => receiver.resume());
      await drive(test.loop, mode);
      expect(came.map((fd, i) => leadsTo(fd, [first, second][i]?.[0] as number))).toEqual([
        true,
        true,
      ]);
    });

    it('come with the chunk that has the first of their bytes', async () => {
      const [reader] = opened.pipe();
      const came: [from: number, to: number, fds: number][] = [];
      let bytes = 0;
      const { sender, receiver } = streams(test.loop, opened, type, {
        data: (socket, chunk, fds) => {
          if (fds !== undefined) came.push([bytes, bytes + chunk.length, fds.length]);
          bytes += chunk.length;
          if (bytes === sent) socket.destroy();
        },
      });
      receiver.pause();
      const expected: [at: number, fds: number][] = [];
      let sent = 0;
      for (let i = 0; i < 60; i++) {
        const length = 1 + ((i * 7919) % 20_000);
        const fds = Array<number>(i % 3).fill(reader);
        if (fds.length > 0) expected.push([sent, fds.length]);
        sender.write(pattern(length), { fds });
        sent += length;
      }
      expect(sender.bufferedBytes).toBeGreaterThan(0);
      receiver.resume();
      await drive(test.loop, mode);
      expect(bytes).toBe(sent);
      expect(came.map(([, , fds]) => fds)).toEqual(expected.map(([, fds]) => fds));
      expect(
        expected.every(([at], i) => (came[i]?.[0] ?? at + 1) <= at && at < (came[i]?.[1] ?? 0)),
      ).toBe(true);
    });

    it('that nobody takes are closed when the handler returns', async () => {
      const [reader] = opened.pipe();
      const left: number[] = [];
      const { sender } = streams(test.loop, opened, type, {
        data: (socket, __, fds) => {
          left.push(fds?.length ?? -1);
          test.loop.setImmediate(() => {
            left.push(fds?.length ?? -1, ...(fds?.take() ?? []));
            socket.destroy();
          });
        },
      });
      sender.write('x', { fds: Array<number>(5).fill(reader) });
      await drive(test.loop, mode);
      expect(left).toEqual([5, 0]);
    });

    it.each([
      ['there is no data handler', {}],
      [
        'it is async, and waits',
        {
          data: async (socket: Destroyed, ..._: unknown[]) => {
            await null;
            socket.destroy();
          },
        },
      ],
      [
        'it destroys its stream',
        { data: (socket: Destroyed, ..._: unknown[]) => socket.destroy() },
      ],
    ])('are closed where %s', async (_, handlers) => {
      const [reader] = opened.pipe();
      const { sender } = streams(test.loop, opened, type, handlers);
      sender.write('x', { fds: [reader] });
      sender.end();
      await drive(test.loop, mode);
      expect(isOpen(reader)).toBe(true);
    });

    it('that came to a stream which another of the batch destroyed are closed', async () => {
      const [reader] = opened.pipe();
      const before = countDescriptors();
      const order: string[] = [];
      const handlers = (name: string, other: () => Destroyed) => ({
        data: (..._: unknown[]) => {
          order.push(name);
          other().destroy();
        },
      });
      const first = streams(
        test.loop,
        opened,
        type,
        handlers('first', () => second.receiver),
      );
      const second = streams(
        test.loop,
        opened,
        type,
        handlers('second', () => first.receiver),
      );
      const fds = [reader, reader];
      first.sender.write('x', { fds });
      second.sender.write('x', { fds });
      for (const { sender } of [first, second]) test.loop.setImmediate(() => sender.destroy());
      await drive(test.loop, mode);
      expect(order).toHaveLength(1);
      // Before the loop is closed, which drops what is left.
      expect(countDescriptors()).toBe(before);
    });

    it.each(['resumes', 'ends'])(
      'are kept for one that another paused, until it %s',
      async (what) => {
        const [reader, writer] = opened.pipe();
        const came: string[] = [];
        const taken: number[] = [];
        const both = [0, 1].map((i) =>
          streams(test.loop, opened, type, {
            data: (_, chunk, fds) => {
              if (came.push(textOf(chunk)) === 1) both[1 - i]?.receiver.pause();
              else taken.push(...(fds?.take() ?? []));
            },
          }),
        );
        for (const { sender } of both) sender.write('x', { fds: [writer] });
        // Behind the first poll, which finds both: a timer may be due before it.
        test.loop.setImmediate(() => {
          const stashed = both.find(({ receiver }) => receiver.paused);
          if (what === 'resumes') stashed?.receiver.resume();
          else stashed?.receiver.destroy();
          for (const { sender } of both) sender.end();
        });
        await drive(test.loop, mode);
        if (what === 'ends') expect([came, taken]).toEqual([['x'], []]);
        else expect([came, leadsTo(taken[0] as number, reader)]).toEqual([['x', 'x'], true]);
      },
    );
  });

  it('go on through a handler that throws, and with a loop that ends there', async () => {
    const [reader] = opened.pipe();
    const type = constant('SOCK_STREAM');
    const calls: string[] = [];
    const all = Array.from({ length: 4 }, () =>
      streams(test.loop, opened, type, {
        data: (..._: unknown[]) => {
          calls.push('called');
          throw new Error('on purpose');
        },
      }),
    );
    for (const { sender } of all) sender.write('x', { fds: [reader, reader] });
    await expect(run(test.loop)).rejects.toThrow('on purpose');
    await expect(run(test.loop)).rejects.toThrow('on purpose');
    test.loop.close();
    expect(calls).toHaveLength(2);
  });
});
