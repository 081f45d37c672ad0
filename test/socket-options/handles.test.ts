// setOption, getOption and options of each handle over a socket, in both modes.
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { DescriptorStream } from '../../lib/descriptor/stream.js';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { SocketHandle } from '../../lib/socket-options/handle.js';
import type { BpfInstruction } from '../../lib/socket-options/values-socket.js';
import { thrownBy } from '../loop/support.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { DRIVE_MODES, drive, eachWithLoop } from '../support/drive.js';
import { setByName } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const onLinux = it.runIf(process.platform === 'linux');
const SOL_SOCKET = constant('SOL_SOCKET');
const SO_KEEPALIVE = constant('SO_KEEPALIVE');

/** By name, by number and by property: one option. */
function setAndRead(handle: SocketHandle): void {
  expect(handle.getOption('SO_KEEPALIVE')).toBe(false);
  expect(handle.setOption('SO_KEEPALIVE', true)).toBe(handle);
  expect(handle.getOption(SOL_SOCKET, SO_KEEPALIVE)).not.toBe(0);
  expect(handle.options.SO_KEEPALIVE).toBe(true);
  handle.setOption(SOL_SOCKET, SO_KEEPALIVE, 0);
  expect(handle.getOption('SO_KEEPALIVE')).toBe(false);
  handle.options.SO_KEEPALIVE = true;
  expect(handle.getOption('SO_KEEPALIVE')).toBe(true);
}

describe.each(DRIVE_MODES)('%s: options by name', (mode) => {
  it('of a server, and of both ends of a connection', async () => {
    let seen = 0;
    const use = (handle: SocketHandle) => {
      setAndRead(handle);
      seen++;
    };
    const server = test.loop.listen(
      { host: '127.0.0.1', port: 0 },
      {
        open(socket) {
          use(socket);
          expect(socket.options.TCP_NODELAY).toBe(true);
          socket.end();
          server.close();
        },
      },
    );
    test.loop.connect({ port: server.address.port }, { open: use });
    await drive(test.loop, mode);
    expect(seen).toBe(2);
    const other = test.loop.listen({ host: '127.0.0.1', port: 0 }, {});
    use(other);
    other.close();
    await drive(test.loop, mode);
  });

  it('of a stream over a socket; a pipe has none', async () => {
    const [left] = opened.pair();
    const [readEnd] = opened.pipe();
    const socket = test.loop.stream(raw.check(raw.dup(left), 'dup'), {}, {});
    setAndRead(socket);
    expect(socket.options.SO_TYPE).toBe(constant('SOCK_STREAM'));
    const pipe = test.loop.stream(raw.check(raw.dup(readEnd), 'dup'), {}, {});
    for (const use of [
      () => pipe.getOption('SO_TYPE'),
      () => pipe.setOption('SO_KEEPALIVE', true),
      () => pipe.options.SO_TYPE,
      () => pipe.getOption(SOL_SOCKET, SO_KEEPALIVE),
    ]) {
      expect(thrownBy(use)).toMatchObject({ code: 'ENOTSOCK' });
    }
    expect(inspect(pipe.options)).toBe('{}');
    socket.destroy();
    pipe.destroy();
    await drive(test.loop, mode);
  });

  it('of what is closed are refused', async () => {
    const server = test.loop.listen({ host: '127.0.0.1', port: 0 }, {});
    const { options } = server;
    server.close();
    for (const use of [
      () => server.getOption('SO_TYPE'),
      () => server.setOption('SO_KEEPALIVE', true),
      () => server.getOption(SOL_SOCKET, SO_KEEPALIVE),
      () => server.setOption(SOL_SOCKET, SO_KEEPALIVE, 1),
      () => options.SO_TYPE,
      () => {
        options.SO_KEEPALIVE = true;
      },
    ]) {
      expect(thrownBy(use)).toMatchObject({ code: 'ERR_HANDLE_CLOSED' });
    }
    expect(inspect(options)).toBe('{}');
    await drive(test.loop, mode);
  });
});

describe('socket.options', () => {
  const listening = () => test.loop.listen({ host: '127.0.0.1', port: 0 }, {});

  it('is one object for a handle, and no other', () => {
    const [one, two] = [listening(), listening()];
    expect(one.options).toBe(one.options);
    expect(one.options).not.toBe(two.options);
    one.options.SO_KEEPALIVE = true;
    expect([one.options.SO_KEEPALIVE, two.options.SO_KEEPALIVE]).toEqual([true, false]);
  });

  it('has no others, and lets none be set that is only read', () => {
    const { options } = listening();
    expect('toString' in options && 'SO_TYPE' in options).toBe(true);
    expect('TCP_NODELY' in options).toBe(false);
    expect(() => {
      (options as { SO_TYPE: number }).SO_TYPE = 1;
    }).toThrow(TypeError);
    expect(options.SO_RCVBUFFORCE).toBeUndefined();
    expect(() => {
      options.SO_KEEPALIVE = 1 as never;
    }).toThrow(expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }));
  });

  it('throws where a name is spelt wrong', () => {
    const { options } = test.loop.listen({ port: 0 }, {});
    expect(() => Object.assign(options, { TCP_NODELY: true })).toThrow(TypeError);
    expect('TCP_NODELY' in options).toBe(false);
  });

  it('shows on the console what can be read', () => {
    const server = listening();
    const text = inspect(server.options);
    expect(text).toContain('SO_ACCEPTCONN: true');
    expect(text).toContain('SO_KEEPALIVE: false');
    if (process.platform === 'linux') expect(text).toContain("state: 'LISTEN'");
    expect(text).not.toContain('SO_RCVBUFFORCE');
    expect(text).not.toContain('IPV6_V6ONLY');
  });

  // With SO_ERROR among them the look takes the error away, and `close` has none to tell.
  it('does not take the error that waits away when it is shown', () => {
    const [client, peer] = opened.tcpPair();
    raw.setsockopt(peer, SOL_SOCKET, constant('SO_LINGER'), Int32Array.of(1, 0));
    opened.close(peer);
    const stream = test.loop.stream(raw.check(raw.dup(client), 'dup'), {}, {});
    const record = Int32Array.of(client, constant('POLLIN'), 0);
    expect(raw.poll(record, 1, 10_000)).toBe(1);
    expect(inspect(stream.options)).not.toContain('SO_ERROR');
    expect(stream.getOption('SO_ERROR')).toBe(constant('ECONNRESET'));
    expect(stream.getOption('SO_ERROR')).toBe(0);
    stream.destroy();
  });
});

// Tried with the descriptor asked for before the value is read: the option is set on it.
onLinux('a getter of the value that gives the descriptor away has it left alone', () => {
  const [mine] = opened.pair();
  for (const set of [
    (stream: DescriptorStream, filter: BpfInstruction[]) =>
      stream.setOption('SO_ATTACH_FILTER', filter),
    (stream: DescriptorStream, filter: BpfInstruction[]) => {
      stream.options.SO_ATTACH_FILTER = filter;
    },
  ]) {
    const stream = test.loop.stream(mine, {}, {});
    const instruction = { code: 6, jt: 0, jf: 0, k: 0 };
    const detaches = {
      ...instruction,
      get k() {
        stream.detach();
        return 0;
      },
    };
    expect(thrownBy(() => set(stream, [detaches]))).toMatchObject({ code: 'ERR_HANDLE_CLOSED' });
    // There is none to take off.
    expect(thrownBy(() => setByName(mine, 'SO_DETACH_FILTER', true))).toMatchObject({
      code: 'ENOENT',
    });
  }
});
