// rawloop/raw: the kernel's calls under their own names, one to one. OS failure
// returns `-errno` (EAGAIN is routine and costs nothing); a wrong type or range
// throws before any side effect.
export type {
  Address,
  Ancillary,
  AncillaryRecord,
  Bytes,
  Credentials,
  EpollEvent,
  IpAddress,
  MessageRoom,
  MessageToSend,
  PacketInfo,
  ReceivedAncillary,
  ReceivedMessage,
  UnixAddress,
} from '../binding/index.js';
export { constants } from './constants.js';
export * from './descriptors.js';
export { check, SystemError, type SystemErrorDetails } from './errors.js';
export * from './events.js';
export * from './fanotify.js';
export * from './file-transfers.js';
export * from './inotify.js';
export * from './ioctl.js';
export * from './kevents.js';
export * from './messages.js';
export * from './options.js';
export * from './poll.js';
export * from './processes.js';
export * from './pseudoterminals.js';
export * from './signalfd.js';
export * from './sockets.js';
export { supported } from './supported.js';
export * from './terminals.js';
export * from './timerfd.js';
