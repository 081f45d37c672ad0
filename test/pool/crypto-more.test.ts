// loop.crypto.scrypt, randomBytes and hash: published vectors, and what Node's own give; by the
// host's OpenSSL on the pool, and by its node:crypto on JavaScript threads.
import { createHash, getHashes, scryptSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from './held.js';
import { cryptoLoop, type TestLoop, WAYS } from './support.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** RFC 7914, section 12; its last one takes a gigabyte. */
const SCRYPT: [password: string, salt: string, N: number, r: number, p: number, key: string][] = [
  [
    '', '', 16, 1, 1,
    '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442' +
      'fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
  ],
  [
    'password', 'NaCl', 1024, 8, 16,
    'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162' +
      '2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
  ],
  [
    'pleaseletmein', 'SodiumChloride', 16384, 8, 1,
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2' +
      'd5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
  ],
]; // biome-ignore format: a table

/** FIPS 180-4's examples, and those of NIST for SHA-3. */
const HASHES: [algorithm: string, data: string, hash: string][] = [
  ['sha1', 'abc', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha256', 'abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'sha256',
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'sha512',
    'abc',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
      '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
  ['sha3-256', '', 'a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a'],
];

describe.each(WAYS)('loop.crypto, %s, %s', (mode, way) => {
  let loop: TestLoop;
  beforeAll(() => {
    loop = cryptoLoop(way);
  });
  afterAll(() => loop.close());

  it('scrypt derives the keys of RFC 7914', async () => {
    const asked = SCRYPT.map(([password, salt, cost, blockSize, parallelization]) =>
      loop.crypto.scrypt(password, salt, 64, {
        ...{ cost, blockSize, parallelization },
        maxmem: 64 * 1024 * 1024,
      }),
    );
    const derived = await loop.outcome(mode, Promise.all(asked));
    expect(derived.map(hex)).toEqual(SCRYPT.map(([, , , , , key]) => key));
  });

  it('scrypt has the defaults of Node, and takes bytes that change meanwhile', async () => {
    const password = Buffer.from('password');
    const asked = loop.crypto.scrypt(password, 'salt', 32);
    const none = loop.crypto.scrypt('p', 's', 0);
    password.fill(0);
    const [derived, empty] = await loop.outcome(mode, Promise.all([asked, none]));
    expect(hex(derived)).toBe(scryptSync('password', 'salt', 32).toString('hex'));
    expect(empty).toEqual(Buffer.alloc(0));
  });

  it.each([
    ['no power of two', { cost: 3 }],
    ['more than may be', { cost: 2 ** 20 }],
  ])('scrypt refuses costs: %s', async (_what, costs) => {
    const asked = loop.crypto.scrypt('p', 's', 8, costs);
    await expect(loop.outcome(mode, asked)).rejects.toMatchObject({
      name: 'RangeError',
      code: 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
    });
  });

  // Without N, r and p, or 'base64' alone, these are ERR_INVALID_ARG_VALUE and ERR_INVALID_ARG_TYPE; a
  // key that is no Buffer is '112,119,...' in the end.
  it('takes what node:crypto takes, and gives what it gives', async () => {
    const key = loop.crypto.scrypt('p', 's', 16, { N: 16, r: 2, p: 3 });
    const derived = scryptSync('p', 's', 16, { N: 16, r: 2, p: 3 });
    expect((await loop.outcome(mode, key)).toString('hex')).toBe(derived.toString('hex'));
    const digest = loop.crypto.hash('sha256', 'data', 'base64');
    expect(await loop.outcome(mode, digest)).toBe(
      createHash('sha256').update('data').digest('base64'),
    );
    const both = loop.crypto.scrypt('p', 's', 16, { N: 16, cost: 16 });
    await expect(loop.outcome(mode, both)).rejects.toThrow(
      expect.objectContaining({ name: 'TypeError', code: 'ERR_INCOMPATIBLE_OPTION_PAIR' }),
    );
  });

  it('hash makes the published digests', async () => {
    const asked = HASHES.map(([algorithm, data]) => loop.crypto.hash(algorithm, data));
    const made = await loop.outcome(mode, Promise.all(asked));
    expect(made).toEqual(HASHES.map(([, , hash]) => hash));
  });

  it('hash makes what Node makes, in every form', async () => {
    const data = Buffer.alloc(300_000, 'x');
    const digest = createHash('sha256').update(data).digest();
    const forms = ['hex', 'base64', 'base64url', 'latin1'] as const;
    const asked = forms.map((outputEncoding) =>
      loop.crypto.hash('sha256', data, { outputEncoding }),
    );
    const made = await loop.outcome(mode, Promise.all(asked));
    expect(made).toEqual(forms.map((form) => digest.toString(form)));
    const bytes = loop.crypto.hash('SHA256', data, { outputEncoding: 'buffer' });
    expect(await loop.outcome(mode, bytes)).toEqual(digest);
  });

  it('randomBytes are as many as were asked for, and never the same', async () => {
    const sizes = [0, 1, 16, 16, 100_000];
    const asked = Promise.all(sizes.map((size) => loop.crypto.randomBytes(size)));
    const made = await loop.outcome(mode, asked);
    expect(made.map(({ length }) => length)).toEqual(sizes);
    expect(made[2]).not.toEqual(made[3]);
    // Of 100,000 bytes each value is among them.
    expect(new Set(made[4]).size).toBe(256);
  });

  it('refuses bytes that are detached, and a digest that nobody knows', async () => {
    const detached = new Uint8Array(8);
    structuredClone(0, { transfer: [detached.buffer] });
    const { crypto } = loop;
    for (const asked of [
      crypto.pbkdf2(detached, 's', 1, 8, 'sha1'),
      crypto.scrypt('p', detached.buffer, 8),
      crypto.hash('sha1', detached),
    ]) {
      await expect(asked).rejects.toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_STATE' });
    }
    const unknown = { name: 'TypeError', code: 'ERR_CRYPTO_INVALID_DIGEST' };
    await expect(crypto.hash('none', 'x')).rejects.toMatchObject(unknown);
    expect(loop.alive).toBe(false);
  });

  it('rejects at once when its signal aborts, before and while it runs', async () => {
    const aborted = { name: 'AbortError', code: 'ABORT_ERR', cause: 'enough' };
    const signal = AbortSignal.abort('enough');
    await expect(loop.crypto.randomBytes(8, { signal })).rejects.toMatchObject(aborted);
    const controller = new AbortController();
    const asked = Array.from({ length: 2 }, () =>
      loop.crypto.pbkdf2('p', 's', 300_000, 8, 'sha512', { signal: controller.signal }),
    );
    const outcomes = Promise.allSettled(asked);
    // They run, and no turn tells of their end, however soon that is.
    until(() => loop.pool.stats().queued === 0);
    controller.abort('enough');
    await loop.drive(mode);
    for (const { status, reason } of (await outcomes) as PromiseRejectedResult[]) {
      expect([status, reason]).toEqual(['rejected', expect.objectContaining(aborted)]);
    }
    const hash = loop.crypto.hash('sha1', 'abc');
    expect(await loop.outcome(mode, hash)).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });
});

it('hash knows the digests that Node knows', async () => {
  // By whichever way: Node 26 lists those of providers as well, which are no symbol's to find.
  const loop = cryptoLoop(undefined).attach();
  const outcomes = await Promise.all(
    getHashes().map(async (name) => {
      let expected: string;
      try {
        expected = createHash(name).update('abc').digest('hex');
      } catch {
        return true; // a name that is listed, and that this OpenSSL does not make
      }
      return (await loop.crypto.hash(name, 'abc').catch(({ code }) => code)) === expected || name;
    }),
  );
  loop.close();
  expect(outcomes.filter((one) => one !== true)).toEqual([]);
});
