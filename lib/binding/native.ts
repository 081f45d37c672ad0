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
  release(fd: number): number;
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
  kqueue(): number;
  kevent(
    kq: number,
    changes?: Bytes | null,
    events?: Bytes | null,
    timeout?: number | null,
  ): number;
}

/** A crossing: see native/stream/crossing.cc, and lib/loop/layout.ts for its words. */
export interface CrossingCalls {
  /** Sends, waits and reads as the control words say: how many are ready, or -errno. */
  cross(): number;
  /** From now on the memory of this kind (KEEP_*) is there. */
  keep(kind: number, memory: ArrayBuffer | Int32Array | Uint8Array): void;
}

/** The bytes of streams. */
export interface StreamCalls {
  /**
   * @param words room for the control words, and for a ready record and a read result for
   *   each of `capacity`
   */
  createCrossing(words: Int32Array, capacity: number): CrossingCalls;
  /** Where each word stands by its name; for the test that compares. */
  layout(): Record<string, number>;
  /** As `sendNow`, by write(2). */
  writeNow(fd: number, bytes: Uint8Array): number;
  /** Sends as much as the kernel takes at once: how much, or -errno. See send(2). */
  sendNow(fd: number, bytes: Uint8Array): number;
  /** Whether `bind` and `connect` can read it: 0, or -EINVAL when its text is no address. */
  checkAddress(address: Address): number;
}

/** A place in the host's own loop; see native/host/host_loop.h. */
export interface HostLoop {
  /** 0, or a negative errno when this host cannot be used that way. */
  readonly error: number;
  /** Calls the turn after `timeoutMs` at the latest; -1: no deadline. */
  arm(timeoutMs: number): void;
  ref(): void;
  unref(): void;
  /** True where the turn may come again before the host's own work: not until `letGo`. */
  hold(): boolean;
  letGo(): void;
  close(): void;
}

export type HostLoopKind = 'libuv' | 'waiter';

/** The threads and their queues; see native/pool/binding.h. */
export interface NativePool {
  /** Opens the wake-up; true asks for a pipe. The descriptor to watch by edges, or -errno. */
  open(pipe: boolean): number;
  /** The number of a new lane, from 0 on, or -errno. `limit`: threads at once. */
  addLane(limit: number): number;
  /** True: it was queued, and its id is free. False: its completion comes. */
  cancel(id: number): boolean;
  /** Fills rows and results, see native/pool/rows.h; ids are free from the next call on. */
  takeCompletions(memory: ArrayBuffer, rows: number): number;
  /** Copies the bytes of a row of the batch into `target`, once. How many. */
  takeBytes(row: number, target: Bytes, offset: number): number;
  resize(size: number): void;
  stats(): NativePoolStats;
  close(): void;
}

/** What one kind of work is doing on a pool. */
export interface LaneStats {
  /** Threads that it may have at once. */
  limit: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done since the start. */
  completed: number;
}

/** What a pool is doing. */
export interface NativePoolStats {
  /** Threads wanted. */
  size: number;
  /** Threads alive: 0 before the first request. */
  threads: number;
  /** Of these, waiting for work. */
  idle: number;
  /** Requests that no thread has taken yet. */
  queued: number;
  /** Requests on a thread now. */
  running: number;
  /** Requests done whose results the loop has not taken yet. */
  finished: number;
  /** Requests done since the start, taken or not. */
  completed: number;
  /** Times that the loop was woken for them: one a batch. */
  wakeups: number;
  /** Why the last thread could not be started: -errno, 0 when all could. */
  startErrno: number;
  /** By number. */
  lanes: LaneStats[];
}

/** How a family of requests is submitted: an id, or -errno; see native/pool/family.h. */
type Submit<Operations extends Record<string, unknown[]>> = <Name extends keyof Operations>(
  pool: NativePool,
  lane: number,
  operation: OperationNumber<Name>,
  ...args: Operations[Name]
) => number;
declare const operationName: unique symbol;
type OperationNumber<Name> = number & { [operationName]: Name };
type OperationNumbers<Operations> = { readonly [Name in keyof Operations]: OperationNumber<Name> };

/** The arguments of each. */
type FsOperations = { stat: [path: string | Uint8Array, flags: number] };
type CryptoOperations = {
  pbkdf2: [password: Bytes, salt: Bytes, iterations: number, keyBytes: number, digest: string];
};

/** A failure of a thread server, told later; see native/thread_server/thread_server.h. */
export interface ThreadServerFailure {
  /** Negative. */
  errno: number;
  syscall: string;
  peer?: IpAddress;
}

/** An echo server with a thread per connection; see native/thread_server/thread_server_binding.cc. */
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

