// rawloop/compat/abstract-socket: the host's own sockets under abstract names. The tests of
// npm abstract-socket are run by `npm run test:compat`.
import { once } from 'node:events';
import { Server, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connect, createConnection, createServer } from '../../lib/compat/abstract-socket/index.js';
import { guardDescriptors } from '../support/descriptors.js';

guardDescriptors();
let names = 0;
const name = () => `\0rawloop-test-${process.pid}-${names++}`;

describe.skipIf(process.platform !== 'linux')('abstract-socket', () => {
  it('carries bytes both ways, by sockets of the host', async () => {
    const place = name();
    const server = createServer((socket) => socket.pipe(socket));
    expect(server.listen(place)).toBe(server);
    expect(server).toBeInstanceOf(Server);
    await once(server, 'listening');
    const client = await new Promise<Socket>((resolve) => {
      connect(place, resolve);
    });
    client.end('hello');
    const [chunk] = await once(client, 'data');
    expect(String(chunk)).toBe('hello');
    await once(client, 'close');
    server.close();
    await once(server, 'close');
  });

  it('tells of a name that is in use, and of one that nobody has', async () => {
    const place = name();
    const server = createServer().listen(place);
    const [busy] = await once(createServer().listen(place), 'error');
    expect(busy).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen', address: place });
    const client = createConnection(name());
    const [refused] = await once(client, 'error');
    expect(refused).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' });
    expect(client.destroyed).toBe(true);
    server.close();
  });

  it.each([['no-nul'], [''], [`\0${'x'.repeat(108)}`], [undefined]])(
    'refuses the name %j',
    async (bad) => {
      const [ofServer] = await once(createServer().listen(bad), 'error');
      const [ofClient] = await once(connect(bad as string), 'error');
      expect([ofServer, ofClient].map(({ code }) => code)).toEqual(['EINVAL', 'EINVAL']);
    },
  );

  it('has names of 107 bytes behind the NUL', async () => {
    const place = name().padEnd(108, 'x');
    const server = createServer(() => server.close()).listen(place);
    connect(place).end();
    await once(server, 'close');
  });
});
