// Names in the place of addresses: of hosts, which are looked up to connect to alone
// (by-name.test.ts), and of interfaces.
// Tried without its guard: without `noAddress` the first fails; without `addressOfInterface` the
// others; without ANSWERED_PLACE in lib/net/by-name.ts the one of a look-up.
import { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import type { ConnectOptions } from '../../lib/net/connect.js';
import { serve } from '../stream/support.js';
import { guardDescriptors } from '../support/descriptors.js';
import { eachWithLoop, run } from '../support/drive.js';

guardDescriptors();
const test = eachWithLoop();
/** The loopback's: 'lo' on Linux, 'lo0' on macOS and the BSDs. */
const [loopback, infos = []] =
  Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ internal }) => internal)) ??
  [];

const refused = (options: ConnectOptions) => {
  try {
    test.loop.connect(options, {});
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('it is not refused');
};

it('the name of a host to listen at is refused, and the error says what to do', () => {
  for (const host of [
    'example.org',
    'localhost.',
    'a',
    'bücher.example',
    `${'a'.repeat(249)}.org`,
  ]) {
    expect(() => test.loop.listen({ host, port: 0 }, {})).toThrow(
      /not looked up here: ask loop.dns/,
    );
    expect(() => test.loop.dgram({ host, port: 0 }, {})).toThrow(
      /not looked up here: ask loop.dns/,
    );
  }
  for (const host of ['', '1.2.3', '::g', 'http://example.org', 'a\0b', 'a'.repeat(10_000)]) {
    const error = refused({ host, port: 80 });
    expect([error.code, /looked up/.test(error.message)]).toEqual(['ERR_INVALID_ARG_VALUE', false]);
    expect(error.message.length).toBeLessThan(250);
  }
  expect(test.loop.alive).toBe(false);
});

it('what a look-up answered that is no address is not told as a name of the caller', async () => {
  const resolver = { lookup: async () => [{ address: 'y.test', family: 4 }] };
  const socket = test.loop.connect({ host: 'x.test', port: 1, resolver }, {});
  await run(test.loop);
  expect(socket.error?.message).toMatch(/"address of lookup".*, not 'y\.test'$/);
});

it.runIf(loopback !== undefined)('localAddress may name an interface', async () => {
  for (const host of ['127.0.0.1', '::1']) {
    const family = host === '::1' ? 'IPv6' : 'IPv4';
    if (!infos.some((info) => info.family === family)) continue;
    const { server } = serve(test.loop, { open: () => server.close() }, { host });
    const { port } = server.address;
    const options = { host, port, localAddress: loopback as string };
    const socket = test.loop.connect(options, { open: () => test.loop.stop() });
    await run(test.loop);
    expect(socket.address).toMatchObject({ address: host });
    socket.destroy();
    await run(test.loop);
  }
});

it('an interface that there is not, or that has no such address, opens nothing', () => {
  for (const localAddress of ['nosuch0', '__proto__', 'toString', '']) {
    const error = refused({ port: 9, localAddress });
    expect([error.code, error.message]).toEqual([
      'ERR_INVALID_ARG_VALUE',
      expect.stringContaining('an address, or an interface that is up'),
    ]);
  }
  expect(test.loop.alive).toBe(false);
});
