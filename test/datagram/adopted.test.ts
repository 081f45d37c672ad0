// Sockets of datagrams that were opened elsewhere: of whatever family, they are taken over
// whole; what is refused is left as it was. And detach, the way back.
import { describe, expect, it } from 'vitest';
import type { DatagramAddress } from '../../lib/datagram/address.js';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { thrownBy } from '../loop/support.js';
import { untilReadable } from '../support/bytes.js';
import { guardDescriptors, isOpen, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { HOST, hearing, listening, nothingHeard, placeOf } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

function plain(domain = constant('AF_INET')): number {
  return raw.check(raw.socket(domain, constant('SOCK_DGRAM')), 'socket');
}

describe.each(DRIVE_MODES)('in %s mode', (mode) => {
  it('one that was bound, and blocks, is served as if it had been opened here', async () => {
    const fd = plain();
    raw.check(raw.bind(fd, { family: 'ipv4', address: HOST, port: 0 }), 'bind');
    const heard = nothingHeard();
    const socket = test.loop.dgram(
      { fd },
      hearing(heard, { message: (own) => own.close() }) as object,
    );
    expect(socket.family).toBe('ipv4');
    const { socket: client } = listening(test.loop);
    client.send('hello', placeOf(socket));
    client.close();
    await drive(test.loop, mode);
    expect(heard.messages.map(({ text }) => text)).toEqual(['hello']);
    expect(isOpen(fd)).toBe(false);
  });

  it('one of a pair is connected to the other', async () => {
    const [ours, theirs] = raw.check(
      raw.socketpair(constant('AF_UNIX'), constant('SOCK_DGRAM')),
      'socketpair',
    );
    const heard = nothingHeard();
    const socket = test.loop.dgram(
      { fd: ours },
      hearing(heard, { message: (own) => own.close() }) as object,
    );
    test.loop.setImmediate(() => {
      socket.send('there');
      test.loop.flush();
      const buffer = new Uint8Array(9);
      expect(raw.read(theirs, buffer)).toBe(5);
      raw.write(theirs, Buffer.from('and back'));
    });
    await drive(test.loop, mode);
    raw.close(theirs);
    expect(heard.messages.map(({ text }) => text)).toEqual(['and back']);
  });

  it.runIf(constants['AF_NETLINK'] !== undefined)(
    'netlink has addresses that are bytes',
    async () => {
      const fd = plain(constants['AF_NETLINK']);
      let from: DatagramAddress | undefined;
      const socket = test.loop.dgram(
        { fd },
        {
          message: (own, chunk, peer) => {
            from = peer;
            // struct nlmsghdr: length, type (NLMSG_ERROR).
            expect(chunk.length).toBeGreaterThan(16);
            own.close();
          },
        },
      );
      expect(socket.family).toBe('raw');
      // RTM_GETLINK (18) of what there is not, acknowledged: NLM_F_REQUEST | NLM_F_ACK.
      const request = new Uint8Array(32);
      new Uint32Array(request.buffer).set([32, 18 | (5 << 16), 1, 0]);
      new Int32Array(request.buffer)[5] = 2 ** 30;
      test.loop.setImmediate(() => socket.send(request));
      await drive(test.loop, mode);
      expect(from?.family).toBe('raw');
      expect(from !== undefined && 'bytes' in from && from.bytes.length).toBe(12);
    },
  );

  it('detach gives it back, with what waits unread', async () => {
    const server = listening(test.loop);
    const to = placeOf(server.socket);
    const fd = server.socket.detach();
    opened.keep(fd);
    expect(server.socket.active).toBe(false);
    const { socket: client } = listening(test.loop);
    client.send('still there', to);
    client.close();
    await drive(test.loop, mode);
    expect(server.heard).toMatchObject({ closed: 1, messages: [] });
    untilReadable(fd);
    expect(raw.recv(fd, new Uint8Array(20))).toBe(11);
  });
});

describe('what is no socket of datagrams is refused, and left as it was', () => {
  const makers: Record<string, () => number> = {
    'a pipe': () => opened.pipe(0)[0],
    'a stream socket': () => opened.pair()[0],
    'a number that is not open': () => 2 ** 20,
  };
  it.each(Object.keys(makers))('%s', (name) => {
    const fd = makers[name]?.() as number;
    const before = raw.fcntl(fd, constant('F_GETFL'));
    expect(thrownBy(() => test.loop.dgram({ fd }, {}))).toBeInstanceOf(Error);
    expect(raw.fcntl(fd, constant('F_GETFL'))).toBe(before);
    expect(test.loop.metrics().handles).toEqual([]);
  });

  it('one that cannot be connected', () => {
    const fd = opened.keep(plain());
    const before = raw.fcntl(fd, constant('F_GETFL'));
    const to = { host: '::1', port: 9 };
    expect(thrownBy(() => test.loop.dgram({ fd, to }, {}))).toMatchObject({ syscall: 'connect' });
    expect(raw.fcntl(fd, constant('F_GETFL'))).toBe(before);
    expect(test.loop.metrics().handles).toEqual([]);
  });

  it('one that is watched already: EEXIST', () => {
    const fd = opened.keep(plain());
    const before = raw.fcntl(fd, constant('F_GETFL'));
    const watcher = test.loop.watch(fd, { read: true }, () => {});
    expect(thrownBy(() => test.loop.dgram({ fd }, {}))).toMatchObject({ code: 'EEXIST' });
    expect(raw.fcntl(fd, constant('F_GETFL'))).toBe(before);
    watcher.close();
  });
});
