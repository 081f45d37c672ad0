// A signal that outlives its requests, as that of a server does: each request that is over, however it
// ended, has taken its listener away. Else the signal holds all that ever were, and what they read.
// Without `request.unwatch()` in lib/pool/handle.ts, `leave` in FileWork#start, `#unwatch` in send-file.ts,
// `unwatch` in #wait of locks.ts or in Call.run of lib/dns/call.ts there are listeners left.
import { getEventListeners } from 'node:events';
import * as nodeFs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { a, NameServer, reply, resolverAt } from '../dns/server.js';
import { pairOf } from '../pool/file-support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const test = eachWithLoop();
let path: string;

beforeEach(() => {
  path = join(temporaryFolder(), 'file');
  nodeFs.writeFileSync(path, 'x'.repeat(200_000));
});

describe.each(DRIVE_MODES)('a signal (%s)', (mode) => {
  const outcome = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = work();
    started.catch(() => {});
    await drive(test.loop, mode);
    return started;
  };

  it('is let go of by each request that is over', async () => {
    const { fs, crypto, dns } = test.loop;
    const server = new NameServer(test.loop, (asked) =>
      asked.name === 'x.test' ? reply(asked, [a(asked.name, '192.0.2.1')]) : undefined,
    );
    const resolver = resolverAt(test.loop, [server]);
    const hasty = resolverAt(test.loop, [server], { timeoutMs: 20 });
    const controller = new AbortController();
    const { signal } = controller;
    const [from, to] = pairOf(test.loop);
    const left = () => getEventListeners(signal, 'abort').length;
    const ended = await outcome(async () => {
      const [file, other] = await Promise.all([fs.open(path, 'r+'), fs.open(path, 'r+')]);
      await fs.flock(file, 'exclusive');
      // It waits, in between two tries, and gets it.
      const locked = fs.flock(other, 'exclusive', { signal });
      await new Promise<void>((resolve) => void test.loop.setTimeout(resolve, 5));
      await fs.funlock(file);
      const requests = [
        locked,
        fs.stat(path, { signal }),
        fs.stat(`${path}x`, { signal }),
        fs.stat(path, { signal, inline: false }),
        fs.readFile(path, { signal }),
        fs.readFile(`${path}x`, { signal, inline: false }),
        ...Array.from({ length: 300 }, () => fs.stat(path, { signal })),
        file.read(Buffer.alloc(10), { signal }),
        fs.writeFile(`${path}-new`, ['a', 'b'], { signal }),
        fs.sendFile(from, file, { signal, length: 1000 }),
        fs.sendFile(from, file, { signal, length: 1000, inline: false }),
        crypto.pbkdf2('p', 's', 1, 8, 'sha256', { signal }),
        dns.lookup('127.0.0.1', { signal }),
        resolver.resolve4('x.test', { signal }),
        hasty.resolve4('silent.test', { signal }),
      ];
      const outcomes = await Promise.allSettled(requests);
      const during = left();
      from.destroy();
      to.destroy();
      await fs.funlock(other);
      await Promise.all([file.close(), other.close()]);
      const codes = outcomes.map((each) => (each.status === 'rejected' ? each.reason.code : ''));
      return [codes.filter((code) => code !== ''), during];
    });
    // What is not there, and whom nobody answers.
    expect([...ended, left()]).toEqual([['ENOENT', 'ENOENT', 'ETIMEOUT'], 0, 0]);
  });
});
