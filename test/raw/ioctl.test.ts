// ioctl: what each kind of request does with its argument, and that a request is made only
// when it is known how much the kernel fills.
//
// Without the comparison of lengths in AskWithBytes (native/calls/ioctl.cc): the kernel
// writes behind what is too short. With requests that are on no list made by the size in
// their number: SIOCGIFCONF fills memory that the bytes point to.
import { closeSync, openSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { describe, expect, it, onTestFinished } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { detach, put, take } from '../support/bytes.js';
import { guardDescriptors, isCloseOnExec, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const OUT_OF_RANGE = expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE' });
const WRONG_TYPE = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
const FIONREAD = constant('FIONREAD');
const FIONBIO = constant('FIONBIO');
const ENOTTY = -constant('ENOTTY');
const isLinux = process.platform === 'linux';

const isNonBlocking = (fd: number): boolean =>
  (raw.check(raw.fcntl(fd, constant('F_GETFL')), 'fcntl') & constant('O_NONBLOCK')) !== 0;

describe('a request', () => {
  it('fills bytes, and none beside those that it uses', () => {
    const [left, right] = opened.pair();
    put(left, '12345');
    const memory = new Int32Array(4).fill(-1);
    expect(raw.ioctl(right, FIONREAD, memory.subarray(1, 3))).toBe(0);
    expect([...memory]).toEqual([-1, 5, -1, -1]);
  });

  it('that reads an int takes a number or bytes', () => {
    const [fd] = opened.pipe(0);
    expect(raw.ioctl(fd, FIONBIO, 1)).toBe(0);
    expect(isNonBlocking(fd)).toBe(true);
    expect(raw.ioctl(fd, FIONBIO, new Int32Array(1))).toBe(0);
    expect(isNonBlocking(fd)).toBe(false);
  });

  it('that the descriptor does not have: ENOTTY', () => {
    const [fd] = opened.pipe();
    expect(raw.ioctl(fd, constant('TIOCGWINSZ'), new Uint16Array(4))).toBe(ENOTTY);
  });

  it.runIf(isLinux)('asks an interface by its name', () => {
    const ifreq = new Uint8Array(40);
    ifreq.set(Buffer.from('lo'));
    const socket = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_DGRAM')));
    expect(raw.ioctl(socket, constant('SIOCGIFINDEX'), ifreq)).toBe(0);
    expect(new Int32Array(ifreq.buffer)[4]).toBeGreaterThan(0);
    if (networkInterfaces()['lo'] === undefined) return;
    expect(raw.ioctl(socket, constant('SIOCGIFADDR'), ifreq)).toBe(0);
    expect([...ifreq.subarray(20, 24)]).toEqual([127, 0, 0, 1]);
  });
});

describe.runIf(isLinux)('a terminal', () => {
  /** Both ends, without the C library's help. */
  function openPty(): [master: number, other: number] {
    const master = openSync('/dev/ptmx', constant('O_RDWR') | constant('O_NOCTTY'));
    onTestFinished(() => closeSync(master));
    expect(raw.ioctl(master, constant('TIOCSPTLCK'), 0)).toBe(0);
    const flags = constant('O_RDWR') | constant('O_NOCTTY') | constant('O_NONBLOCK');
    return [master, opened.keep(raw.ioctl(master, constant('TIOCGPTPEER'), flags), 'ioctl')];
  }

  it('opens its other side, which is close-on-exec and ours', () => {
    const [master, other] = openPty();
    expect([isCloseOnExec(other), isNonBlocking(other)]).toEqual([true, true]);
    put(other, 'printed');
    const chunk = new Uint8Array(16);
    expect(raw.read(master, chunk)).toBe(7);
    expect(raw.close(other)).toBe(0);
  });

  it('has a size, modes, and queues that a number drops', () => {
    const [master, other] = openPty();
    expect(raw.ioctl(master, constant('TIOCSWINSZ'), Uint16Array.of(50, 132, 0, 0))).toBe(0);
    const size = new Uint16Array(5).fill(7);
    expect(raw.ioctl(other, constant('TIOCGWINSZ'), size)).toBe(0);
    expect([...size]).toEqual([50, 132, 0, 0, 7]);
    const modes = new Uint8Array(60).fill(0xee);
    expect(raw.ioctl(other, constant('TCGETS'), modes)).toBe(0);
    // The kernel's struct is shorter than the C library's.
    expect([...modes.subarray(36)]).toEqual(new Array(24).fill(0xee));
    const words = new Uint32Array(modes.buffer, 0, 4);
    const ICANON = 2;
    words[3] = (words[3] as number) & ~ICANON;
    expect(raw.ioctl(other, constant('TCSETS'), modes)).toBe(0);
    raw.check(raw.write(master, Buffer.from('typed')), 'write');
    expect(raw.ioctl(other, FIONREAD, new Int32Array(1))).toBe(0);
    const TCIFLUSH = 0;
    expect(raw.ioctl(other, constant('TCFLSH'), TCIFLUSH)).toBe(0);
    expect(take(other)).toBe('');
  });
});

describe('what is refused', () => {
  it('bytes that are too short or detached, or a number in their place', () => {
    const [fd] = opened.pipe();
    expect(() => raw.ioctl(fd, FIONREAD, new Uint8Array(3))).toThrow(OUT_OF_RANGE);
    expect(() => raw.ioctl(fd, FIONBIO, new Uint8Array(0))).toThrow(OUT_OF_RANGE);
    expect(() => raw.ioctl(fd, FIONREAD, 4)).toThrow(WRONG_TYPE);
    expect(() => raw.ioctl(fd, FIONREAD)).toThrow(WRONG_TYPE);
    const gone = new Int32Array(1);
    detach(gone);
    const detached = expect.objectContaining({ code: 'ERR_INVALID_STATE' });
    expect(() => raw.ioctl(fd, FIONREAD, gone)).toThrow(detached);
  });

  it.runIf(isLinux)('bytes in the place of a number', () => {
    const [fd] = opened.pipe();
    const call = () => raw.ioctl(fd, constant('TCFLSH'), new Uint8Array(8));
    expect(call).toThrow(WRONG_TYPE);
  });

  it('a request that is none of 32 bits', () => {
    const [fd] = opened.pipe();
    for (const request of [-1, 2 ** 32, 0.5]) {
      expect(() => raw.ioctl(fd, request, 0)).toThrow(OUT_OF_RANGE);
    }
  });

  it.runIf(isLinux)('what holds an address, or is not known', () => {
    const socket = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_DGRAM')));
    const target = new Uint8Array(4096);
    const SIOCGIFCONF = 0x8912;
    const SIOCETHTOOL = 0x8946;
    // As the number says, 8 bytes of a driver that nobody knows.
    const OF_NOBODY = 0xc0087f01;
    for (const request of [SIOCGIFCONF, SIOCETHTOOL, OF_NOBODY, 0, 2 ** 32 - 1]) {
      expect(raw.ioctl(socket, request, target)).toBe(ENOTTY);
      expect(raw.ioctl(socket, request, 7)).toBe(ENOTTY);
    }
    expect(target.every((byte) => byte === 0)).toBe(true);
  });
});
