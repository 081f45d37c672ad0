// rawloop: the loop, its handles and requests.
export type { Address, Bytes, IpAddress, UnixAddress } from '../binding/index.js';
export type { HandleListing, HandleMetrics } from '../loop/counters.js';
export { Immediate } from '../loop/immediates.js';
export type { BlockedMessage, LoopMetrics, Phase } from '../loop/meter.js';
export type { LoopOptions, RunMode } from '../loop/options.js';
export { type HookCallback, PhaseHook } from '../loop/phase-hooks.js';
export { Timer } from '../loop/time/timer.js';
export {
  type ThreadPerConnectionOptions,
  ThreadPerConnectionServer,
  type ThreadPerConnectionStats,
} from '../models/thread-per-connection.js';
export type { ConnectOptions, ListenOptions } from '../net/listen.js';
export { Server } from '../net/server.js';
export { Socket } from '../net/socket.js';
export {
  createPoller,
  Interest,
  type InterestOptions,
  type Poller,
  Ready,
  ReadyList,
  type SharedWaker,
  wake,
} from '../poller/index.js';
export { CryptoRequests, type KeyInput, type KeyOptions } from '../pool/crypto/crypto.js';
export { FileRequests, type Path, type StatOptions } from '../pool/fs/fs.js';
export { BigIntStats, Stats } from '../pool/fs/stats.js';
export { type PoolStats, ThreadPool } from '../pool/pool.js';
export { type SignalCallback, SignalHandle } from '../process/signal.js';
export { constants } from '../raw/constants.js';
export { check, SystemError, type SystemErrorDetails } from '../raw/errors.js';
export type { StreamHandlers, StreamOptions } from '../stream/handlers.js';
export type { Readiness } from '../watch/readiness.js';
export { type WatchCallback, Watcher, type WatchOptions } from '../watch/watcher.js';
export { defaultLoop, watch } from './default-loop.js';
export { EventLoop } from './event-loop.js';
