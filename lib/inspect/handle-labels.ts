// What a handle is called in a recording: its kind and what tells it from the others.
import type { Address } from '../binding/index.js';
import type { Handle } from '../loop/handle.js';
import { Server } from '../net/server.js';
import { Socket } from '../net/socket.js';
import { PoolHandle } from '../pool/handle.js';
import { SignalHandle } from '../process/signal.js';

/** An address as people write it: '127.0.0.1:80', '[::1]:80', a path. */
export function addressText(address: Address | undefined): string {
  if (address === undefined || ArrayBuffer.isView(address)) return '(no address)';
  if (address.family === 'unix') return address.path.replace('\0', '@');
  const host = address.family === 'ipv6' ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}

/** Such as 'Socket of Server 127.0.0.1:7000'. Takes a system call for some. */
export function labelOf(handle: Handle): string {
  if (handle instanceof Server) return `Server ${addressText(handle.address)}`;
  if (handle instanceof Socket) {
    if (handle.server !== undefined) return `Socket of ${labelOf(handle.server)}`;
    return `Socket to ${addressText(handle.remoteAddress)}`;
  }
  if (handle instanceof SignalHandle) return `SignalHandle ${handle.signal}`;
  if (handle instanceof PoolHandle) return 'Pool';
  return handle.constructor.name;
}
