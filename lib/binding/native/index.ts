// What the addon exports, typed: the one place where TypeScript and C++ meet, a file for
// each native module. A test compares these names with those that the built addon has.
import type { ChildCalls } from './children.js';
import type { DatagramCalls } from './datagram.js';
import type { DescriptorCalls } from './descriptors.js';
import type { EpollCalls, EpollRawCalls } from './epoll.js';
import type { EventfdCalls } from './eventfd.js';
import type { FileKindCalls } from './file-kind.js';
import type { FileTransferCalls } from './file-transfers.js';
import type { FileCalls } from './file-watch.js';
import type { HostCalls } from './host.js';
import type { KqueueCalls, KqueueRawCalls, VnodeCalls } from './kqueue.js';
import type { LinuxEventCalls } from './linux-events.js';
import type { MessageCalls } from './messages.js';
import type { PollCalls } from './poll.js';
import type { PoolCalls } from './pool.js';
import type { ProcessCalls } from './process.js';
import type { ProcessRawCalls } from './processes.js';
import type { PseudoterminalCalls } from './pseudoterminals.js';
import type { SignalCalls } from './signals.js';
import type { SocketFilterCalls } from './socket-filter.js';
import type { AddressCalls, SocketCalls } from './sockets.js';
import type { StreamCalls } from './stream.js';
import type { TerminalRawCalls } from './terminal-calls.js';
import type { TerminalCalls } from './terminals.js';
import type { ThreadServerCalls } from './thread-server.js';
import type { UnixPathCalls } from './unix-path.js';
import type { WakerCalls } from './waker.js';

export type * from './address.js';
export type * from './children.js';
export type * from './datagram.js';
export type * from './descriptors.js';
export type * from './epoll.js';
export type * from './eventfd.js';
export type * from './file-kind.js';
export type * from './file-transfers.js';
export type * from './file-watch.js';
export type * from './host.js';
export type * from './kqueue.js';
export type * from './linux-events.js';
export type * from './messages.js';
export type * from './poll.js';
export type * from './pool.js';
export type * from './process.js';
export type * from './processes.js';
export type * from './pseudoterminals.js';
export type * from './signals.js';
export type * from './socket-filter.js';
export type * from './sockets.js';
export type * from './stream.js';
export type * from './terminal-calls.js';
export type * from './terminals.js';
export type * from './thread-server.js';
export type * from './unix-path.js';
export type * from './waker.js';

/** The raw system calls; `lib/raw` documents each. */
export interface RawCalls
  extends DescriptorCalls,
    SocketCalls,
    EpollRawCalls,
    EventfdCalls,
    FileTransferCalls,
    KqueueRawCalls,
    LinuxEventCalls,
    MessageCalls,
    PollCalls,
    ProcessRawCalls,
    PseudoterminalCalls,
    TerminalRawCalls {}

export interface NativeBinding
  extends RawCalls,
    AddressCalls,
    ChildCalls,
    DatagramCalls,
    EpollCalls,
    FileCalls,
    FileKindCalls,
    HostCalls,
    KqueueCalls,
    PoolCalls,
    ProcessCalls,
    SignalCalls,
    SocketFilterCalls,
    StreamCalls,
    TerminalCalls,
    ThreadServerCalls,
    UnixPathCalls,
    VnodeCalls,
    WakerCalls {
  /** What native/constants/ exports: by name, those that this system defines. */
  readonly constants: Readonly<Record<string, number>>;
}
