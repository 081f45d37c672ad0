// loop.crypto.pbkdf2: published vectors, and the same keys as Node's own; by the host's OpenSSL
// on the pool, and by its node:crypto on JavaScript threads.
//
// The guards were taken out once each. Without the copies of `hostJob` “takes text and bytes of
// every kind” fails by the workers; when `knows` is always true, or a zero byte in a name is not looked
// for, “refuses the digest” waits for a thread.
import { spawnSync } from 'node:child_process';
import { pbkdf2Sync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../package/support.js';
import { cryptoLoop, type TestLoop, WAYS } from './support.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** RFC 6070; that of 16,777,216 iterations takes a minute. RFC 7914 has those with SHA-256. */
const VECTORS: [password: string, salt: string, count: number, digest: string, key: string][] = [
  ['password', 'salt', 1, 'sha1', '0c60c80f961f0e71f3a9b524af6012062fe037a6'],
  ['password', 'salt', 2, 'sha1', 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957'],
  ['password', 'salt', 4096, 'sha1', '4b007901b765489abead49d926f721d065a429c1'],
  [
    'passwordPASSWORDpassword', 'saltSALTsaltSALTsaltSALTsaltSALTsalt', 4096, 'sha1',
    '3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038',
  ],
  ['pass\0word', 'sa\0lt', 4096, 'sha1', '56fa6aa75548099dcc37d7f03425e0c3'],
  [
    'passwd', 'salt', 1, 'sha256',
    '55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc' +
      '49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783',
  ],
]; // biome-ignore format: a table

describe.each(WAYS)('loop.crypto.pbkdf2, %s, %s', (mode, way) => {
  let loop: TestLoop;
  beforeAll(() => {
    loop = cryptoLoop(way);
  });
  afterAll(() => loop.close());

  it('derives the keys of RFC 6070 and RFC 7914', async () => {
    const keys = VECTORS.map(([password, salt, count, digest, key]) =>
      loop.crypto.pbkdf2(password, salt, count, key.length / 2, digest),
    );
    const derived = await loop.outcome(mode, Promise.all(keys));
    expect(derived.map(hex)).toEqual(VECTORS.map(([, , , , key]) => key));
  });

  it('derives what Node derives', async () => {
    const inputs: [string, string, number, number, string][] = [
      ['pässword', 'salt', 4096, 32, 'sha256'],
      ['', '', 1, 64, 'sha512'],
      ['p'.repeat(1000), 's'.repeat(1000), 10, 1000, 'SHA512'],
      ['p', 's', 1, 0, 'sha256'],
      ['p', 's', 1, 1, 'sha3-256'],
    ];
    const asked = Promise.all(inputs.map((input) => loop.crypto.pbkdf2(...input)));
    // Node 26 fails for a key of no bytes.
    const expected = inputs.map((input) =>
      input[3] === 0 ? Buffer.alloc(0) : pbkdf2Sync(...input),
    );
    const keys = await loop.outcome(mode, asked);
    expect(keys).toEqual(expected);
  });

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
    // They were copied, and may be changed.
    bytes.fill(0);
    shared.fill(0);
    const expected = pbkdf2Sync('password', 'password', 2, 16, 'sha256');
    for (const key of await loop.outcome(mode, Promise.all(keys))) expect(key).toEqual(expected);
  });

  it('derives several keys at once', async () => {
    const keys = Array.from({ length: 40 }, (_, i) =>
      loop.crypto.pbkdf2(`p${i}`, 's', 100, 32, 'sha256'),
    );
    (await loop.outcome(mode, Promise.all(keys))).forEach((key, i) => {
      expect(key).toEqual(pbkdf2Sync(`p${i}`, 's', 100, 32, 'sha256'));
    });
  });

  it('reports a digest that no key can be derived with', async () => {
    const request = loop.crypto.pbkdf2('p', 's', 1, 8, 'shake128');
    await expect(loop.outcome(mode, request)).rejects.toMatchObject({
      code: 'ERR_CRYPTO_OPERATION_FAILED',
      message: expect.stringContaining('pbkdf2 failed: '),
    });
  });
});

describe('the way of loop.crypto', () => {
  it('is told to be missing where the host has neither', () => {
    // As a Node that was built without OpenSSL, where nothing is installed either.
    const program = `
      const Module = require('node:module');
      const load = Module._load;
      Module._load = (name, ...rest) => {
        if (/^(node:)?crypto$/.test(name)) throw new Error('no crypto');
        return load(name, ...rest);
      };
      const { EventLoop } = require('./dist/index.cjs');
      const loop = new EventLoop().attach();
      const told = ({ code }) => console.log(code);
      loop.crypto.randomBytes(8).catch(told);
      loop.crypto.hash('sha256', 'x').catch(told);`;
    const env = { ...process.env, RAWLOOP_CRYPTO: 'workers' };
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: root, env });
    const code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
    expect([String(stdout).trim().split('\n'), String(stderr)]).toEqual([[code, code], '']);
  });

  it('is refused when RAWLOOP_CRYPTO names none', () => {
    expect(() => cryptoLoop('both' as never)).toThrow("must be 'openssl' or 'workers'");
  });
});

describe('loop.crypto.pbkdf2', () => {
  let loop: TestLoop;
  afterEach(() => loop.close());

  it.each(['nope', '', 'sha256\0', 'sha256\0x', 'x'.repeat(100)])(
    'refuses the digest %j',
    async (digest) => {
      for (const way of ['openssl', 'workers', undefined] as const) {
        loop = cryptoLoop(way);
        const request = loop.crypto.pbkdf2('p', 's', 1, 8, digest);
        await expect(request).rejects.toMatchObject({
          name: 'TypeError',
          code: 'ERR_CRYPTO_INVALID_DIGEST',
        });
        expect(loop.alive).toBe(false);
        loop.close();
      }
    },
  );
});
