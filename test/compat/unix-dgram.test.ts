// rawloop/compat/unix-dgram on real sockets: synchronous as npm unix-dgram is, and without
// what ended the process there. Its own test files are run by `npm run test:compat`.
import { existsSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSocket, type MessageInfo } from '../../lib/compat/unix-dgram/index.js';
import { constant } from '../../lib/raw/constants.js';
import { runChild } from '../support/child.js';
import { keepDefaultLoop } from '../support/default-loop.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

keepDefaultLoop();
// What the first one opens stays open.
if (DRIVE_MODES.includes('guest')) createSocket('unix_dgram').close();
guardDescriptors();

const place = () => join(temporaryFolder(), 'socket');
const turns = async (count = 4) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** A server at `path`, and what it was told. */
function serverAt(
  path: string,
  then: (server: ReturnType<typeof createSocket>) => void = () => {},
) {
  const heard: [string, MessageInfo][] = [];
  const server = createSocket('unix_dgram', (message, info) => {
    heard.push([message.toString(), info]);
    then(server as never);
  });
  server.bind(path);
  return { server, heard };
}

describe.runIf(DRIVE_MODES.includes('guest'))('a socket', () => {
  it('tells each outcome before the call returns', () => {
    const path = place();
    const told: unknown[] = [];
    const server = createSocket('unix_dgram');
    const client = createSocket('unix_dgram');
    server.on('listening', () => told.push('listening'));
    client.on('connect', () => told.push('connect'));
    client.on('error', ({ message, code, errno, syscall }) => {
      told.push([message, code, errno, syscall]);
    });
    client.connect(path);
    server.bind(path);
    client.send(Buffer.from('x'), 0, 1, path, (error) => told.push(error));
    client.connect(path);
    client.send(Buffer.from('y'), (error) => told.push(error));
    server.close();
    client.send(Buffer.from('z'));
    client.close();
    const [none, refused] = [-constant('ENOENT'), -constant('ECONNREFUSED')];
    expect(told).toEqual([
      [`connect ${none}`, none, none, 'connect'],
      'listening',
      undefined,
      'connect',
      undefined,
      [`send ${refused}`, refused, refused, 'send'],
    ]);
    expect(existsSync(path)).toBe(true);
    expect([client.fd, server.fd]).toEqual([-1, -1]);
  });

  it('is told each message with its size, and the path of its sender if it has one', async () => {
    const [path, other] = [place(), place()];
    const { server, heard } = serverAt(path);
    const nobody = createSocket('unix_dgram');
    const client = createSocket('unix_dgram');
    nobody.send(Buffer.from('<first>'), 1, 5, path);
    client.bind(other);
    client.sendto(Buffer.alloc(0), 0, 0, path);
    await turns();
    for (const socket of [server, client, nobody]) socket.close();
    expect(heard).toEqual([
      ['first', { size: 5, address: {}, path: null }],
      ['', { size: 0, address: {}, path: other }],
    ]);
  });

  // It ended the process there: the descriptor was gone when the call behind this looked for it.
  it('may be closed by what it is told: the rest of what came is not told', async () => {
    const path = place();
    const { server, heard } = serverAt(path, () => server.close());
    const client = createSocket('unix_dgram');
    client.connect(path);
    for (const text of 'abc') client.send(Buffer.from(text));
    client.send(Buffer.from('d'), () => client.close());
    await turns();
    expect(heard.map(([text]) => text)).toEqual(['a']);
    expect(() => client.close()).toThrow(`close ${-constant('EBADF')}`);
    let failed: unknown;
    client.on('error', (error) => (failed = error.code));
    client.send(Buffer.from('e'));
    expect(failed).toBe(-constant('EBADF'));
  });

  it('tells of congestion, and when there is room again', async () => {
    const path = place();
    const { server, heard } = serverAt(path);
    const client = createSocket('unix_dgram');
    client.connect(path);
    let congested = 0;
    let sent = 0;
    const next = () => {
      const message = Buffer.from(`${sent}`);
      client.send(message, (error) => {
        if (error === undefined) sent++;
        else {
          expect([error.code, error.message]).toEqual([1, 'congestion']);
          congested++;
        }
      });
    };
    client.on('writable', () => {
      while (sent < 300 && congested < 40) {
        const before = congested;
        next();
        if (congested > before) return;
      }
      client.close();
    });
    client.on('congestion', (message) => expect(message.toString()).toBe('lost'));
    while (congested === 0) next();
    client.send(Buffer.from('lost'));
    while (heard.length < 300) await turns(1);
    await turns();
    expect(heard.map(([text]) => Number(text))).toEqual(Array.from({ length: 300 }, (_, i) => i));
    server.close();
  });

  it('refuses what is no bytes, and has errors for what is no path', () => {
    const client = createSocket('unix_dgram');
    expect(() => client.send('text' as never, 0, 1, '/x')).toThrow(/buf/);
    expect(() => client.send(Buffer.from('a'), 1, 1, '/x')).toThrow(RangeError);
    expect(() => createSocket('unix_stream' as never)).toThrow(
      'Unsupported socket type: unix_stream',
    );
    const codes: number[] = [];
    client.on('error', ({ code }) => codes.push(code));
    client.send(Buffer.from('a'), 0, 1, `/${'x'.repeat(200)}`);
    client.bind('/a\0b');
    (client.send as (bytes: Buffer) => void)(Buffer.from('a'));
    const names = ['ENAMETOOLONG', 'EINVAL', 'ENOENT'];
    expect(codes).toEqual(names.map((name) => -constant(name)));
    client.close();
  });

  // Without `placesChanged` in `bind` what follows the change goes to the one that was there before;
  // without the end of a run, what follows the unlink does.
  it('sends to who is at the path, however many go there at once', async () => {
    const path = place();
    const told: unknown[] = [];
    const client = createSocket('unix_dgram');
    const send = (text: string, count = 5) => {
      for (let i = 0; i < count; i++) {
        client.send(Buffer.from(text), 0, 1, path, (error) => {
          if (error !== undefined) told.push(error.code);
        });
      }
    };
    const texts = (heard: [string, MessageInfo][]) => heard.map(([text]) => text).join('');
    const old = serverAt(path);
    send('a');
    unlinkSync(path);
    const next = serverAt(path);
    send('b');
    await turns();
    unlinkSync(path);
    send('c', 2);
    next.server.close();
    const last = serverAt(path);
    send('d');
    last.server.close();
    send('e', 2);
    await turns();
    old.server.close();
    client.close();
    expect([old, next, last].map(({ heard }) => texts(heard))).toEqual(['aaaaa', 'bbbbb', '']);
    const [none, refused] = [-constant('ENOENT'), -constant('ECONNREFUSED')];
    expect(told).toEqual([none, none, refused, refused]);
  });

  it('is known by its name to whom it sends several at once', async () => {
    const [path, own] = [place(), place()];
    const { server, heard } = serverAt(path);
    const client = createSocket('unix_dgram');
    const send = () => {
      for (let i = 0; i < 4; i++) client.send(Buffer.from('x'), 0, 1, path);
    };
    send();
    // The kernel looks at the name as it is received.
    await turns();
    client.bind(own);
    send();
    await turns();
    for (const socket of [server, client]) socket.close();
    const names = heard.map(([, info]) => info.path);
    expect(names).toEqual([...Array(4).fill(null), ...Array(4).fill(own)]);
  });

  it('has the names of UDP, which say that they are not there', () => {
    const socket = createSocket('unix_dgram');
    const names = [
      'address',
      'setTTL',
      'setBroadcast',
      'setMulticastTTL',
      'setMulticastLoopback',
    ].concat('addMembership', 'dropMembership');
    for (const name of names) {
      expect(() => (socket as unknown as Record<string, () => void>)[name]?.()).toThrow(
        'not implemented',
      );
    }
    socket.close();
  });

  // With an `await` between the datagrams of a batch, or none, a listener that throws loses no other.
  it('tells the rest of what came behind a listener that throws, with ticks between', () => {
    const report = runChild(`
      const { createSocket } = require(DIST + '/compat/unix-dgram.cjs');
      const path = '\\0rawloop-test-' + process.pid;
      const heard = [];
      process.on('uncaughtException', (error) => heard.push(error.message));
      const server = createSocket('unix_dgram', (message) => {
        heard.push(String(message));
        process.nextTick(() => heard.push('tick'));
        Promise.resolve().then(() => heard.push('promise'));
        if (String(message) === 'b') throw new Error('thrown');
        if (String(message) === 'c') setImmediate(() => { server.close(); report(heard); });
      });
      server.bind(path);
      const client = createSocket('unix_dgram');
      for (const text of 'abc') client.send(Buffer.from(text), 0, 1, path);
      client.close();`);
    const each = (text: string) => [text, 'tick', 'promise'];
    expect(report).toEqual([...each('a'), 'b', 'thrown', 'tick', 'promise', ...each('c')]);
  });

  // Each of these ended the process with the original: an assert, or memory used behind its end.
  it('survives what ended the process', () => {
    const report = runChild(
      `
      const { createSocket } = require(DIST + '/compat/unix-dgram.cjs');
      const path = '\\0rawloop-test-' + process.pid;
      const outcomes = [];
      const attempt = (work) => { try { work(); outcomes.push('ok'); } catch (error) { outcomes.push(error.name); } };
      const socket = createSocket('unix_dgram');
      socket.on('error', ({ code }) => outcomes.push(code));
      attempt(() => socket.send('text', 0, 4, path));
      attempt(() => socket.send(Buffer.alloc(4), 2, 4, path));
      attempt(() => socket.send(Buffer.alloc(4), 2 ** 32 - 1, 5, path));
      attempt(() => socket.send({}, 0, 0, path));
      socket.bind(path);
      socket.connect(path);
      attempt(() => socket.send('text'));
      attempt(() => socket.send(Buffer.from('own'), () => socket.close()));
      attempt(() => socket.close());
      attempt(() => socket.send(Buffer.from('late')));
      attempt(() => socket.bind(path));
      attempt(() => socket.connect(path));
      // Open ones that nobody holds any more, collected or not, and the end of the process.
      for (let i = 0; i < 50; i++) createSocket('unix_dgram').unref();
      gc();
      createSocket('unix_dgram', () => { report(outcomes); process.exit(0); }).bind(path);
      const last = createSocket('unix_dgram');
      for (let i = 0; i < 3; i++) last.send(Buffer.from('x'), 0, 1, path);
      gc();`,
      { flags: ['--expose-gc'] },
    );
    const gone = -constant('EBADF');
    expect(report).toEqual([
      ...['TypeError', 'RangeError', 'RangeError', 'TypeError', 'TypeError', 'ok', 'Error'],
      ...[gone, 'ok', gone, 'ok', gone, 'ok'],
    ]);
  });

  it('keeps the process alive until it is closed, and with unref does not, also in a Worker', () => {
    const report = runChild(`
      const code = (then) => \`
        const { createSocket } = require(\${JSON.stringify(DIST + '/compat/unix-dgram.cjs')});
        const socket = createSocket('unix_dgram', () => { socket.close(); });
        socket.bind(require('node:path').join(\${JSON.stringify(fs.mkdtempSync(require('node:os').tmpdir() + '/c-'))}, 's'));
        setTimeout(\${then}, 20);\`;
      const exits = [];
      const end = () => { if (exits.push(0) === 2) report('both ended'); };
      new Worker(code('() => socket.unref()'), { eval: true }).on('exit', end);
      new Worker(code("() => socket.close()"), { eval: true }).on('exit', end);`);
    expect(report).toBe('both ended');
  });
});
