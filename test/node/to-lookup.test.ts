// toLookup: who takes a `lookup` in Node's form has its names from a Resolver, or from loop.dns.
// Tried without its guard: without `nextTick` what a callback throws is a rejection; without `isError`
// a finder that rejects with nothing has the callback told of no error.
import { createServer, get } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type AddressFinder, type NodeLookupOptions, toLookup } from '../../lib/node/index.js';
import { a, NameServer, reply, resolverAt } from '../dns/server.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();

/** What the callback is told. */
const told = (finder: AddressFinder, hostname: string, options: NodeLookupOptions = {}) =>
  new Promise<unknown[]>((resolve) =>
    toLookup(finder)(hostname, options, (...all) => resolve(all)),
  );
const resolver = () =>
  resolverAt(test.loop, [
    new NameServer(test.loop, (asked) => {
      if (asked.name !== 'x.test') return reply(asked, [], { rcode: 3 });
      return reply(asked, asked.type === 'A' ? [a(asked.name, '127.0.0.1')] : []);
    }),
  ]);

describe.each(DRIVE_MODES)('toLookup (%s)', (mode) => {
  it('tells one address or all, and errors, as dns.lookup does', async () => {
    const dns = resolver();
    const all = Promise.all([
      told(dns, 'x.test'),
      told(dns, 'x.test', { all: true, family: 4, hints: 0 }),
      told(test.loop.dns, '127.0.0.1', { family: 'IPv4', verbatim: true }),
      told(dns, 'none.test'),
      told(dns, 'x.test', { family: 5 }),
      told({ lookup: () => Promise.reject() }, 'x.test'),
      told({ lookup: async () => [] }, 'x.test'),
      told({ lookup: async () => undefined as never }, 'x.test'),
      told(dns, 'x.test', 4 as never),
      told(dns, 'x.test', null as never),
      new Promise((resolve) =>
        (toLookup(dns) as unknown as (name: string, callback: unknown) => void)(
          'x.test',
          (...all: unknown[]) => resolve(all),
        ),
      ),
    ]);
    await drive(test.loop, mode);
    const code = (text: string) => [expect.objectContaining({ code: text }), ''];
    expect(await all).toEqual([
      [null, '127.0.0.1', 4],
      [null, [{ address: '127.0.0.1', family: 4 }]],
      [null, '127.0.0.1', 4],
      code('ENOTFOUND'),
      code('ERR_INVALID_ARG_VALUE'),
      code('ENOTFOUND'),
      code('ENOTFOUND'),
      [expect.any(TypeError), ''],
      [null, '127.0.0.1', 4],
      [null, '127.0.0.1', 4],
      [null, '127.0.0.1', 4],
    ]);
  });
});

it('connects sockets and requests of Node to a name that only a server of ours knows', async () => {
  const loop = test.loop.attach();
  const lookup = toLookup(resolver());
  const server = createServer((_request, response) => response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const autoSelectFamily of [true, false]) {
    const options = { host: 'x.test', port, lookup, autoSelectFamily };
    const socket = await new Promise<Socket>((resolve, reject) => {
      const connecting = connect(options, () => resolve(connecting)).on('error', reject);
    });
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  }
  const status = await new Promise((resolve, reject) => {
    get({ host: 'x.test', port, lookup, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    }).on('error', reject);
  });
  expect(status).toBe(204);
  const error = await new Promise((resolve) => {
    connect({ host: 'none.test', port, lookup }).on('error', resolve);
  });
  expect(error).toMatchObject({ code: 'ENOTFOUND', hostname: 'none.test' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  loop.detach();
});

it('refuses what looks nothing up, and a callback that is none', () => {
  for (const finder of [undefined, null, 5, {}, { lookup: 1 }]) {
    expect(() => toLookup(finder as never)).toThrow(TypeError);
  }
  const lookup = toLookup(test.loop.dns);
  expect(() => lookup('x.test', {}, undefined as never)).toThrow(TypeError);
});
