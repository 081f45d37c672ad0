// Requests on the loop's own threads: values, errors, signals.
'use strict';
const assert = require('node:assert');
const fs = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { test } = require('./runner.cjs');
const { MODES, rawloop, raw, drive, until, runProgram } = require('./support.cjs');

const { EventLoop, ThreadPool } = rawloop;

/** The outcome of `promise` with `loop` driven until nothing is left. */
async function outcome(loop, mode, promise) {
  const settled = promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
  await drive(loop, mode);
  return settled;
}

/** A test vector of RFC 6070. */
const VECTOR = {
  input: ['password', 'salt', 2, 20, 'sha1'],
  key: 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957',
};

for (const mode of MODES) {
  test(`${mode}: fs.stat tells what the host tells`, async () => {
    const loop = new EventLoop();
    const expected = fs.statSync(__filename);
    const { value } = await outcome(loop, mode, loop.fs.stat(__filename));
    assert.deepStrictEqual(
      [value.size, value.ino, value.mode, Math.floor(value.mtimeMs)],
      [expected.size, expected.ino, expected.mode, Math.floor(expected.mtimeMs)],
    );
    const { error } = await outcome(loop, mode, loop.fs.stat('/no/such/file'));
    assert.deepStrictEqual([error.code, error.syscall], ['ENOENT', 'stat']);
    loop.close();
  });

  test(`${mode}: fs.readlink and fs.access tell what the host tells`, async () => {
    const loop = new EventLoop();
    const folder = fs.mkdtempSync(join(tmpdir(), 'rawloop-'));
    const link = join(folder, 'link');
    fs.symlinkSync('näme/'.repeat(100), link);
    const { value } = await outcome(loop, mode, loop.fs.readlink(link));
    assert.strictEqual(value, fs.readlinkSync(link));
    const { error } = await outcome(loop, mode, loop.fs.access(link));
    assert.deepStrictEqual([error.code, error.syscall], ['ENOENT', 'access']);
    fs.rmSync(folder, { recursive: true });
    loop.close();
  });

  test(`${mode}: a file is written, read by both ways, listed and removed`, async () => {
    const loop = new EventLoop();
    const folder = fs.mkdtempSync(join(tmpdir(), 'rawloop-'));
    const work = async () => {
      const path = join(folder, 'file');
      await loop.fs.writeFile(path, 'näme');
      const texts = [];
      for (const inline of [true, true, false]) {
        texts.push(await loop.fs.readFile(path, { encoding: 'utf8', inline }));
      }
      const file = await loop.fs.open(path);
      const { bytesRead } = await file.read(new Uint8Array(20), { position: 1 });
      await file.close();
      const names = await loop.fs.readdir(folder);
      await loop.fs.rm(folder, { recursive: true });
      return [texts, bytesRead, names, fs.existsSync(folder)];
    };
    const { value } = await outcome(loop, mode, work());
    assert.deepStrictEqual(value, [['näme', 'näme', 'näme'], 4, ['file'], false]);
    loop.close();
  });

  test(`${mode}: a FileHandle is written, sought, read in parts, locked, cut and closed`, async () => {
    const loop = new EventLoop();
    const folder = fs.mkdtempSync(join(tmpdir(), 'rawloop-'));
    const work = async () => {
      const file = await loop.fs.open(join(folder, 'file'), 'w+');
      await file.write('0123456789');
      await loop.fs.flock(file, 'exclusive');
      const place = await file.seek(2);
      const parts = [new Uint8Array(2), new Uint8Array(3)];
      const { bytesRead } = await file.readv(parts);
      await file.truncate(4);
      const { size } = await file.stat();
      await file.close();
      await loop.fs.copyFile(join(folder, 'file'), join(folder, 'copy'));
      const entries = [];
      for await (const { name } of await loop.fs.opendir(folder)) entries.push(name);
      return [place, bytesRead, Buffer.concat(parts).toString(), size, entries.sort().join()];
    };
    const { value } = await outcome(loop, mode, work());
    assert.deepStrictEqual(value, [2, 5, '23456', 4, 'copy,file']);
    fs.rmSync(folder, { recursive: true });
    loop.close();
  });

  test(`${mode}: files are streams, and go over connections`, async () => {
    const loop = new EventLoop();
    const folder = fs.mkdtempSync(join(tmpdir(), 'rawloop-'));
    const path = join(folder, 'file');
    const size = 200_000;
    const work = async () => {
      const writing = loop.fs.createWriteStream(path);
      writing.write('name');
      writing.end(Buffer.alloc(size - 4, 'x'));
      await writing.closed;
      const got = [];
      for await (const chunk of loop.fs.createReadStream(path, { start: 2 })) {
        got.push(Buffer.from(chunk));
      }
      let come = 0;
      const data = (_socket, chunk) => {
        come += chunk.length;
      };
      const { AF_UNIX, SOCK_STREAM } = raw.constants;
      const fds = raw.socketpair(AF_UNIX, SOCK_STREAM);
      const [socket, peer] = fds.map((fd) => loop.stream(fd, {}, { data }));
      const file = await loop.fs.open(path);
      const sent = await loop.fs.sendFile(socket, file, { offset: 4 });
      socket.end();
      await file.close();
      peer.end();
      await peer.closed;
      const read = Buffer.concat(got);
      return [read.subarray(0, 3).toString(), read.length, sent, come];
    };
    const { value } = await outcome(loop, mode, work());
    assert.deepStrictEqual(value, ['mex', size - 2, size - 4, size - 4]);
    fs.rmSync(folder, { recursive: true });
    loop.close();
  });

  test(`${mode}: loops share a ThreadPool, which refuses what is too much for it`, async () => {
    const pool = new ThreadPool({ size: 1, maxQueued: 2, lanes: { crypto: { limit: 1 } } });
    const loops = [0, 1].map(() => new EventLoop({ pool, inlineFiles: false }));
    const stats = await Promise.all(loops.map((loop) => outcome(loop, mode, loop.fs.stat('/'))));
    assert.deepStrictEqual(
      stats.map(({ value }) => value.isDirectory()),
      [true, true],
    );
    const many = Array.from({ length: 20 }, () => loops[0].crypto.pbkdf2('p', 's', 1e4, 8, 'sha1'));
    const { value } = await outcome(loops[0], mode, Promise.allSettled(many));
    const codes = new Set(value.map(({ reason }) => reason?.code));
    assert.deepStrictEqual([...codes].sort(), ['ERR_POOL_QUEUE_FULL', undefined]);
    await pool.drained('crypto');
    pool.resize(3);
    assert.deepStrictEqual([pool.size, pool.stats().kinds.stat.completed], [3, 2]);
    for (const loop of loops) loop.close();
    pool.close();
  });

  for (const way of ['', 'workers']) {
    test(`${mode}: loop.crypto makes what is published${way && `, by ${way}`}`, async () => {
      // As a host has it whose OpenSSL is linked in without its symbols.
      process.env.RAWLOOP_CRYPTO = way;
      const loop = new EventLoop();
      const { crypto } = loop;
      delete process.env.RAWLOOP_CRYPTO;
      const asked = [
        crypto.pbkdf2(...VECTOR.input),
        crypto.scrypt('', '', 16, { cost: 16, blockSize: 1 }),
        crypto.hash('sha256', 'abc', { outputEncoding: 'buffer' }),
        crypto.randomBytes(16),
      ];
      const { value } = await outcome(loop, mode, Promise.all(asked));
      const [key, slow, digest, random] = value.map((bytes) => Buffer.from(bytes).toString('hex'));
      assert.deepStrictEqual(
        [key, slow, digest.slice(0, 8), random.length],
        [VECTOR.key, '77d6576238657b203b19ca42c18a0497', 'ba7816bf', 32],
      );
      const refused = [
        crypto.hash('none', 'x'),
        crypto.pbkdf2('p', 's', 1, 8, 'none'),
        crypto.scrypt('p', 's', 8, { cost: 3 }),
      ];
      const { value: errors } = await outcome(loop, mode, Promise.allSettled(refused));
      assert.deepStrictEqual(
        errors.map(({ reason }) => reason.code),
        [
          'ERR_CRYPTO_INVALID_DIGEST',
          'ERR_CRYPTO_INVALID_DIGEST',
          'ERR_CRYPTO_INVALID_SCRYPT_PARAMS',
        ],
      );
      loop.close();
    });
  }

  test(`${mode}: dns.lookup finds the loopback, and a Resolver is answered`, async () => {
    const loop = new EventLoop();
    const { value } = await outcome(loop, mode, loop.dns.lookup('localhost', { family: 4 }));
    assert.deepStrictEqual(value, { address: '127.0.0.1', family: 4 });
    // As the answer the question itself with other flags: there is nothing of this type.
    const server = loop.dgram(
      { host: '127.0.0.1' },
      {
        message(socket, chunk, from) {
          const answer = chunk.slice();
          answer[2] |= 0x80;
          socket.send(answer, from);
        },
      },
    );
    server.unref();
    const servers = [`127.0.0.1:${server.address.port}`];
    const dns = new loop.dns.Resolver({ servers, search: [], hosts: false });
    const { error } = await outcome(loop, mode, dns.resolveMx('x.test'));
    assert.strictEqual(error.message, 'queryMx ENODATA x.test');
    loop.close();
  });

  test(`${mode}: a signal that aborted before rejects, and nothing runs`, async () => {
    const loop = new EventLoop();
    const signal = AbortSignal.abort(new Error('no need'));
    const { error } = await outcome(loop, mode, loop.fs.stat('/', { signal }));
    assert.deepStrictEqual([error.code, error.cause.message], ['ABORT_ERR', 'no need']);
    assert.strictEqual(loop.pool.stats().completed, 0);
    loop.close();
  });
}

