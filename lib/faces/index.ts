// rawloop: the loop, its handles and requests. Values of families come from the index of
// theirs alone: in dist/ they are loaded when they are first looked at; scripts/lazy.mjs.
export type { Address, Bytes, IpAddress, UnixAddress } from '../binding/index.js';
export type {
  DatagramAddress,
  DatagramTarget,
  IpTarget,
  UnixTarget,
} from '../datagram/address.js';
export type { SendOptions } from '../datagram/beside.js';
export type { DatagramHandlers } from '../datagram/handlers.js';
export {
  DatagramSocket,
  IpDatagramAddress,
  RawDatagramAddress,
  UnixDatagramAddress,
} from '../datagram/index.js';
export type { MembershipOptions, MulticastOptions } from '../datagram/multicast.js';
export type { DgramInfoOptions, DgramOptions } from '../datagram/options.js';
export type { DatagramCredentials, DatagramInfo, DatagramLocal } from '../datagram/told.js';
export type { ReceivedDatagram } from '../datagram/unread.js';
export { DescriptorStream } from '../descriptor/index.js';
export type { DescriptorHandlers, DescriptorOptions } from '../descriptor/stream.js';
export type { LookupServiceResult } from '../dns/dns.js';
export type { DnsError, DnsErrorCode } from '../dns/errors.js';
export { NameRequests } from '../dns/index.js';
export type {
  LookupAddress,
  LookupFamily,
  LookupOptions,
  LookupOrder,
} from '../dns/lookup-options.js';
export type { ResolveAddressOptions, Resolved, ResolveOptions } from '../dns/questions.js';
export type {
  AddressWithTtl,
  AnyRecord,
  CaaRecord,
  MxRecord,
  NameRecord,
  NaptrRecord,
  SoaRecord,
  SrvRecord,
  TextRecord,
  TypedRecord,
} from '../dns/record-types.js';
export type { Resolver } from '../dns/resolver.js';
export type { ResolverOptions } from '../dns/resolver-options.js';
export type { HandleListing, HandleMetrics } from '../loop/counters.js';
export { Immediate } from '../loop/immediates.js';
export type { BlockedMessage, LoopMetrics, Phase } from '../loop/meter.js';
export type { LoopOptions, RunMode } from '../loop/options.js';
export { type HookCallback, PhaseHook } from '../loop/phase-hooks.js';
export type { SharedPool } from '../loop/shared-pool.js';
export { Timer } from '../loop/time/timer.js';
export type { TimeSummary } from '../loop/time-summary.js';
export { ThreadPerConnectionServer } from '../models/index.js';
export type {
  ThreadPerConnectionOptions,
  ThreadPerConnectionStats,
} from '../models/thread-per-connection.js';
export type { HostResolver } from '../net/by-name.js';
export type { ConnectOptions } from '../net/connect.js';
export type { StreamHandlers } from '../net/handlers.js';
export { Server, Socket } from '../net/index.js';
export type { ListenOptions } from '../net/listen.js';
export type { PathEvent, PathEventType } from '../paths/events.js';
export { PathWatcher } from '../paths/index.js';
export type { WatchPathOptions } from '../paths/options.js';
export type { PathCallback } from '../paths/watcher.js';
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
export type { HashOptions, KeyInput, KeyOptions, ScryptOptions } from '../pool/crypto/crypto.js';
export type { DigestEncoding } from '../pool/crypto/hash.js';
export type { Chunks, Written } from '../pool/fs/chunks.js';
export type { CopyOptions } from '../pool/fs/copy-options.js';
export type { FileDescriptor, Whence } from '../pool/fs/descriptors.js';
export type { MkdirOptions, ReaddirOptions, RmOptions } from '../pool/fs/folders.js';
export type { HandleReadOptions } from '../pool/fs/handle.js';
export type {
  FlockOptions,
  LockInTheWay,
  LockType,
  RecordLockOptions,
} from '../pool/fs/locks.js';
export type { LinkType, ReadlinkOptions } from '../pool/fs/names.js';
export type {
  BytesOptions,
  FileOptions,
  FileTime,
  NameBytesOptions,
  NameOptions,
  NameTextOptions,
  TextOptions,
} from '../pool/fs/options.js';
export type { Content, FileEncoding, Path } from '../pool/fs/path.js';
export type { ReadResult, ReadvResult, WriteResult, WritevResult } from '../pool/fs/reading.js';
export type { AccessOptions, StatOptions } from '../pool/fs/status.js';
export type {
  FileReadOptions,
  FileWriteOptions,
  ReadStreamOptions,
  WriteStreamOptions,
} from '../pool/fs/stream/options.js';
export type { FileReadHandlers, FileReadStream } from '../pool/fs/stream/read-stream.js';
export type { SendFileOptions } from '../pool/fs/stream/send-file.js';
export type { FileWriteHandlers, FileWriteStream } from '../pool/fs/stream/write-stream.js';
export type { FileTarget } from '../pool/fs/streams.js';
export type { PlacedOptions, TransferOptions } from '../pool/fs/transfers.js';
export type { ReadFileOptions, WriteFileOptions } from '../pool/fs/whole.js';
export {
  BigIntStatFs,
  BigIntStats,
  CryptoRequests,
  Dir,
  Dirent,
  FileHandle,
  FileRequests,
  StatFs,
  Stats,
  ThreadPool,
} from '../pool/index.js';
export type { LaneName, LaneOptions, LanesOptions } from '../pool/lanes.js';
export type { ThreadPoolOptions } from '../pool/options.js';
export type { LaneStats, PoolStats } from '../pool/pool.js';
export type { KindStats, WorkStats } from '../pool/usage.js';
export { inheritedSockets, SignalHandle, sdNotify, watchdogMs } from '../process/index.js';
export type { InheritedOptions, InheritedSocket } from '../process/inherited.js';
export type { NotifyOptions, NotifyState } from '../process/notify.js';
export type { OnceSignalOptions, ReceivedSignal } from '../process/once.js';
export type { SignalInfo } from '../process/realtime-port.js';
export type { SignalCallback } from '../process/signal.js';
export { Pty, PtyMaster } from '../pty/index.js';
export type { PtyOptions } from '../pty/options.js';
export type { PtyHandlers } from '../pty/pty.js';
export { constants } from '../raw/constants.js';
export { check, SystemError, type SystemErrorDetails } from '../raw/errors.js';
export { Relay, relay } from '../relay/index.js';
export type { RelayOptions } from '../relay/options.js';
export type { RelaySide } from '../relay/relay.js';
export type {
  AllSocketOptions,
  InitialOptions,
  KeepAliveOptions,
  ReadableSocketOption,
  ReadOnlySocketOptions,
  SettableSocketOption,
  SocketOptionName,
  SocketOptionSettings,
  SocketOptions,
  SocketOptionValues,
  WriteOnlySocketOptions,
} from '../socket-options/values.js';
export type { BpfInstruction, SocketCredentials } from '../socket-options/values-socket.js';
export type {
  TcpCongestionState,
  TcpFeature,
  TcpInfo,
  TcpState,
} from '../socket-options/values-tcp-info.js';
export type { ChildHandlers, PipedChild } from '../spawn/child.js';
export type { SpawnError } from '../spawn/errors.js';
export type { StdioFile } from '../spawn/file.js';
export { Child } from '../spawn/index.js';
export type { BothLimits, ResourceLimit, ResourceLimits } from '../spawn/limits.js';
export type { SpawnOptions } from '../spawn/options.js';
export type { ExitStatus, ResourceUsage } from '../spawn/status.js';
export type { StdioEntry } from '../spawn/stdio.js';
export type { WaitPidOptions } from '../spawn/wait-pid.js';
export type { StreamOptions } from '../stream/handlers.js';
export type { WriteOptions } from '../stream/passing.js';
export type { PeerCredentials } from '../stream/peer.js';
export type { ReceivedDescriptors } from '../stream/received.js';
export { OutputFile, TtyStream } from '../terminal/index.js';
export type { StandardInput, StandardOutput } from '../terminal/stdio.js';
export type { ResizeCallback, TtyHandlers } from '../terminal/tty.js';
export { Watcher } from '../watch/index.js';
export type { Readiness } from '../watch/readiness.js';
export type { WatchCallback, WatchOptions } from '../watch/watcher.js';
export { Workers } from '../workers/index.js';
export type { RunOptions, WorkerLimits, WorkersOptions } from '../workers/options.js';
export type { WorkersStats } from '../workers/stats.js';
export type { JobContext } from '../workers/thread/context.js';
export { ZlibRequests } from '../zlib/index.js';
export type { ZlibInput, ZlibOptions } from '../zlib/zlib.js';
export { defaultLoop, watch } from './default-loop.js';
export { EventLoop } from './event-loop.js';
