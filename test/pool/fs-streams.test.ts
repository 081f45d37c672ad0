import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EventLoop } from '../../lib/faces/event-loop.js';
import { relay } from '../../lib/relay/index.js';
import { DRIVE_MODES, drive } from '../support/drive.js';

it.each(DRIVE_MODES)('smoke %s', async (mode) => {
  const loop = new EventLoop();
  const dir = mkdtempSync('/tmp/fsx-');
  const bytes = Buffer.alloc(1_000_000, 'abcdefghij');
  writeFileSync(dir + '/a', bytes);
  const got: Buffer[] = [];
  (async () => {
    for await (const c of loop.fs.createReadStream(dir + '/a')) got.push(Buffer.from(c));
    const w = loop.fs.createWriteStream(dir + '/b');
    for (let i = 0; i < 10; i++) {
      if (!w.write(bytes)) await w.drained;
    }
    w.end('end');
    await w.closed;
    got.push(Buffer.from('done'));
  })();
  let received = 0;
  let sent = -1;
  const order: string[] = [];
  const server = loop.listen(
    { port: 0, host: '127.0.0.1' },
    {
      data(s, c) {
        received += c.length;
      },
      end: (s) => {
        server.close();
      },
    },
  );
  loop.connect(server.address as any, {
    async open(socket) {
      socket.write('before');
      const file = await loop.fs.open(dir + '/a');
      const p = loop.fs.sendFile(socket, file);
      socket.write('after');
      sent = await p;
      sent += await loop.fs.sendFile(socket, file, { offset: 10, length: 20 });
      await file.close();
      socket.end();
    },
  });
  await drive(loop, mode);
  expect(Buffer.concat(got).length).toBe(1_000_004);
  expect(readFileSync(dir + '/b').length).toBe(10_000_003);
  expect([sent, received]).toEqual([1_000_020, 1_000_031]);
  expect(loop.pool.stats().lanes).toMatchObject({});
  loop.close();
});
