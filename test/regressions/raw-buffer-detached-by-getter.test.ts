// Trap 20: user code that runs while arguments are read, a getter or a valueOf, and
// takes a buffer away whose pointer is known already.
//
// Without the two passes of ReadBuffers (first every member, then every pointer): the
// first case reads into memory that is freed, and says that all is well; and without those
// of sendmmsg's ReadAll, messages are sent of it. Numbers and strings are never asked for
// by valueOf, so there is nothing to take out for them.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { detach, pattern, put, take } from '../support/bytes.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';

guardDescriptors();
const opened = new Opened();
const DETACHED = expect.objectContaining({ name: 'TypeError', code: 'ERR_INVALID_STATE' });

/** Two buffers in an array; to look at the second one detaches the first. */
function trapped(): { first: Uint8Array; buffers: Uint8Array[] } {
  const first = pattern(1 << 20);
  const buffers = [first];
  Object.defineProperty(buffers, 1, {
    get() {
      if (first.length > 0) detach(first);
      return new Uint8Array(8);
    },
  });
  return { first, buffers };
}

describe('a member of the array that detaches another', () => {
  it('is an error of readv, and nothing is read', () => {
    const [left, right] = opened.pair();
    put(left, 'unread');
    expect(() => raw.readv(right, trapped().buffers)).toThrow(DETACHED);
    expect(take(right)).toBe('unread');
  });

  it('is an error of writev, and nothing is written', () => {
    const [left, right] = opened.pair();
    expect(() => raw.writev(left, trapped().buffers)).toThrow(DETACHED);
    expect(take(right)).toBe('');
  });

  it('that throws is its own error, and nothing moves', () => {
    const [left, right] = opened.pair();
    const failure = new Error('from a getter');
    const buffers = [pattern(8)];
    Object.defineProperty(buffers, 1, {
      get() {
        throw failure;
      },
    });
    expect(() => raw.writev(left, buffers)).toThrow(failure);
    expect(take(right)).toBe('');
  });
});

describe('a member of a message that detaches what came before', () => {
  const first = () => pattern(1 << 20);
  /** A message whose `name` detaches `bytes` when it is looked at. */
  const trap = (name: string, bytes: Uint8Array, message: object = { buffers: [bytes] }) =>
    Object.defineProperty(message, name, {
      get() {
        if (bytes.length > 0) detach(bytes);
        return undefined;
      },
    }) as raw.MessageToSend;

  it('is an error of sendmsg and recvmsg, and nothing moves', () => {
    const [left, right] = opened.pair();
    put(left, 'unread');
    expect(() => raw.sendmsg(left, trap('ancillary', first()))).toThrow(DETACHED);
    expect(() => raw.recvmsg(right, trap('maxFds', first()))).toThrow(DETACHED);
    expect(() => raw.recvmsg(right, trapped())).toThrow(DETACHED);
    expect(take(right)).toBe('unread');
  });

  it('is an error of a record of ancillary data', () => {
    const [left, right] = opened.pair();
    const data = first();
    const trapping = { level: 1, type: 99, data: new Uint8Array(4) };
    const detaching = Object.defineProperty(trapping, 'level', {
      get() {
        if (data.length > 0) detach(data);
        return 1;
      },
    });
    const records = [{ level: 1, type: 99, data }, detaching];
    const message = { buffers: [pattern(8)], ancillary: { raw: records } };
    expect(() => raw.sendmsg(left, message)).toThrow(DETACHED);
    expect(take(right)).toBe('');
  });

  it.runIf(raw.supported.sendmmsg)('is an error of sendmmsg, for all messages', () => {
    const [left, right] = opened.pair();
    const bytes = first();
    const second = trap('ancillary', bytes, { buffers: [pattern(8)] });
    expect(() => raw.sendmmsg(left, [{ buffers: [bytes] }, second])).toThrow(DETACHED);
    expect(take(right)).toBe('');
    const room = first();
    const other = trap('maxFds', room, { buffers: [pattern(8)] });
    expect(() => raw.recvmmsg(right, [{ buffers: [room] }, other])).toThrow(DETACHED);
  });
});

describe('an object in the place of a number', () => {
  it('is refused without being asked for its value', () => {
    const [left, right] = opened.pair();
    const buffer = pattern(64);
    let asked = 0;
    const value = {
      valueOf: () => {
        asked++;
        detach(buffer);
        return 0;
      },
      [Symbol.toPrimitive]: () => {
        asked++;
        return 0;
      },
    } as unknown as number;
    const calls = [
      () => raw.write(left, buffer, value),
      () => raw.write(left, buffer, 0, value),
      () => raw.read(right, buffer, value),
      () => raw.send(left, buffer, 0, 8, value),
      () => raw.recv(right, buffer, 0, 8, value),
      () => raw.write(value, buffer),
      () => raw.setsockopt(left, 1, value, buffer),
      () => raw.getsockopt(left, value, 1, buffer),
      () => raw.epoll_wait(value, buffer, 1, 0),
      () => raw.epoll_wait(left, buffer, 1, value),
    ];
    for (const call of calls) expect(call).toThrow(TypeError);
    expect(asked).toBe(0);
    expect(buffer.length).toBe(64);
  });
});

describe('a getter of an address', () => {
  it('that detaches the bytes of its path is an error', () => {
    const [left] = opened.pair();
    const path = pattern(16);
    const address = {
      get family() {
        detach(path);
        return 'unix' as const;
      },
      path,
    } as unknown as raw.UnixAddress;
    expect(() => raw.connect(left, address)).toThrow(DETACHED);
  });

  it('is asked once for each member', () => {
    const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
    const asked: string[] = [];
    const address = {
      get family() {
        asked.push('family');
        return 'ipv4' as const;
      },
      get address() {
        asked.push('address');
        return '127.0.0.1';
      },
      get port() {
        asked.push('port');
        return 0;
      },
    };
    expect(raw.bind(fd, address)).toBe(0);
    expect(asked).toEqual(['family', 'address', 'port']);
  });
});