for (const mode of MODES) {
  test(`${mode}: loop.zlib makes and reads what node:zlib does`, async () => {
    const loop = new EventLoop();
    const text = 'what is compressed '.repeat(100);
    const packed = ['gzip', 'deflate', 'brotliCompress'].map((name) => loop.zlib[name](text));
    const { value } = await outcome(loop, mode, Promise.all(packed));
    const read = ['gunzip', 'inflate', 'brotliDecompress'].map((name, i) =>
      loop.zlib[name](value[i]),
    );
    const { value: texts } = await outcome(loop, mode, Promise.all(read));
    for (const bytes of texts) assert.strictEqual(Buffer.from(bytes).toString(), text);
    const { error } = await outcome(loop, mode, loop.zlib.gunzip('no gzip'));
    assert.strictEqual(error.code, 'Z_DATA_ERROR');
    const bomb = loop.zlib.gunzip(value[0], { maxOutputLength: 100 });
    const { error: large } = await outcome(loop, mode, bomb);
    assert.strictEqual(large.code, 'ERR_BUFFER_TOO_LARGE');
    loop.close();
  });
}

test('queued work is cancelled by its signal, the rest is done', async () => {
  const loop = new EventLoop({ poolSize: 1 }).attach();
  const controller = new AbortController();
  const results = Array.from({ length: 200 }, () => loop.fs.stat('/'));
  const last = loop.fs.stat('/', { signal: controller.signal });
  const reason = new Error('on purpose');
  controller.abort(reason);
  // Queued, or running by now: the code and the cause are the same.
  await assert.rejects(last, (error) => error.code === 'ABORT_ERR' && error.cause === reason);
  assert.strictEqual((await Promise.all(results)).length, 200);
  await until(() => !loop.alive);
  loop.close();
});

test('another addon is given one interface of a loop', () => {
  const loop = new EventLoop();
  assert.strictEqual(loop.nativeInterface, loop.nativeInterface);
  assert.strictEqual(typeof loop.nativeInterface, 'object');
  loop.close();
});

test('a request keeps the process alive until it is done', () => {
  const { status, said } = runProgram(`
    defaultLoop().fs.stat('/').then(({ mode }) => say(String((mode & 0o170000) === 0o040000)));`);
  assert.deepStrictEqual([status, said], [0, ['true']]);
});
