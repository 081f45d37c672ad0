// `proxyHeader`: what a server behind a relay is told of who is at its other side, byte for byte
// as the specification has it.
import { expect, it } from 'vitest';
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import { take } from '../support/bytes.js';
import { hasNetworks, runChild } from '../support/child.js';
import { guardDescriptors, Opened } from '../support/descriptors.js';
import { drive, eachWithLoop } from '../support/drive.js';
import { temporaryFolder } from '../support/folder.js';
import { fourOf, joinBy, WAYS } from './support.js';

guardDescriptors();
const opened = new Opened();
const test = eachWithLoop();
const SIGNATURE = '0d0a0d0a000d0a515549540a';

/** What `far` gets first of a relay with this header, and the ports of who connected to whom. */
async function headerOf(
  version: 1 | 2,
  listen: { host?: string },
  connect: { host: string },
): Promise<[bytes: Buffer, from: number, to: number]> {
  const [ofB, far] = opened.pair();
  const b = test.loop.stream(ofB, {}, {});
  let ports: [number, number] = [0, 0];
  const server = test.loop.listen(
    { port: 0, ...listen },
    {
      open(socket) {
        server.close();
        const [peer, own] = [socket.remoteAddress, socket.address] as raw.IpAddress[];
        ports = [peer?.port ?? 0, own?.port ?? 0];
        joinBy('copy', socket, b, { proxyHeader: version });
      },
    },
  );
  const { port } = server.address as raw.IpAddress;
  test.loop.connect({ port, ...connect }, { open: (socket) => socket.end() });
  const chunk = new Uint8Array(512);
  let length = 0;
  const turn = test.loop.setInterval(() => {
    const count = raw.read(far, chunk, length);
    if (count > 0) length += count;
    if (count !== 0) return;
    test.loop.clearInterval(turn);
    opened.close(far);
  }, 1);
  await drive(test.loop);
  return [Buffer.from(chunk.subarray(0, length)), ...ports];
}

const hex = (port: number) => port.toString(16).padStart(4, '0');

it('version 1 is a line of text, over IPv4 and IPv6', async () => {
  const [line, from, to] = await headerOf(1, { host: '127.0.0.1' }, { host: '127.0.0.1' });
  expect(line.toString()).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${from} ${to}\r\n`);
});

it('version 1 of an IPv4 peer of a socket for both families is TCP4', async () => {
  const [line, from, to] = await headerOf(1, {}, { host: '127.0.0.1' });
  expect(line.toString()).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${from} ${to}\r\n`);
});

it('version 1 over IPv6 is TCP6', async () => {
  const [line, from, to] = await headerOf(1, { host: '::1' }, { host: '::1' });
  expect(line.toString()).toBe(`PROXY TCP6 ::1 ::1 ${from} ${to}\r\n`);
});

it('version 2 is bytes: IPv4', async () => {
  const [bytes, from, to] = await headerOf(2, { host: '127.0.0.1' }, { host: '127.0.0.1' });
  const ends = `7f0000017f000001${hex(from)}${hex(to)}`;
  expect(bytes.toString('hex')).toBe(`${SIGNATURE}2111000c${ends}`);
});

it('version 2 is bytes: IPv6', async () => {
  const [bytes, from, to] = await headerOf(2, { host: '::1' }, { host: '::1' });
  const one = `${'0'.repeat(31)}1`;
  expect(bytes.toString('hex')).toBe(`${SIGNATURE}21210024${one}${one}${hex(from)}${hex(to)}`);
});

it('of a Unix socket version 1 says UNKNOWN, and version 2 has its path', async () => {
  const path = `${temporaryFolder()}/s`;
  const headers: Buffer[] = [];
  for (const version of [1, 2] as const) {
    const [ofB, far] = opened.pair();
    const b = test.loop.stream(ofB, {}, {});
    const server = test.loop.listen(
      { path },
      {
        open(socket) {
          server.close();
          joinBy('copy', socket, b, { proxyHeader: version });
        },
      },
    );
    test.loop.connect({ path }, { open: (socket) => socket.end() });
    test.loop.stream(far, {}, { data: (_, chunk) => void headers.push(Buffer.from(chunk)) });
    await drive(test.loop);
  }
  expect(headers[0]?.toString()).toBe('PROXY UNKNOWN\r\n');
  const [, second = Buffer.alloc(0)] = headers;
  expect(second.subarray(0, 16).toString('hex')).toBe(`${SIGNATURE}213100d8`);
  expect(second.length).toBe(16 + 216);
  expect(
    second
      .subarray(16 + 108)
      .toString()
      .replace(/\0+$/, ''),
  ).toBe(path);
});

it('of what has no address version 2 is LOCAL', async () => {
  const [readEnd, writeEnd] = opened.pipe();
  const [ofB, far] = opened.pair();
  joinBy('copy', test.loop.stream(readEnd, {}, {}), test.loop.stream(ofB, {}, {}), {
    proxyHeader: 2,
  });
  opened.close(writeEnd);
  const headers: Buffer[] = [];
  test.loop.stream(far, {}, { data: (_, chunk) => void headers.push(Buffer.from(chunk)) });
  await drive(test.loop);
  expect(Buffer.concat(headers).toString('hex')).toBe(`${SIGNATURE}20000000`);
});

it.each(WAYS)('goes before all that is relayed by %s', async (way) => {
  const { near, a, b, far } = fourOf(test.loop, opened, 'tcp');
  raw.check(raw.write(near, Buffer.from('the first byte')), 'write');
  raw.shutdown(near, constant('SHUT_WR'));
  joinBy(way, a, b, { proxyHeader: 1 });
  let seen = '';
  const turn = test.loop.setInterval(() => {
    seen += take(far);
    if (!seen.endsWith('byte')) return;
    test.loop.clearInterval(turn);
    opened.close(far);
  }, 1);
  await drive(test.loop);
  expect(seen).toMatch(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ \d+\r\nthe first byte$/);
});

// Without the `replace` of its scope in `plain` the line has '%lo' behind each address.
it.runIf(hasNetworks)('has no scope of a link-local address, which means nothing elsewhere', () => {
  const script = `
    const loop = new EventLoop();
    const [theirs, ours] = raw.socketpair(c.AF_UNIX, c.SOCK_STREAM | c.SOCK_NONBLOCK, 0);
    const b = loop.stream(ours, {}, {});
    loop.stream(theirs, {}, { data: (_, chunk) => {
      report(Buffer.from(chunk).toString('latin1'));
      loop.stop();
    } });
    const open = (socket) => rawloop.relay(socket, b, { proxyHeader: 1 });
    const { address } = loop.listen({ host: 'fe80::1%lo', port: 0 }, { open });
    loop.connect({ host: 'fe80::1%lo', port: address.port }, {});
    loop.run();
    loop.close();`;
  const network = 'ip -6 address add fe80::1/64 dev lo nodad';
  expect(runChild(script, { network })).toMatch(/^PROXY TCP6 fe80::1 fe80::1 \d+ \d+\r\n$/);
});
