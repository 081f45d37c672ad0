// What the kernel does not take waits, whomever it is for: peers that are full keep nobody else
// waiting, however many they are, and what was sent before a `connect` goes where it was to go.
//
// Each was seen to fail with its guard removed: a queue that begins anew with the first peer
// each time, and no `readdress`.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { plainAt, readAll, unixSocket } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();
/** More than a peer's queue in the kernel holds. */
const MANY = 400;

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('more peers that are full than one go sends keep another not waiting', async () => {
    const folder = temporaryFolder();
    const names = Array.from({ length: 40 }, (_, i) => `${i}`);
    const full = names.map((name) => plainAt(opened, join(folder, name)));
    const live = plainAt(opened, join(folder, 'live'));
    const got: string[] = [];
    // What waits at a peer counts as the sender's memory.
    const socketOptions = { SO_SNDBUF: 2 ** 22 };
    const client = unixSocket(test.loop, { family: 'unix', socketOptions });
    test.loop.setImmediate(() => {
      for (const name of names) {
        for (let i = 0; i < MANY; i++) client.socket.send('x', { path: join(folder, name) });
      }
      for (let i = 0; i < MANY; i++) client.socket.send(`${i}`, { path: join(folder, 'live') });
    });
    const reading = test.loop.setInterval(() => {
      got.push(...readAll(live));
      if (got.length < MANY) return;
      test.loop.clearInterval(reading);
      client.socket.close();
    }, 1);
    await drive(test.loop, mode);
    expect(got).toEqual(Array.from({ length: MANY }, (_, i) => `${i}`));
    expect(client.socket.dropped).toBeGreaterThan(0);
    opened.close(live, ...full);
  });

  it.each(['connect', 'disconnect'] as const)(
    'what waits is for whom the socket was connected to (%s)',
    async (how) => {
      const folder = temporaryFolder();
      const [first, second] = ['first', 'second'].map((name) =>
        plainAt(opened, join(folder, name)),
      );
      const to = { path: join(folder, 'second') };
      const client = unixSocket(test.loop, { family: 'unix', to: { path: join(folder, 'first') } });
      const got: string[] = [];
      const others: string[] = [];
      test.loop.setImmediate(() => {
        for (let i = 0; i < MANY; i++) client.socket.send('for the first');
        test.loop.flush();
        expect(client.socket.bufferedBytes).toBeGreaterThan(0);
        if (how === 'connect') client.socket.connect(to).send('for the second');
        else client.socket.disconnect().send('for the second', to);
      });
      const reading = test.loop.setInterval(() => {
        got.push(...readAll(first as number));
        others.push(...readAll(second as number));
        if (got.length + others.length <= MANY) return;
        test.loop.clearInterval(reading);
        client.socket.close();
      }, 1);
      await drive(test.loop, mode);
      expect(got).toEqual(new Array(MANY).fill('for the first'));
      expect(others).toEqual(['for the second']);
      opened.close(first as number, second as number);
    },
  );
});
