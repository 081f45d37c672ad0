// Listening on an inherited descriptor: whose it is, and when.
import { describe, expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { guardDescriptors, isCloseOnExec, isOpen, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { recording } from './support.js';

guardDescriptors();
const test = eachWithLoop();
const opened = new Opened();

describe('an inherited descriptor', () => {
  it('is served, owned and closed', async () => {
    const [fd, { port }] = opened.listening();
    raw.fcntl(fd, constant('F_SETFD'), 0);
    const events: string[] = [];
    const server = test.loop.listen({ fd }, recording(events));
    expect(isCloseOnExec(fd)).toBe(true);
    expect((server.address as raw.IpAddress).port).toBe(port);
    test.loop.connect({ port }, { open: (s) => s.end('hello'), close: () => server.close() });
    await drive(test.loop);
    expect(events).toEqual(['open', 'data hello', 'end', 'close']);
    expect(isOpen(fd)).toBe(false);
  });

  it('that does not listen, or is no socket, stays open and the caller\u2019s', () => {
    const attempts: [fd: number, code: string][] = [
      [
        opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM'))),
        'ERR_INVALID_ARG_VALUE',
      ],
      [
        opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_DGRAM'))),
        'ERR_INVALID_ARG_VALUE',
      ],
      [opened.pair()[0], 'ERR_INVALID_ARG_VALUE'],
      [opened.eventfd(), 'ENOTSOCK'],
    ];
    for (const [fd, code] of attempts) {
      const flags = raw.fcntl(fd, constant('F_GETFL'));
      expect(() => test.loop.listen({ fd }, {})).toThrow(expect.objectContaining({ code }));
      expect(isOpen(fd)).toBe(true);
      expect(raw.fcntl(fd, constant('F_GETFL'))).toBe(flags);
    }
    expect(() => test.loop.listen({ fd: 2 ** 31 - 1 }, {})).toThrow(
      expect.objectContaining({ code: 'EBADF' }),
    );
  });

  it('that is served already is EEXIST, and the first server goes on', async () => {
    const [fd, { port }] = opened.listening();
    const events: string[] = [];
    const server = test.loop.listen({ fd }, recording(events));
    expect(() => test.loop.listen({ fd }, {})).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(isOpen(fd)).toBe(true);
    test.loop.connect({ port }, { open: (s) => s.end('hello'), close: () => server.close() });
    await drive(test.loop);
    expect(events).toEqual(['open', 'data hello', 'end', 'close']);
  });

  it('may be a Unix socket', async () => {
    const fd = opened.keep(raw.socket(constant('AF_UNIX'), constant('SOCK_STREAM')));
    const address = { family: 'unix', path: `\0rawloop-listen-${process.pid}` } as const;
    raw.check(raw.bind(fd, address), 'bind');
    raw.check(raw.listen(fd, 4), 'listen');
    const events: string[] = [];
    const server = test.loop.listen({ fd }, { ...recording(events), end: () => server.close() });
    expect(server.address).toEqual(address);
    const client = opened.keep(raw.socket(constant('AF_UNIX'), constant('SOCK_STREAM')));
    raw.check(raw.connect(client, address), 'connect');
    raw.check(raw.send(client, new Uint8Array(Buffer.from('local'))), 'send');
    opened.close(client);
    await drive(test.loop);
    expect(events).toEqual(['open', 'data local', 'close']);
  });
});
