// rawloop/node: our streams as node:stream's, and those as ours; our look-ups as node:dns's.
export type { FromDuplexOptions } from './duplex-options.js';
export { DuplexStream, type DuplexStreamHandlers } from './duplex-stream.js';
export { fromDuplex } from './from-duplex.js';
export type { NodeAddress } from './kernel-side.js';
export { type DuplexSource, SocketDuplex } from './socket-duplex.js';
export { type ToDuplexOptions, toDuplex } from './to-duplex.js';
export {
  type AddressFinder,
  type FoundAddress,
  type NodeLookup,
  type NodeLookupCallback,
  type NodeLookupOptions,
  toLookup,
} from './to-lookup.js';
