// loop.crypto.pbkdf2: the same keys as Node's own, from the same OpenSSL.
import { pbkdf2Sync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from './support.js';

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => loop.close());

describe.each(MODES)('loop.crypto.pbkdf2, %s', (mode) => {
  it.each([
    ['password', 'salt', 1, 20, 'sha1'],
    ['pässword', 'salt', 4096, 32, 'sha256'],
    ['', '', 1, 64, 'sha512'],
    ['p'.repeat(1000), 's'.repeat(1000), 10, 1000, 'SHA512'],
    ['p', 's', 1, 0, 'sha256'],
    ['p', 's', 1, 1, 'sha3-256'],
  ] as [string, string, number, number, string][])(
    'derives what Node derives: %j %j %i %i %s',
    async (...input) => {
      const key = await loop.outcome(mode, loop.crypto.pbkdf2(...input));
      expect(key).toBeInstanceOf(Uint8Array);
      // Node 26 fails for a key of no bytes.
      const expected = input[3] === 0 ? [] : pbkdf2Sync(...input);
      expect(key).toEqual(new Uint8Array(expected));
    },
  );

  it('takes text and bytes of every kind', async () => {
    const bytes = Buffer.from('#password#').subarray(1, 9);
    const shared = new Uint8Array(new SharedArrayBuffer(8));
    shared.set(bytes);
    const inputs = [
      'password',
      bytes,
      new DataView(bytes.buffer, bytes.byteOffset, 8),
      new Uint16Array(new Uint8Array(bytes).buffer),
      new Uint8Array(bytes).buffer,
      shared,
      shared.buffer,
    ];
    const keys = inputs.map((input) => loop.crypto.pbkdf2(input, input, 2, 16, 'sha256'));
    const expected = new Uint8Array(pbkdf2Sync('password', 'password', 2, 16, 'sha256'));
    for (const key of await loop.outcome(mode, Promise.all(keys))) expect(key).toEqual(expected);
  });

  it('derives several keys at once', async () => {
    const keys = Array.from({ length: 40 }, (_, i) =>
      loop.crypto.pbkdf2(`p${i}`, 's', 100, 32, 'sha256'),
    );
    (await loop.outcome(mode, Promise.all(keys))).forEach((key, i) => {
      expect(key).toEqual(new Uint8Array(pbkdf2Sync(`p${i}`, 's', 100, 32, 'sha256')));
    });
  });
});

describe('loop.crypto.pbkdf2', () => {
  it.each(['nope', '', 'sha256\0', 'sha256\0x', 'x'.repeat(100)])(
    'refuses the digest %j',
    async (digest) => {
      const request = loop.crypto.pbkdf2('p', 's', 1, 8, digest);
      await expect(request).rejects.toMatchObject({
        name: 'TypeError',
        code: 'ERR_CRYPTO_INVALID_DIGEST',
      });
      expect(loop.alive).toBe(false);
    },
  );

  it('reports a digest that no key can be derived with', async () => {
    const request = loop.crypto.pbkdf2('p', 's', 1, 8, 'shake128');
    await expect(loop.outcome('owned', request)).rejects.toMatchObject({
      code: 'ERR_CRYPTO_OPERATION_FAILED',
    });
  });
});
