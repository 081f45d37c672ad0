// What setOption and getOption refuse by name: before any call, with a code and the name.
//
// Without the checks of a codec the kernel truncates: a wrong type is 0, 2^32 is 0, a name
// of 40 bytes is another's.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { getByName } from '../../lib/socket-options/access.js';
import { thrownBy } from '../loop/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { HOSTILE } from '../support/hostile.js';
import { KINDS, setByName, take } from './support.js';

guardDescriptors();
const opened = new Opened();
const onLinux = it.runIf(process.platform === 'linux');

/** Refused before the kernel is asked: it would say EBADF. */
const NEVER_OPEN = 2 ** 31 - 1;
const refusal = (name: string, value: unknown) =>
  thrownBy(() => setByName(NEVER_OPEN, name, value));

describe('a name that is not known', () => {
  it.each([
    ['TCP_NODELY', "did you mean 'TCP_NODELAY'?"],
    ['so_keepalive', "did you mean 'SO_KEEPALIVE'?"],
    ['KEEPALIVE', "did you mean 'SO_KEEPALIVE'?"],
    ['__proto__', 'socket option'],
    ['constructor', 'docs/socket-options.md'],
    ['', 'docs/socket-options.md'],
    ['x'.repeat(10_000), 'docs/socket-options.md'],
    // Known by its number alone.
    ['SO_RCVTIMEO', 'by its number'],
  ])('%.20s', (name, hint) => {
    const code = 'ERR_INVALID_ARG_VALUE';
    for (const call of [() => setByName(NEVER_OPEN, name, 1), () => getByName(NEVER_OPEN, name)]) {
      const error = thrownBy(call) as Error;
      expect(error).toMatchObject({ name: 'TypeError', code });
      expect(error.message).toContain(hint);
      expect(error.message.length).toBeLessThan(300);
    }
  });

  it('or that goes the other way', () => {
    const code = 'ERR_INVALID_ARG_VALUE';
    expect(refusal('SO_TYPE', 1)).toMatchObject({ code, message: /SO_TYPE is only read/ });
    expect(thrownBy(() => getByName(NEVER_OPEN, 'SO_DETACH_FILTER'))).toMatchObject({
      code,
      message: expect.stringContaining('SO_DETACH_FILTER is only set'),
    });
  });
});

