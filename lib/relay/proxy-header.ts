// The header of the PROXY protocol, by which a server behind a relay learns who is at the relay's
// other side: one line of text in version 1, bytes in version 2. Where there are no addresses it
// says so, and the server goes by the connection's own.
// See https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt
import { type Address, type IpAddress, native } from '../binding/index.js';
import type { Stream } from '../stream/stream.js';

/** What begins a header of version 2, which no other protocol begins with. */
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** Version 2, and what the connection is: the proxy's own, or one that it passes on. */
const LOCAL = 0x20;
const PROXY = 0x21;
/** Families, each of streams. */
const UNSPEC = 0x00;
const TCP_OVER_IPV4 = 0x11;
const TCP_OVER_IPV6 = 0x21;
const UNIX_STREAM = 0x31;
/** Of a path, zeros behind it. */
const UNIX_BYTES = 108;

/** Who connected, and to where. */
interface Ways {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
}

/** The addresses of `stream`, which may be no socket, or not connected. */
function waysOf({ handleFd }: Stream): Ways {
  // It connects to a name, and has no address yet.
  if (handleFd < 0) return { from: undefined, to: undefined };
  const [from, to] = [native.getpeername(handleFd), native.getsockname(handleFd)];
  return {
    from: typeof from === 'number' ? undefined : from,
    to: typeof to === 'number' ? undefined : to,
  };
}

/** What a socket for both families says of an IPv4 peer is '::ffff:' and its address. */
const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

function plain(address: IpAddress): IpAddress {
  const { port } = address;
  // The scope of a link-local address is of no meaning to another machine.
  const host = address.address.replace(/%.*$/, '');
  const isIpv4 = address.family === 'ipv4' || MAPPED.test(host);
  return { family: isIpv4 ? 'ipv4' : 'ipv6', address: host.replace(MAPPED, ''), port };
}

/** Both, if they are IP addresses of one family. */
function ipWays({ from, to }: Ways): [from: IpAddress, to: IpAddress] | undefined {
  if (from === undefined || !('port' in from) || to === undefined || !('port' in to)) {
    return undefined;
  }
  const ends = [plain(from), plain(to)] as [IpAddress, IpAddress];
  return ends[0].family === ends[1].family ? ends : undefined;
}

function textHeader(ways: Ways): Buffer {
  const ends = ipWays(ways);
  if (ends === undefined) return Buffer.from('PROXY UNKNOWN\r\n');
  const [from, to] = ends;
  const family = from.family === 'ipv4' ? 'TCP4' : 'TCP6';
  return Buffer.from(`PROXY ${family} ${from.address} ${to.address} ${from.port} ${to.port}\r\n`);
}

/** The eight words of an IPv6 address as the kernel writes it. */
function ipv6Bytes(text: string): number[] {
  const [, tail] = /(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  // The last two words may be written as an IPv4 address.
  const [high, low, third, fourth] = tail === undefined ? [] : ipv4Bytes(tail);
  const hex = (one = 0, two = 0) => (one * 256 + two).toString(16);
  const plainText =
    tail === undefined
      ? text
      : `${text.slice(0, -tail.length)}${hex(high, low)}:${hex(third, fourth)}`;
  const [before = '', after] = plainText.split('::');
  const wordsOf = (part: string) => (part === '' ? [] : part.split(':'));
  const head = wordsOf(before);
  const rest = after === undefined ? [] : wordsOf(after);
  const zeros = new Array<string>(8 - head.length - rest.length).fill('0');
  return [...head, ...zeros, ...rest].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 0xff];
  });
}

function ipv4Bytes(text: string): number[] {
  return text.split('.').map(Number);
}

const portBytes = (port: number) => [port >> 8, port & 0xff];

/** Command, family, and what stands behind the length. */
type Body = readonly [command: number, family: number, body: Buffer];

function binaryBody(ways: Ways): Body {
  const ends = ipWays(ways);
  if (ends !== undefined) {
    const [from, to] = ends;
    const isIpv4 = from.family === 'ipv4';
    const bytesOf = isIpv4 ? ipv4Bytes : ipv6Bytes;
    const bytes = [
      ...bytesOf(from.address),
      ...bytesOf(to.address),
      ...portBytes(from.port),
      ...portBytes(to.port),
    ];
    return [PROXY, isIpv4 ? TCP_OVER_IPV4 : TCP_OVER_IPV6, Buffer.from(bytes)];
  }
  const { from, to } = ways;
  if (from === undefined || !('path' in from) || to === undefined || !('path' in to)) {
    return [LOCAL, UNSPEC, Buffer.alloc(0)];
  }
  const body = Buffer.alloc(2 * UNIX_BYTES);
  for (const [index, { path }] of [from, to].entries()) {
    body.write(path as string, index * UNIX_BYTES, UNIX_BYTES);
  }
  return [PROXY, UNIX_STREAM, body];
}

function binaryHeader(ways: Ways): Buffer {
  const [command, family, body] = binaryBody(ways);
  const length = Buffer.from(portBytes(body.length));
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, body]);
}

/** What tells who is at the other end of `incoming`. */
export function proxyHeader(version: 1 | 2, incoming: Stream): Uint8Array {
  const ways = waysOf(incoming);
  return version === 1 ? textHeader(ways) : binaryHeader(ways);
}
