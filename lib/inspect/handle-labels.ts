// What a handle is called in a recording: its kind and what tells it from the others.
import type { Handle } from '../loop/handle.js';
import { addressText } from '../net/endpoint.js';
import { Server } from '../net/server.js';
import { Socket } from '../net/socket.js';
import { PoolHandle } from '../pool/handle.js';
import { SignalHandle } from '../process/signal.js';

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
