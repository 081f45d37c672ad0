// Trap 20: a getter that runs while arguments are read detaches a buffer. Options are
// read first and memory last; and a detached password is an error, not an empty one.
//
// Without the look at detachment: the request is queued and a key is derived from no
// password (the tests time out, as nobody drives the loop).
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TestLoop } from '../pool/support.js';

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => {
  expect(loop.alive).toBe(false);
  loop.close();
});

const VIEWS: Record<string, (buffer: ArrayBuffer) => ArrayBuffer | ArrayBufferView> = {
  ArrayBuffer: (buffer) => buffer,
  Uint8Array: (buffer) => new Uint8Array(buffer),
  DataView: (buffer) => new DataView(buffer),
};

it.each(Object.entries(VIEWS))(
  'a password that an option getter detaches is refused (%s)',
  async (_, viewOf) => {
    for (const place of ['password', 'salt']) {
      const buffer = new ArrayBuffer(16);
      const view = viewOf(buffer);
      const options = {
        get signal() {
          structuredClone(buffer, { transfer: [buffer] });
          return undefined;
        },
      };
      const [password, salt] = place === 'password' ? [view, 's'] : ['p', view];
      await expect(
        loop.crypto.pbkdf2(password, salt, 1, 8, 'sha256', options),
      ).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_STATE' });
    }
    expect(loop.pool.stats()).toMatchObject({ queued: 0, completed: 0 });
  },
);

it('a path that was detached is refused', async () => {
  const path = new Uint8Array(Buffer.from('/usr'));
  structuredClone(path, { transfer: [path.buffer] });
  await expect(loop.fs.stat(path)).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
});

it('an empty password is a password', async () => {
  const key = loop.crypto.pbkdf2(new Uint8Array(0), new ArrayBuffer(0), 1, 8, 'sha256');
  expect(await loop.outcome('owned', key)).toHaveLength(8);
});
