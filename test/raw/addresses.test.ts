// Socket addresses: from an object or raw bytes to the kernel, and back.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { bytesOf } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const EINVAL = -constant('EINVAL');
const DOMAINS = { ipv4: 'AF_INET', ipv6: 'AF_INET6', unix: 'AF_UNIX' } as const;
type Family = keyof typeof DOMAINS;

const open = (family: Family): number =>
  opened.keep(raw.socket(constant(DOMAINS[family]), constant('SOCK_STREAM')));

/** What the kernel says after binding to `address`: an address or -errno. */
function bound(family: Family, address: unknown): raw.Address | number {
  const fd = open(family);
  const result = raw.bind(fd, address as raw.Address);
  return result < 0 ? result : raw.getsockname(fd);
}

/** A name in the abstract namespace that no other test has. */
const abstract = (name: string): string => `\0rawloop-${process.pid}-${name}`;

describe('IP addresses', () => {
  it('come back as they were given, with the port that the kernel picked', () => {
    const v4 = bound('ipv4', { family: 'ipv4', address: '127.0.0.1', port: 0 });
    expect(v4).toEqual({ family: 'ipv4', address: '127.0.0.1', port: expect.any(Number) });
    expect((v4 as raw.IpAddress).port).toBeGreaterThan(0);
    const v6 = bound('ipv6', { family: 'ipv6', address: '::1', port: 0 });
    expect(v6).toEqual({ family: 'ipv6', address: '::1', port: expect.any(Number) });
  });

  it('take the family in any case, or as a number', () => {
    for (const family of ['ipv4', 'IPv4', 'IPV4', constant('AF_INET')]) {
      const address = { family, address: '127.0.0.1', port: 0 };
      expect(bound('ipv4', address)).toMatchObject({ family: 'ipv4' });
    }
  });

  it('are written the short way', () => {
    const long = { family: 'ipv6', address: '0:0:0:0:0:0:0:0', port: 0 };
    expect(bound('ipv6', long)).toMatchObject({ address: '::' });
  });

  it('keep the zone of a link-local address', () => {
    const lo = { family: 'ipv6', address: '::1%lo', port: 0 };
    expect(bound('ipv6', lo)).toMatchObject({ family: 'ipv6' });
    const byNumber = { family: 'ipv6', address: '::1%1', port: 0 };
    expect(bound('ipv6', byNumber)).toMatchObject({ family: 'ipv6' });
    for (const zone of ['', 'no-such-interface', '1x', '-1', '4294967296']) {
      const address = { family: 'ipv6', address: `::1%${zone}`, port: 0 };
      expect(bound('ipv6', address)).toBe(EINVAL);
    }
  });

  it('that are none give -EINVAL', () => {
    for (const address of [
      '',
      'localhost',
      '1.2.3',
      '1.2.3.256',
      '::1',
      '127.0.0.1\0',
      ' 1.2.3.4',
    ]) {
      expect(bound('ipv4', { family: 'ipv4', address, port: 0 })).toBe(EINVAL);
    }
    for (const address of [
      '',
      '1.2.3.4',
      ':::',
      '::1\0',
      '12345::',
      '[::1]',
      'x'.repeat(100_000),
    ]) {
      expect(bound('ipv6', { family: 'ipv6', address, port: 0 })).toBe(EINVAL);
    }
  });

  it('refuse a port that is no integer from 0 to 65535', () => {
    for (const port of [-1, 65536, 70000, 1.5, Number.NaN, 2 ** 32, 1e308]) {
      const address = { family: 'ipv4', address: '127.0.0.1', port };
      expect(() => bound('ipv4', address)).toThrow(RangeError);
    }
    for (const port of ['80', 80n, null, undefined, {}]) {
      const address = { family: 'ipv4', address: '127.0.0.1', port };
      expect(() => bound('ipv4', address)).toThrow(TypeError);
    }
  });

  it('take an address object of another library, such as net.SocketAddress', async () => {
    const { SocketAddress } = await import('node:net');
    const address = new SocketAddress({ address: '127.0.0.1', port: 0, family: 'ipv4' });
    expect(bound('ipv4', address)).toMatchObject({ family: 'ipv4', address: '127.0.0.1' });
  });
});