describe('a value that does not fit', () => {
  const type = { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' };
  const value = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' };
  const range = { name: 'RangeError', code: 'ERR_OUT_OF_RANGE' };

  it.each<[name: string, value: unknown, error: object]>([
    ['TCP_NODELAY', 1, type],
    ['TCP_NODELAY', 'true', type],
    ['TCP_KEEPIDLE', '5', type],
    ['TCP_KEEPIDLE', 0, range],
    ['TCP_KEEPIDLE', 1.5, range],
    ['TCP_KEEPIDLE', Number.NaN, range],
    ['SO_SNDBUF', 2 ** 31, range],
    ['SO_SNDBUF', -1, range],
    ['SO_LINGER', true, type],
    ['SO_LINGER', 65536, range],
    ['SO_LINGER', { on: true, seconds: 1 }, type],
    ['IP_TOS', 256, range],
    ['IP_MULTICAST_IF', 'lo', value],
    ['IP_MULTICAST_IF', '127.1', value],
    ['IP_MULTICAST_IF', 1, type],
  ])('%s, %o', (name, given, error) => {
    expect(refusal(name, given)).toMatchObject({
      ...error,
      message: expect.stringContaining(`"${name}"`),
    });
  });

  onLinux.each<[name: string, value: unknown, error: object]>([
    ['SO_MARK', 2 ** 32, range],
    ['SO_MARK', -1, range],
    ['SO_BINDTODEVICE', 'x'.repeat(16), value],
    ['SO_BINDTODEVICE', 'é'.repeat(8), value],
    ['TCP_CONGESTION', 'reno\0', value],
    ['TCP_CONGESTION', 5, type],
    ['SO_DETACH_FILTER', false, type],
    ['SO_ATTACH_FILTER', [], range],
    ['SO_ATTACH_FILTER', new Array(4097).fill(take(true)[0]), range],
    ['SO_ATTACH_FILTER', new Uint8Array(8), type],
    ['SO_ATTACH_FILTER', [null], type],
    ['SO_ATTACH_FILTER', [{ code: 6, jt: 0, jf: 0 }], type],
    ['SO_ATTACH_FILTER', [{ code: 65536, jt: 0, jf: 0, k: 0 }], range],
    ['SO_ATTACH_FILTER', [{ code: 6, jt: 256, jf: 0, k: 0 }], range],
    ['SO_ATTACH_FILTER', [{ code: 6, jt: 0, jf: 0, k: 2 ** 32 }], range],
  ])('on Linux, %s, %#', (name, given, error) => {
    expect(refusal(name, given)).toMatchObject({
      ...error,
      message: expect.stringContaining(`"${name}`),
    });
  });

  it('of any kind leaves the socket as it is', () => {
    const fd = KINDS.tcp(opened);
    const names = [
      'SO_LINGER',
      'TCP_KEEPIDLE',
      'SO_KEEPALIVE',
      'IP_MULTICAST_IF',
      'TCP_CONGESTION',
    ];
    const before = names.map((name) => getByName(fd, name));
    for (const name of names) {
      for (const hostile of Object.values(HOSTILE)) {
        try {
          setByName(fd, name, hostile);
        } catch {
          continue;
        }
        // It is one that the option takes: put back.
        setByName(fd, name, before[names.indexOf(name)]);
      }
    }
    expect(names.map((name) => getByName(fd, name))).toEqual(before);
  });
});

describe('what the kernel refuses', () => {
  it('is its SystemError, with the option', () => {
    const { message, ...error } = thrownBy(() =>
      setByName(KINDS.unix(opened), 'TCP_KEEPIDLE', 5),
    ) as Error;
    expect(error).toMatchObject({ name: 'SystemError', syscall: 'setsockopt' });
    expect(message).toContain('. The option is TCP_KEEPIDLE');
    expect(thrownBy(() => getByName(NEVER_OPEN, 'SO_TYPE'))).toMatchObject({
      code: 'EBADF',
      syscall: 'getsockopt',
      message: expect.stringContaining('. The option is SO_TYPE'),
    });
  });

  it('also of what is no socket', () => {
    const [readEnd] = opened.pipe();
    expect(thrownBy(() => getByName(readEnd, 'SO_TYPE'))).toMatchObject({ code: 'ENOTSOCK' });
    expect(thrownBy(() => setByName(readEnd, 'SO_KEEPALIVE', true))).toMatchObject({
      code: 'ENOTSOCK',
    });
  });

  onLinux('a name of an algorithm that there is not', () => {
    const fd = KINDS.tcp(opened);
    const before = getByName(fd, 'TCP_CONGESTION');
    expect(thrownBy(() => setByName(fd, 'TCP_CONGESTION', 'no-such-one'))).toMatchObject({
      code: 'ENOENT',
    });
    expect(getByName(fd, 'TCP_CONGESTION')).toBe(before);
  });

  onLinux('a program that is none', () => {
    // It jumps behind its end.
    const jump = [{ code: 0x05, jt: 0, jf: 0, k: 9 }, ...take(true)];
    const fd = KINDS.udp(opened);
    expect(thrownBy(() => setByName(fd, 'SO_ATTACH_FILTER', jump))).toMatchObject({
      code: 'EINVAL',
      message: expect.stringContaining('SO_ATTACH_FILTER'),
    });
    expect(thrownBy(() => setByName(fd, 'SO_DETACH_FILTER', true))).toMatchObject({
      code: 'ENOENT',
    });
  });

  onLinux('the filter that is locked', () => {
    const fd = KINDS.udp(opened);
    setByName(fd, 'SO_ATTACH_FILTER', take(true));
    setByName(fd, 'SO_LOCK_FILTER', true);
    expect(thrownBy(() => setByName(fd, 'SO_DETACH_FILTER', true))).toMatchObject({
      code: 'EPERM',
    });
    expect(getByName(fd, 'SO_LOCK_FILTER')).toBe(true);
  });

  it('and raw calls still refuse what holds an address', () => {
    const fd = KINDS.udp(opened);
    const refused = raw.setsockopt(fd, constant('SOL_SOCKET'), 26, new Uint8Array(16));
    if (process.platform === 'linux') expect(refused).toBe(-constant('ENOPROTOOPT'));
  });
});
