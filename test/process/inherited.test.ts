// inheritedSockets, in children that were started as systemd starts them: with descriptors
// from 3 on and the variables that tell of them. systemd's own systemd-socket-activate is a
// second one, where it is installed.
//
// Tried once without the look at LISTEN_PID: a child takes what its parent was given. Without
// DECIMAL: '1e0' and ' 1' are one descriptor. Without F_SETFD: the child lists the flag as 0.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { inheritedSockets } from '../../lib/process/inherited.js';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { DIST } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, type DriveMode } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';

guardDescriptors();
const opened = new Opened();
const VARIABLES = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES'] as const;

const PRELUDE = `
const rawloop = require(${JSON.stringify(join(DIST, 'index.cjs'))});
const raw = require(${JSON.stringify(join(DIST, 'raw.cjs'))});
const say = (value) => console.log(JSON.stringify(value));
`;
const environment = (names: Record<string, string>) => ({ ...process.env, ...names });

/** A child that is process LISTEN_PID: `sh` says so and becomes node. */
function startWith(fds: readonly number[], script: string, names: Record<string, string> = {}) {
  const command = ['-c', 'LISTEN_PID=$$ exec "$@"', 'sh', process.execPath, '-e', PRELUDE + script];
  return spawn('/bin/sh', command, {
    env: environment({ LISTEN_FDS: String(fds.length), ...names }),
    stdio: ['pipe', 'pipe', 'inherit', ...fds],
  });
}

