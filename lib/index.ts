// rawloop: the loop, its handles and requests.
export type { Address, Bytes, IpAddress, UnixAddress } from './binding/index.js';
export { defaultLoop, watch } from './default-loop.js';
export { EventLoop } from './event-loop.js';
export type { StreamHandlers, StreamOptions } from './handles/handlers.js';
export type { ConnectOptions, ListenOptions } from './handles/listen.js';
export type { Readiness } from './handles/readiness.js';
export { Server } from './handles/server.js';
export { type SignalCallback, SignalHandle } from './handles/signal.js';
export { Socket } from './handles/socket.js';
export { type WatchCallback, Watcher, type WatchOptions } from './handles/watcher.js';
export type { HandleListing, HandleMetrics } from './loop/handle-counters.js';
export { Immediate } from './loop/immediates.js';
export type { BlockedMessage, LoopMetrics, Phase } from './loop/meter.js';
export type { LoopOptions, RunMode } from './loop/options.js';
export { type HookCallback, PhaseHook } from './loop/phase-hooks.js';
export { Timer } from './loop/timer.js';
export {
  type ThreadPerConnectionOptions,
  ThreadPerConnectionServer,
  type ThreadPerConnectionStats,
} from './models/thread-per-connection.js';
export {
  createPoller,
  Interest,
  type InterestOptions,
  type Poller,
  Ready,
  ReadyList,
  type SharedWaker,
  wake,
} from './poller/index.js';
export { constants } from './raw/constants.js';
export { check, SystemError, type SystemErrorDetails } from './raw/errors.js';
export { CryptoRequests, type KeyInput, type KeyOptions } from './requests/crypto.js';
export { FileRequests, type Path, type StatOptions } from './requests/fs.js';
export type { PoolStats } from './requests/native-pool.js';
export { ThreadPool } from './requests/pool.js';
export { BigIntStats, Stats } from './requests/stats.js';