describe('Unix addresses', () => {
  it('in the abstract namespace keep every byte', () => {
    for (const path of [abstract('a'), `${abstract('b')}\0c\0`, abstract('ä€😀')]) {
      expect(bound('unix', { family: 'unix', path })).toEqual({ family: 'unix', path });
    }
  });

  it('take a path as bytes', () => {
    const path = abstract('bytes');
    const address = { family: 'unix', path: bytesOf(path) };
    expect(bound('unix', address)).toEqual({ family: 'unix', path });
  });

  it('without a name have an empty path', () => {
    const [left] = opened.pair();
    expect(raw.getsockname(left)).toEqual({ family: 'unix', path: '' });
  });

  it('fill all of the 108 bytes, and not one more', () => {
    const full = abstract('full').padEnd(108, 'x');
    expect(bound('unix', { family: 'unix', path: full })).toEqual({ family: 'unix', path: full });
    const tooLong = -constant('ENAMETOOLONG');
    expect(bound('unix', { family: 'unix', path: `${full}x` })).toBe(tooLong);
    expect(bound('unix', { family: 'unix', path: '/'.repeat(108) })).toBe(tooLong);
    expect(bound('unix', { family: 'unix', path: '/'.repeat(107) })).toBe(-constant('EADDRINUSE'));
  });

  it('refuse a path with a NUL in it, and one that is neither text nor bytes', () => {
    expect(bound('unix', { family: 'unix', path: '/tmp/a\0b' })).toBe(EINVAL);
    for (const path of [7, null, undefined, {}, ['/tmp']]) {
      expect(() => bound('unix', { family: 'unix', path })).toThrow(TypeError);
    }
  });
});

describe('addresses as raw bytes', () => {
  /** A sockaddr_in of 127.0.0.1:0. */
  const sockaddrIn = (): Uint8Array => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setUint16(0, constant('AF_INET'), true);
    bytes.set([127, 0, 0, 1], 4);
    return bytes;
  };

  it('go to the kernel as they are', () => {
    expect(bound('ipv4', sockaddrIn())).toMatchObject({ family: 'ipv4', address: '127.0.0.1' });
    expect(bound('ipv4', sockaddrIn().buffer)).toMatchObject({ address: '127.0.0.1' });
    expect(bound('ipv4', sockaddrIn().subarray(0, 8))).toBe(EINVAL);
  });

  it('must be 2 to 128 bytes', () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array(1), new Uint8Array(129)]) {
      expect(() => bound('ipv4', bytes)).toThrow(RangeError);
    }
    expect(bound('ipv4', new Uint8Array(128))).toBeTypeOf('object');
  });

  it('come back as bytes for a family without a form of its own', () => {
    const result = raw.socket(constant('AF_NETLINK'), constant('SOCK_RAW'), 0);
    // A sandbox may forbid netlink.
    if (result === -constant('EPERM') || result === -constant('EACCES')) return;
    const fd = opened.keep(result);
    const name = raw.getsockname(fd);
    expect(name).toBeInstanceOf(Uint8Array);
    expect((name as Uint8Array).length).toBe(12);
    expect((name as Uint8Array)[0]).toBe(constant('AF_NETLINK'));
    expect(raw.bind(fd, name as Uint8Array)).toBe(0);
  });
});

describe('anything else', () => {
  it('is no address', () => {
    const notOne = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
    for (const address of [undefined, null, 7, 'ipv4', () => {}, Symbol('a'), 1n, true]) {
      expect(() => bound('ipv4', address)).toThrow(expect.objectContaining(notOne));
    }
    for (const family of [undefined, 'inet', 'IPv5', '', 99, Number.NaN, null, {}]) {
      const address = { family, address: '127.0.0.1', port: 0 };
      expect(() => bound('ipv4', address)).toThrow(expect.objectContaining(notOne));
    }
  });

  it('of another family than the socket is refused by the kernel', () => {
    const v6 = { family: 'ipv6', address: '::1', port: 0 };
    expect(bound('ipv4', v6)).toBe(-constant('EAFNOSUPPORT'));
  });

  it('with a getter that throws: that error is the one that comes', () => {
    const failure = new Error('from the getter');
    const address = {
      family: 'ipv4',
      get address() {
        throw failure;
      },
      port: 0,
    };
    expect(() => bound('ipv4', address)).toThrow(failure);
  });
});
