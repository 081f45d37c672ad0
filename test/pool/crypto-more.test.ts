// loop.crypto.scrypt, randomBytes and hash: published vectors, and what Node's own give.
import { createHash, getHashes, scryptSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MODES, TestLoop } from './support.js';

let loop: TestLoop;
beforeEach(() => {
  loop = new TestLoop();
});
afterEach(() => loop.close());

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

describe.each(MODES)('loop.crypto, %s', (mode) => {
  it.each(SCRYPT)('scrypt derives the key of RFC 7914: %j %j', async (...vector) => {
    const [password, salt, cost, blockSize, parallelization, key] = vector;
    const options = { cost, blockSize, parallelization, maxmem: 64 * 1024 * 1024 };
    const derived = await loop.outcome(mode, loop.crypto.scrypt(password, salt, 64, options));
    expect(hex(derived)).toBe(key);
  });

  it('scrypt has the defaults of Node, and takes bytes that change meanwhile', async () => {
    const password = Buffer.from('password');
    const asked = loop.crypto.scrypt(password, 'salt', 32);
    const none = loop.crypto.scrypt('p', 's', 0);
    password.fill(0);
    const [derived, empty] = await loop.outcome(mode, Promise.all([asked, none]));
    expect(hex(derived)).toBe(scryptSync('password', 'salt', 32).toString('hex'));
    expect(empty).toEqual(new Uint8Array(0));
  });

  it.each(HASHES)('hash makes the published digest: %s of %j', async (algorithm, data, hash) => {
    expect(await loop.outcome(mode, loop.crypto.hash(algorithm, data))).toBe(hash);
  });

  it('hash makes what Node makes, in every form', async () => {
    const data = Buffer.alloc(300_000, 'x');
    const wanted = () => createHash('sha256').update(data);
    for (const outputEncoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
      const asked = loop.crypto.hash('sha256', data, { outputEncoding });
      expect(await loop.outcome(mode, asked)).toBe(wanted().digest().toString(outputEncoding));
    }
    const asked = loop.crypto.hash('SHA256', data, { outputEncoding: 'buffer' });
    expect(await loop.outcome(mode, asked)).toEqual(new Uint8Array(wanted().digest()));
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
});

it('hash knows the digests that Node knows', async () => {
  loop.attach();
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
  // Those of variable length have one of their own in newer versions of OpenSSL and Node, and what
  // is of providers alone Node 26 lists as well.
  const others = /^(shake|keccak|sha(2-)?-?256[/-]192)/i;
  expect(outcomes.filter((one) => one !== true && !others.test(String(one)))).toEqual([]);
});

it('hash refuses a digest that nobody knows', async () => {
  const error = { name: 'TypeError', code: 'ERR_CRYPTO_INVALID_DIGEST' };
  await expect(loop.attach().crypto.hash('none', 'x')).rejects.toMatchObject(error);
});
