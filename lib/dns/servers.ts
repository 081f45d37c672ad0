// Where name servers are, as they are written: '127.0.0.1', '127.0.0.1:5353', '::1', '[::1]:5353'.
import { familyOf } from './names.js';

export interface ServerAddress {
  readonly address: string;
  readonly port: number;
}

const DEFAULT_PORT = 53;

/** Undefined: it is none. */
export function parseServer(text: string): ServerAddress | undefined {
  if (familyOf(text) !== 0) return { address: text, port: DEFAULT_PORT };
  const match = /^(?:\[([^\]]+)\]|([\d.]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const [, v6, v4, digits] = match;
  const address = v6 ?? v4 ?? '';
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  const isFitting = familyOf(address) === (v6 === undefined ? 4 : 6);
  return isFitting && port >= 1 && port <= 65535 ? { address, port } : undefined;
}

/** As `getServers` tells it: with its port where that is not 53. */
export function serverText({ address, port }: ServerAddress): string {
  if (port === DEFAULT_PORT) return address;
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}