async function saidBy(child: ChildProcess): Promise<unknown> {
  const [said] = await Promise.all([text(child.stdout as never), once(child, 'close')]);
  return said
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

/** Takes the first listener, answers one client and closes: in either mode. */
const serveOne = (mode: DriveMode) => `
const loop = new rawloop.EventLoop();
const [{ fd, name, kind }] = rawloop.inheritedSockets({ unset: true });
const server = loop.listen({ fd }, {
  data: (socket, chunk) => socket.end(name + ' ' + kind + ': ' + Buffer.from(chunk)),
  close: () => server.close(),
});
${mode === 'owned' ? 'setImmediate(() => loop.run())' : 'loop.attach()'};
say(Object.keys(process.env).filter((key) => key.startsWith('LISTEN_')));
`;

function setVariables(fds?: string, pid?: string, names?: string): void {
  for (const [index, value] of [fds, pid, names].entries()) {
    const name = VARIABLES[index] as string;
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}
afterEach(() => setVariables());

describe('descriptors that the process began with', () => {
  it.runIf(process.platform === 'linux')(
    'are told with name, kind and address, and close-on-exec from then on',
    async () => {
      const [listener, address] = opened.listening();
      const unix = (name: string, type: string, listens: boolean) => {
        const fd = opened.keep(raw.socket(constant('AF_UNIX'), constant(type)));
        const path = `\0rawloop-inherited-${name}-${process.pid}`;
        raw.check(raw.bind(fd, { family: 'unix', path }), 'bind');
        if (listens) raw.check(raw.listen(fd, 4), 'listen');
        return [fd, { family: 'unix', path }] as const;
      };
      const [packets, packetsAt] = unix('packets', 'SOCK_SEQPACKET', true);
      const [datagrams, datagramsAt] = unix('datagrams', 'SOCK_DGRAM', false);
      const [readEnd] = opened.pipe();
      const file = openSync(import.meta.filename, 'r');
      const netlink = opened.keep(
        raw.socket(constants['AF_NETLINK'] ?? -1, constant('SOCK_RAW'), 0),
      );
      const fds = [listener, packets, datagrams, opened.pair()[0], readEnd, file, netlink];
      const child = startWith(
        fds,
        `
      // Node has made them so already; other hosts have not.
      for (let fd = 3; fd < 10; fd++) raw.fcntl(fd, raw.constants.F_SETFD, 0);
      const found = rawloop.inheritedSockets();
      const flags = found.map(({ fd }) => raw.fcntl(fd, raw.constants.F_GETFD));
      say([flags, process.env.LISTEN_FDS, rawloop.inheritedSockets().length]);
      for (const { fd, name, kind, address } of found)
        say([fd, name, kind, ArrayBuffer.isView(address) ? 'bytes' : address ?? null]);
      `,
        { LISTEN_FDNAMES: 'web:packets::unnamed:pipe:file:netlink' },
      );
      closeSync(file);
      expect(await saidBy(child)).toEqual([
        [fds.map(() => constant('FD_CLOEXEC')), '7', 7],
        [3, 'web', 'listener', address],
        [4, 'packets', 'listener', packetsAt],
        [5, '', 'datagram', datagramsAt],
        [6, 'unnamed', 'stream', { family: 'unix', path: '' }],
        [7, 'pipe', 'stream', null],
        [8, 'file', 'other', null],
        [9, 'netlink', 'other', 'bytes'],
      ]);
    },
  );

  it.each(DRIVE_MODES)('are served by loop.listen, and the variables gone (%s)', async (mode) => {
    const [listener, address] = opened.listening();
    const child = startWith([listener], serveOne(mode));
    const said = saidBy(child);
    const client = createConnection(address.port, '127.0.0.1');
    client.write('who is there');
    expect(await text(client)).toBe('unknown listener: who is there');
    expect(await said).toEqual([[]]);
    expect(child.exitCode).toBe(0);
  });

  it.each(DRIVE_MODES)('are served by loop.dgram (%s)', async (mode) => {
    const fd = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_DGRAM')));
    raw.check(raw.bind(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 }), 'bind');
    const { port } = raw.getsockname(fd) as raw.IpAddress;
    const child = startWith(
      [fd],
      `
      const loop = new rawloop.EventLoop();
      const [{ fd, kind }] = rawloop.inheritedSockets({ unset: true });
      loop.dgram({ fd }, {
        message(socket, chunk, from) {
          socket.send(kind + ': ' + Buffer.from(chunk), from);
          socket.close();
        },
      });
      ${mode === 'owned' ? 'setImmediate(() => loop.run())' : 'loop.attach()'};
      say('served');
      `,
    );
    const said = saidBy(child);
    const client = createSocket('udp4');
    client.send('who is there', port, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];
    client.close();
    expect(answer.toString()).toBe('datagram: who is there');
    expect(await said).toEqual(['served']);
  });

  const activate = spawnSync('systemd-socket-activate', ['--version'], { stdio: 'ignore' });
  it.skipIf(activate.status !== 0)('are those of systemd-socket-activate', async () => {
    const path = join(temporaryFolder(), 'socket');
    const program = [process.execPath, '-e', PRELUDE + serveOne('owned')];
    const options = ['--listen', path, '--fdname', 'web', ...program];
    const child = spawn('systemd-socket-activate', options, {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
    const client = createConnection(path);
    client.write('hello');
    expect(await text(client)).toBe('web listener: hello');
    expect(await saidBy(child)).toEqual([[]]);
  });
});

describe('the variables', () => {
  const ours = String(process.pid);

  it.each([
    ['none', undefined, undefined],
    ['the number alone', '1', undefined],
    ['those for another process', '1', '1'],
    ['those that say 0', '0', ours],
    ['the process alone', undefined, ours],
  ])('mean nothing is there: %s', (_what, fds, pid) => {
    setVariables(fds, pid, 'web');
    expect(inheritedSockets()).toEqual([]);
    expect(process.env['LISTEN_FDNAMES']).toBe('web');
    expect(inheritedSockets({ unset: true })).toEqual([]);
    expect(VARIABLES.filter((name) => name in process.env)).toEqual([]);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+1',
    '-1',
    '01',
    '1.0',
    '1e0',
    '0x1',
    'one',
    '2147483645',
    '9'.repeat(99),
  ])('are refused where they are no number: "%s"', (value) => {
    setVariables(value, ours);
    const told = { code: 'ERR_INVALID_ARG_VALUE', message: expect.stringContaining('LISTEN_FDS') };
    expect(() => inheritedSockets({ unset: true })).toThrow(expect.objectContaining(told));
    expect(process.env['LISTEN_FDS']).toBe(value);
    setVariables('1', value === '2147483645' ? '0' : value);
    expect(() => inheritedSockets()).toThrow(/LISTEN_PID/);
  });

  it('are refused with more names than descriptors, or fewer', () => {
    for (const names of ['', 'a', 'a:b:c']) {
      setVariables('2', ours, names);
      expect(() => inheritedSockets()).toThrow(/LISTEN_FDNAMES must be 2 names/);
    }
  });

  it('that tell of what is not open are EBADF, however many', () => {
    setVariables('2147483644', ours);
    expect(() => inheritedSockets()).toThrow(expect.objectContaining({ code: 'EBADF' }));
  });

  it('are not looked at for an option that is wrong', () => {
    setVariables('no number', ours);
    const told = (code: string) => expect.objectContaining({ code });
    expect(() => inheritedSockets({ unset: 1 as never })).toThrow(told('ERR_INVALID_ARG_TYPE'));
    expect(() => inheritedSockets({ unsets: true } as never)).toThrow(/did you mean 'unset'/);
  });
});
