// What the addon exports, typed: the one place where TypeScript and C++ meet.
// A test compares these names with those that the built addon really has.

/** A socket address; see ip(7), ipv6(7) and unix(7). */
export type Address = IpAddress | UnixAddress | Uint8Array;

export interface IpAddress {
  family: 'ipv4' | 'ipv6';
  /** Dotted or colon notation; a zone may follow: `fe80::1%eth0`. */
  address: string;
  /** 0 to 65535. */
  port: number;
}

export interface UnixAddress {
  family: 'unix';
  /** At most 107 bytes; a leading NUL: the abstract namespace (Linux). */
  path: string;
}

/** Memory that native code may read or fill. */
export type Bytes = ArrayBufferView | ArrayBuffer | SharedArrayBuffer;

/** An event and its data for `epoll_ctl`. */
export interface EpollEvent {
  /** EPOLL* bits. */
  events: number;
  /** Comes back from `epoll_wait` as two words: 0 to 2^53-1, or a 64-bit BigInt. */
  data?: number | bigint;
}

/** The raw system calls; `lib/raw` documents each. */
export interface RawCalls {
  read(fd: number, buffer: Bytes, offset?: number, length?: number): number;
  write(fd: number, buffer: Bytes, offset?: number, length?: number): number;
  readv(fd: number, buffers: readonly Bytes[]): number;
  writev(fd: number, buffers: readonly Bytes[]): number;
  close(fd: number): number;
  adopt(fd: number): number;
  fcntl(fd: number, cmd: number, arg?: number): number;
  pipe2(flags?: number): [number, number] | number;
  socket(domain: number, type: number, protocol?: number): number;
  socketpair(domain: number, type: number, protocol?: number): [number, number] | number;
  bind(fd: number, address: Address): number;
  listen(fd: number, backlog: number): number;
  accept4(fd: number, flags?: number): number;
  connect(fd: number, address: Address): number;
  shutdown(fd: number, how: number): number;
  getsockname(fd: number): Address | number;
  getpeername(fd: number): Address | number;
  send(fd: number, buffer: Bytes, offset?: number, length?: number, flags?: number): number;
  recv(fd: number, buffer: Bytes, offset?: number, length?: number, flags?: number): number;
  setsockopt(fd: number, level: number, name: number, value: number | Bytes): number;
  getsockopt(fd: number, level: number, name: number, value?: Bytes): number;
  epoll_create1(flags?: number): number;
  epoll_ctl(
    epfd: number,
    op: number,
    fd: number,
    event?: EpollEvent | number,
    data?: number | bigint,
  ): number;
  epoll_wait(epfd: number, events: Bytes, maxevents: number, timeout: number): number;
  epoll_pwait2(epfd: number, events: Bytes, maxevents: number, timeout: number): number;
  eventfd(initval?: number, flags?: number): number;
}

/** The batched reads and writes of streams; see native/stream_batch.cc. */
export interface StreamCalls {
  recvBatch(
    ready: ArrayBuffer,
    from: number,
    count: number,
    slots: ArrayBuffer,
    slab: ArrayBuffer,
    results: ArrayBuffer,
  ): number;
  sendBatch(records: ArrayBuffer, count: number, slots: ArrayBuffer, slab: ArrayBuffer): number;
}

/** A place in the host's own loop; see native/host_loop.h. */
export interface HostLoop {
  /** 0, or a negative errno when this host cannot be used that way. */
  readonly error: number;
  /** Calls the turn after `timeoutMs` at the latest; -1: no deadline. */
  arm(timeoutMs: number): void;
  ref(): void;
  unref(): void;
  close(): void;
}

export type HostLoopKind = 'libuv' | 'waiter';

/** A failure of a thread server, told later; see native/thread_server.h. */
export interface ThreadServerFailure {
  /** Negative. */
  errno: number;
  syscall: string;
  peer?: IpAddress;
}

/** An echo server with a thread per connection; see native/thread_server_binding.cc. */
export interface ThreadServer {
  start(address: IpAddress, backlog: number): Pick<ThreadServerFailure, 'errno' | 'syscall'> | null;
  stop(): void;
  stats(): {
    threads: number;
    connections: number;
    bytes: number;
    active: number;
    errors: number;
  };
  takeErrors(): ThreadServerFailure[];
  readonly address: IpAddress | null;
  /** Readable while `takeErrors` has some, -1 when not started. */
  readonly doorbell: number;
}

/** Signals as bytes in a pipe; see native/signals.cc. */
export interface SignalCalls {
  watchSignal(signal: number, fd: number): number;
  unwatchSignal(signal: number, fd: number): number;
}

export interface NativeBinding extends RawCalls, StreamCalls, SignalCalls {
  readonly constants: Readonly<Record<string, number>>;
  ThreadServer: {
    new (stackBytes: number): ThreadServer;
    readonly minStackBytes: number;
  };
  HostLoop: new (fd: number, turn: (due: boolean) => void, kind: HostLoopKind) => HostLoop;
}
