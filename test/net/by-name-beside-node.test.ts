// `loop.connect` by name beside node:net, with the same addresses of a host: which are tried in which
// order, and what is told when none of them takes the connection.
// Tried without its guard: with addresses in the order in which they came, `interleaved` left out,
// the second fails.
import { connect, type NetConnectOpts } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { SystemError } from '../../lib/raw/errors.js';
import { guardDescriptors } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { deviates, usedBackend } from '../support/libkqueue.js';

guardDescriptors();
const test = eachWithLoop();

/** The code of all, and what is told of each. */
function told(reason: unknown): unknown[] {
  const { code, errors } = reason as { code: string; errors: SystemError[] };
  const each = errors.map((error) => [error.code, error.syscall, error.address, error.port]);
  return [code, ...each];
}

/** What node:net tells of a host with these addresses, at a port where nobody is. */
function byNode(addresses: readonly { address: string; family: number }[]): Promise<unknown> {
  const lookup = (_host: string, _options: object, done: (...found: unknown[]) => void) =>
    done(null, addresses);
  const options = { host: 'x.test', port: 1, autoSelectFamily: true, lookup };
  const socket = connect(options as NetConnectOpts);
  return new Promise((resolve) => socket.on('error', resolve));
}

describe.skipIf(deviates(usedBackend, 'errorTaken')).each(DRIVE_MODES)(
  'connecting by name (%s)',
  (mode) => {
    it.each([
      ['of one family', ['127.0.0.2', '127.0.0.3']],
      ['of both, in turn', ['127.0.0.2', '127.0.0.3', '::1']],
      ['of both, IPv6 first', ['::1', '127.0.0.2', '127.0.0.3']],
    ])('tells of addresses %s what node:net tells', async (_, texts) => {
      const addresses = texts.map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }));
      const resolver = { lookup: async () => addresses };
      const socket = test.loop.connect({ host: 'x.test', port: 1, resolver }, {});
      const error = socket.opened.catch((reason) => reason);
      await drive(test.loop, mode);
      expect(told(await error)).toEqual(told(await byNode(addresses)));
    });
  },
);