/** The shared half of a waker; see native/poll/waker.cc and lib/poller/waker.ts. */
export interface WakerCalls {
  /** False when `state` says that the waker is closed. */
  wake(fd: number, state: Int32Array): boolean;
  WakerGuard: new (state: Int32Array) => WakerGuard;
}

/** Retires a waker at the latest when its environment ends. */
export interface WakerGuard {
  /**
   * Says in the state that it is closed, and waits until nobody writes any more. False
   * when the state says for too long that somebody does.
   */
  retire(): boolean;
}

/** Files that tell of a change once; see native/poll/file_watcher.h. */
export interface FileCalls {
  /** Whether to ask for priority takes the event of this file. */
  isToldOnce(fd: number): boolean;
  FileWatch: new () => FileWatch;
}

export interface FileWatch {
  /** 0, or -errno when it could not be opened. */
  readonly error: number;
  /** Readable while `take` has something. */
  readonly doorbell: number;
  /** As epoll_ctl(2): 0 or -errno. */
  control(op: number, fd: number, events: number, token: number): number;
  /** Fills the records from `from` on, as far as `capacity`; how many. */
  take(ready: Int32Array, from: number, capacity: number): number;
  close(): void;
}

/** Who tells of signals: the host's libuv, or a handler of our own. */
export type SignalPortKind = 'libuv' | 'handler';

/** Where the signals that one loop watches arrive; see native/process/signals.h. */
export interface SignalPort {
  /** The descriptor to watch, or -errno; null when the host has no libuv. */
  open(kind: SignalPortKind): number | null;
  /** 0 or -errno. */
  watch(signal: number): number;
  /** 0, or -ENOENT. */
  unwatch(signal: number): number;
  /** Puts the handler back that somebody replaced who calls on to nobody. 0 or -errno. */
  renew(signal: number): number;
  /** Fills `numbers` with the next signals that came, in order; how many. */
  take(numbers: Uint8Array): number;
  /** Ends every watch and closes the descriptor. Idempotent. */
  close(): void;
}

/** What epoll does beyond its raw calls; see native/poll/epoll.cc. */
export interface EpollCalls {
  /** Takes `fd` out of the set and closes it, as `close` does. 0 or -errno. */
  epollClose(epfd: number, fd: number): number;
}

/** The kqueue half of a poller; see native/poll/kqueue_poller.cc and kqueue_wait.cc. */
export interface KqueueCalls {
  /** 0 or -errno. */
  kqueueAddWaker(kq: number): number;
  /** Whether the kernel still knows the registration: 1, 0 or -errno. */
  kqueueHas(kq: number, fd: number, interest: number, token: number): number;
  /** -1 as an interest: none. 0 or -errno. */
  kqueueUpdate(kq: number, fd: number, before: number, interest: number, token?: number): number;
  /** How many records were filled, or -errno. */
  kqueueWait(
    kq: number,
    ready: Int32Array,
    maxevents: number,
    timeoutNs: number,
    registered: number,
  ): number;
  /** False when `state` says that the waker is closed. */
  kqueueWake(kq: number, state: Int32Array): boolean;
}

export interface NativeBinding
  extends RawCalls,
    StreamCalls,
    WakerCalls,
    EpollCalls,
    KqueueCalls,
    FileCalls {
  readonly constants: Readonly<Record<string, number>>;
  /** What hangs on it lives on, also when nothing leads to this copy of the package. */
  readonly kept: Record<symbol, unknown>;
  /** Of now, where `process.pid` is that of the start. */
  getpid(): number;
  /** Memory that a child by fork(2) finds wiped; or -errno where there is no such. */
  forkMark(): ArrayBuffer | number;
  Pool: new (size: number, stackBytes: number) => NativePool;
  submitFs: Submit<FsOperations>;
  readonly fsOperations: OperationNumbers<FsOperations>;
  submitCrypto: Submit<CryptoOperations>;
  readonly cryptoOperations: OperationNumbers<CryptoOperations>;
  /** 0, or -EINVAL for what cannot be watched: SIGKILL, SIGSTOP, faults. */
  checkSignal(signal: number): number;
  SignalPort: new () => SignalPort;
  ThreadServer: {
    new (stackBytes: number): ThreadServer;
    readonly minStackBytes: number;
  };
  /** Readable when the host's own loop has something to do; or -errno. Borrowed. */
  hostDescriptor(): number;
  /** Tells the host of an error that nobody caught. False: this environment is ending. */
  uncaughtException(error: unknown): boolean;
  HostLoop: new (fd: number, turn: (due: boolean) => void, kind: HostLoopKind) => HostLoop;
}
