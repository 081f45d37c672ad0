// A socket's address as people write it.
import type { Address } from '../binding/index.js';

/** '127.0.0.1:80', '[::1]:80', a path. */
export function addressText(address: Address | undefined): string {
  if (address === undefined || ArrayBuffer.isView(address)) return '(no address)';
  if (address.family === 'unix') return address.path.replace('\0', '@');
  const host = address.family === 'ipv6' ? `[${address.address}]` : address.address;
  return `${host}:${address.port}`;
}
