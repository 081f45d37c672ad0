// rawloop/node: our streams as node:stream's, and those as ours.
export {
  DuplexStream,
  type DuplexStreamHandlers,
  type FromDuplexOptions,
} from './duplex-stream.js';
export { fromDuplex } from './from-duplex.js';
export type { NodeAddress } from './names.js';
export { type DuplexSource, SocketDuplex } from './socket-duplex.js';
export { type ToDuplexOptions, toDuplex } from './to-duplex.js';
