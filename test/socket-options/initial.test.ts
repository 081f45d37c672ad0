// socketOptions and keepAlive of listen and connect: checked first, set before bind, and what
// an accepted connection has of them.
import { describe, expect, it } from 'vitest';
import type { Socket } from '../../lib/net/socket.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { InitialOptions, SocketOptionSettings } from '../../lib/socket-options/values.js';
import { thrownBy } from '../loop/support.js';
import { countDescriptors, guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const onLinux = it.runIf(process.platform === 'linux');

/** Connects to a server with options, and looks at its end of the connection. */
async function accepted(
  mode: (typeof DRIVE_MODES)[number],
  options: InitialOptions,
  look: (socket: Socket) => void,
): Promise<void> {
  let looked = 0;
  const server = test.loop.listen(
    { host: '127.0.0.1', port: 0, noDelay: false, ...options },
    {
      open(socket) {
        look(socket);
        looked++;
        socket.end();
        server.close();
      },
    },
  );
  test.loop.connect(
    { port: server.address.port, noDelay: false, ...options },
    {
      open(socket) {
        look(socket);
        looked++;
      },
    },
  );
  await drive(test.loop, mode);
  expect(looked).toBe(2);
}

describe.each(DRIVE_MODES)('%s: keepAlive', (mode) => {
  it('is off as the system has it', () =>
    accepted(mode, {}, (socket) => expect(socket.options.SO_KEEPALIVE).toBe(false)));

  it('is on, with the times that are given', async () => {
    const keepAlive = { idleSeconds: 31, intervalSeconds: 7, probes: 4 };
    await accepted(mode, { keepAlive }, ({ options }) => {
      expect(options.SO_KEEPALIVE).toBe(true);
      expect([options.TCP_KEEPIDLE, options.TCP_KEEPINTVL, options.TCP_KEEPCNT]).toEqual([
        31, 7, 4,
      ]);
    });
    await accepted(mode, { keepAlive: true }, ({ options }) =>
      expect(options.SO_KEEPALIVE).toBe(true),
    );
    await accepted(mode, { keepAlive: { probes: 5 } }, ({ options }) =>
      expect([options.SO_KEEPALIVE, options.TCP_KEEPCNT]).toEqual([true, 5]),
    );
  });
});

describe('keepAlive', () => {
  it.each<[given: unknown, code: string, name: string]>([
    [1, 'ERR_INVALID_ARG_TYPE', 'keepAlive'],
    [null, 'ERR_INVALID_ARG_TYPE', 'keepAlive'],
    [[], 'ERR_INVALID_ARG_TYPE', 'keepAlive'],
    [{ idle: 5 }, 'ERR_INVALID_ARG_VALUE', 'keepAlive.idle'],
    [{ idleSeconds: '5' }, 'ERR_INVALID_ARG_TYPE', 'keepAlive.idleSeconds'],
    [{ idleSeconds: 0 }, 'ERR_OUT_OF_RANGE', 'keepAlive.idleSeconds'],
    [{ intervalSeconds: 32768 }, 'ERR_OUT_OF_RANGE', 'keepAlive.intervalSeconds'],
    [{ probes: 128 }, 'ERR_OUT_OF_RANGE', 'keepAlive.probes'],
    [{ probes: 1.5 }, 'ERR_OUT_OF_RANGE', 'keepAlive.probes'],
  ])('%o is refused before anything is opened', (given, code, name) => {
    const before = countDescriptors();
    const options = { host: '127.0.0.1', port: 9, keepAlive: given as never };
    for (const call of [
      () => test.loop.listen(options, {}),
      () => test.loop.connect(options, {}),
    ]) {
      const error = thrownBy(call) as Error;
      expect(error).toMatchObject({ code });
      expect(error.message).toContain(`options.${name}`);
    }
    expect(countDescriptors()).toBe(before);
  });

  it('is for TCP alone', () => {
    const type = constant('SOCK_STREAM') | constant('SOCK_NONBLOCK');
    const fd = opened.keep(raw.socket(constant('AF_UNIX'), type), 'socket');
    raw.check(raw.bind(fd, { family: 'unix', path: '\0rawloop-keep-alive' }), 'bind');
    raw.check(raw.listen(fd, 1), 'listen');
    const refused = thrownBy(() => test.loop.listen({ fd, keepAlive: true }, {}));
    expect(refused).toMatchObject({ name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE' });
    // It stays the caller's.
    test.loop.listen({ fd: raw.check(raw.dup(fd), 'dup'), keepAlive: false }, {}).close();
  });
});

describe('socketOptions', () => {
  it('are refused with their name, before anything is opened', () => {
    const before = countDescriptors();
    const refused: [given: unknown, code: string, text: string][] = [
      [{ TCP_NODELY: true }, 'ERR_INVALID_ARG_VALUE', "did you mean 'TCP_NODELAY'?"],
      [{ SO_TYPE: 1 }, 'ERR_INVALID_ARG_VALUE', 'options.socketOptions.SO_TYPE'],
      [{ TCP_KEEPIDLE: 0 }, 'ERR_OUT_OF_RANGE', 'options.socketOptions.TCP_KEEPIDLE'],
      [{ SO_KEEPALIVE: 1 }, 'ERR_INVALID_ARG_TYPE', 'options.socketOptions.SO_KEEPALIVE'],
      [[], 'ERR_INVALID_ARG_TYPE', 'options.socketOptions'],
      [null, 'ERR_INVALID_ARG_TYPE', 'options.socketOptions'],
    ];
    for (const [given, code, text] of refused) {
      const options = { host: '127.0.0.1', port: 9, socketOptions: given as never };
      for (const call of [
        () => test.loop.listen(options, {}),
        () => test.loop.connect(options, {}),
      ]) {
        const error = thrownBy(call) as Error;
        expect(error).toMatchObject({ code });
        expect(error.message).toContain(text);
      }
    }
    expect(countDescriptors()).toBe(before);
  });

  it('that the kernel refuses leave no descriptor open', () => {
    const before = countDescriptors();
    const options = { host: '127.0.0.1', port: 0, socketOptions: { IPV6_TCLASS: 1 } };
    expect(thrownBy(() => test.loop.listen(options, {}))).toMatchObject({
      syscall: 'setsockopt',
      message: expect.stringContaining('The option is IPV6_TCLASS'),
    });
    expect(thrownBy(() => test.loop.connect({ ...options, port: 9 }, {}))).toMatchObject({
      syscall: 'setsockopt',
    });
    expect(countDescriptors()).toBe(before);
  });

  // With every EINVAL taken for a system without IPv6: ENOPROTOOPT, of an IPv4 socket.
  onLinux('that the kernel refuses with EINVAL are not tried at another address', () => {
    const bad = { port: 0, socketOptions: { IPV6_MTU: 1 } };
    expect(thrownBy(() => test.loop.listen(bad, {}))).toMatchObject({ code: 'EINVAL' });
  });

  // Set behind bind, the second of these is EADDRINUSE, and the first EADDRNOTAVAIL.
  onLinux('are set before the socket is bound', () => {
    const free = { host: '192.0.2.1', port: 0, socketOptions: { IP_FREEBIND: true } };
    const server = test.loop.listen(free, {});
    expect(server.address.address).toBe('192.0.2.1');
    const shared = { host: '127.0.0.1', socketOptions: { SO_REUSEPORT: true } };
    const { port } = test.loop.listen({ ...shared, port: 0 }, {}).address;
    expect(test.loop.listen({ ...shared, port }, {}).address.port).toBe(port);
  });

  it('are set in their order, behind keepAlive', () => {
    const server = test.loop.listen(
      {
        ...{ host: '127.0.0.1', port: 0, keepAlive: { probes: 3 } },
        socketOptions: { TCP_KEEPCNT: 5, SO_REUSEADDR: false },
      },
      {},
    );
    const { SO_KEEPALIVE, TCP_KEEPCNT, SO_REUSEADDR } = server.options;
    expect([SO_KEEPALIVE, TCP_KEEPCNT, SO_REUSEADDR]).toEqual([true, 5, false]);
  });

  it('of an inherited socket are set as well', () => {
    const [fd] = opened.listening();
    const copy = raw.check(raw.dup(fd), 'dup');
    const server = test.loop.listen({ fd: copy, socketOptions: { TCP_KEEPCNT: 6 } }, {});
    expect(server.options.TCP_KEEPCNT).toBe(6);
  });

  it('are own properties: a prototype adds none', () => {
    const socketOptions = Object.create({ SO_KEEPALIVE: true }) as SocketOptionSettings;
    const server = test.loop.listen({ host: '127.0.0.1', port: 0, socketOptions }, {});
    expect(server.options.SO_KEEPALIVE).toBe(false);
  });
});

/** What each is to be on a listening socket, so that an accepted one that has it shows it. */
const PASSED_ON: SocketOptionSettings = {
  ...{ SO_KEEPALIVE: true, SO_LINGER: 7, SO_MAX_PACING_RATE: 3e6, SO_OOBINLINE: true },
  ...{ SO_RCVBUF: 20_000, SO_RCVLOWAT: 5, SO_REUSEPORT: true, SO_SNDBUF: 20_000 },
  ...{ SO_BINDTODEVICE: 'lo', SO_DONTROUTE: true, SO_TIMESTAMPNS: true },
  ...{ TCP_CONGESTION: 'reno', TCP_CORK: true, TCP_KEEPCNT: 3, TCP_KEEPIDLE: 11 },
  ...{ TCP_KEEPINTVL: 12, TCP_LINGER2: 9, TCP_NODELAY: true, TCP_NOTSENT_LOWAT: 999 },
  ...{ TCP_SAVE_SYN: 1, TCP_SYNCNT: 3, TCP_USER_TIMEOUT: 5000 },
  ...{ IP_FREEBIND: true, IP_MINTTL: 20, IP_MTU_DISCOVER: 2, IP_PKTINFO: true },
  ...{ IP_RECVERR: true, IP_RECVTOS: true, IP_RECVTTL: true, IP_TOS: 0xb8, IP_TTL: 33 },
};
const NOT_PASSED_ON = { TCP_DEFER_ACCEPT: 5, TCP_FASTOPEN: 5, SO_PRIORITY: 5 } as const;

describe.each(DRIVE_MODES)('an accepted connection on Linux (%s)', (mode) => {
  onLinux('has what its listening socket has, but for what the page names', async () => {
    const socketOptions = { ...PASSED_ON, ...NOT_PASSED_ON };
    const server = test.loop.listen(
      { host: '127.0.0.1', port: 0, noDelay: false, socketOptions },
      {
        open(socket) {
          const names = Object.keys(PASSED_ON) as (keyof typeof server.options)[];
          const kept = names.filter((name) => socket.options[name] === server.options[name]);
          expect(kept).toEqual(names);
          const { TCP_DEFER_ACCEPT, TCP_FASTOPEN, SO_PRIORITY } = socket.options;
          expect([TCP_DEFER_ACCEPT, TCP_FASTOPEN, SO_PRIORITY]).toEqual([0, 0, 0]);
          socket.destroy();
          server.close();
        },
      },
    );
    test.loop.connect(
      { port: server.address.port },
      { open: (socket) => socket.write('enough to be accepted') },
    );
    await drive(test.loop, mode);
    expect.assertions(2);
  });
});
