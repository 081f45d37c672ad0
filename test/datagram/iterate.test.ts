// `for await` over a datagram socket: each datagram once, in order, with who sent it; as many as
// are taken, and the rest is the kernel's to keep; the end, an abort, and a loop that is left.
// `closed` and `await using` with it.
//
// Each was seen to fail with its guard removed: `addUnread` that never holds (slow), `endUnread`
// left out of `onClosed` (the end, abort: hang), without `drops` (abort), without DATAGRAM_BYTES
// (empty ones), `chunk` that is no copy, without `#closeLent` and without `#drop` (descriptors).
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatagramSocket } from '../../lib/datagram/socket.js';
import * as raw from '../../lib/raw/index.js';
import { thrownBy } from '../loop/support.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { HOST, listening, placeOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

/** What `socket` brings, as text, and what it ended with. */
async function taken(socket: DatagramSocket, most = Number.POSITIVE_INFINITY): Promise<string[]> {
  const texts: string[] = [];
  try {
    for await (const { chunk } of socket) {
      texts.push(Buffer.from(chunk).toString('latin1'));
      if (texts.length === most) break;
    }
  } catch (error) {
    texts.push(`threw ${(error as { code: string }).code}`);
  }
  return texts;
}

function turn(ms = 1): Promise<void> {
  return new Promise((resolve) => test.loop.setTimeout(resolve, ms));
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

describe.each(DRIVE_MODES)('for await over a datagram socket (%s)', (mode) => {
  /** Runs `work` while the loop is driven; one that fails ends it. */
  async function during<T>(work: () => Promise<T>): Promise<T> {
    const done = work();
    done.catch(() => test.loop.close());
    await drive(test.loop, mode);
    return await done;
  }

  it('is an echo, and leaving it closes the socket', async () => {
    const server = test.loop.dgram({ host: HOST });
    const client = test.loop.dgram({ family: 'ipv4', to: placeOf(server) });
    const kept: Uint8Array[] = [];
    const serve = async () => {
      for await (const { chunk, from, info } of server) {
        expect(info.truncated).toBe(false);
        kept.push(chunk);
        server.send(chunk, from);
      }
    };
    const answers = await during(async () => {
      const serving = serve();
      for (const text of numbers(50)) client.send(text);
      const got = await taken(client, 50);
      expect(client.isClosed).toBe(true);
      await client.closed;
      server.close();
      await serving;
      return got;
    });
    expect(answers).toEqual(numbers(50));
    expect(kept.map((chunk) => Buffer.from(chunk).toString())).toEqual(numbers(50));
  });

  it('who is slow has no more kept than highWaterMark, and the kernel keeps the rest', async () => {
    const path = join(temporaryFolder(), 'slow');
    const server = test.loop.dgram({ path, highWaterMark: 1000 });
    const client = test.loop.dgram({ family: 'unix', to: { path } });
    await during(async () => {
      for (const text of numbers(300)) client.send(text);
      while (server.datagramsRead === 0) await turn();
      for (let i = 0; i < 20; i++) await turn(0);
      // One turn brings what a queue of the kernel has: about ten.
      expect(server.datagramsRead).toBeLessThan(40);
      expect(client.bufferedBytes).toBeGreaterThan(0);
      expect(await taken(server, 300)).toEqual(numbers(300));
      client.close();
    });
  });

  it('empty datagrams fill no memory', async () => {
    const server = test.loop.dgram({ host: HOST, highWaterMark: 1000 });
    const client = test.loop.dgram({ family: 'ipv4', to: placeOf(server) });
    await during(async () => {
      for (let i = 0; i < 200; i++) client.send('');
      for (let i = 0; i < 20; i++) await turn(0);
      expect(server.datagramsRead).toBeLessThan(70);
      expect(await taken(server, 200)).toEqual(new Array(200).fill(''));
      client.close();
    });
  });

  it('ends when the socket closes, behind what had come', async () => {
    const server = test.loop.dgram({ host: HOST });
    const client = test.loop.dgram({ family: 'ipv4', to: placeOf(server) });
    await during(async () => {
      client.send('kept');
      client.close();
      while (server.datagramsRead === 0) await turn();
      server.close();
      expect(await taken(server)).toEqual(['kept']);
    });
  });

  it('throws AbortError at once when its signal aborts, and leaves no listener', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const server = test.loop.dgram({ host: HOST, signal });
    const client = test.loop.dgram({ family: 'ipv4', to: placeOf(server) });
    await during(async () => {
      client.send('dropped');
      client.close();
      while (server.datagramsRead === 0) await turn();
      controller.abort();
      await server.closed;
      expect(await taken(server)).toEqual(['threw ABORT_ERR']);
    });
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  it('descriptors may be taken until the next step, and are closed then', async () => {
    const path = join(temporaryFolder(), 'fds');
    const server = test.loop.dgram({ path });
    const client = test.loop.dgram({ family: 'unix', to: { path } });
    // The host has a descriptor of its own for it.
    if (mode === 'guest') test.loop.attach();
    const before = countDescriptors();
    await during(async () => {
      const pair = opened.pipe();
      for (let i = 0; i < 5; i++) client.send(`${i}`, undefined, { fds: pair });
      opened.close(...pair);
      while (server.datagramsRead < 5) await turn();
      const mine: number[] = [];
      for await (const { chunk, info } of server) {
        await turn();
        if (chunk[0] === 0x31) mine.push(...(info.fds?.take() ?? []));
        // Those of the third and behind are left.
        if (chunk[0] === 0x32) break;
      }
      expect(mine.length).toBe(2);
      for (const fd of mine) expect(raw.close(fd)).toBe(0);
      client.close();
      await client.closed;
      await server.closed;
      expect(countDescriptors()).toBe(before - 2);
    });
  });

  it('closed and await using wait for the end', async () => {
    await during(async () => {
      const { socket, heard } = listening(test.loop);
      await socket[Symbol.asyncDispose]();
      expect(heard.closed).toBe(1);
      await socket.closed;
    });
  });
});

it('is refused with a message handler, and a second time', () => {
  const { socket } = listening(test.loop);
  const again = test.loop.dgram({ host: HOST });
  again[Symbol.asyncIterator]();
  for (const refused of [socket, again]) {
    const error = thrownBy(() => refused[Symbol.asyncIterator]());
    expect(error).toMatchObject({ code: 'ERR_INVALID_STATE' });
  }
});

it('with handlers and no message what comes is dropped until somebody iterates', async () => {
  const server = test.loop.dgram({ host: HOST }, {});
  const client = test.loop.dgram({ family: 'ipv4', to: placeOf(server) }, {});
  const done = (async () => {
    client.send('dropped');
    while (server.datagramsRead === 0) await turn();
    const taking = taken(server, 1);
    client.send('taken');
    client.close();
    expect(await taking).toEqual(['taken']);
  })();
  done.catch(() => test.loop.close());
  await drive(test.loop);
  await done;
});
