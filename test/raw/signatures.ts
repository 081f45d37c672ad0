// Every exported raw call with its parameters: what each takes, and a good value.
// A call that is missing here fails the test of hostile arguments.
import { constant } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';
import type { Opened } from '../support/descriptors.js';
import { HOSTILE } from '../support/hostile.js';
import { linuxSignatures } from './linux-signatures.js';
import {
  type Call,
  fd,
  INT32,
  int,
  isAbsent,
  isInteger,
  isPath,
  memory,
  optional,
  type Parameter,
  SAFE,
} from './parameters.js';
import { processSignatures } from './process-signatures.js';
import { ptySignatures } from './pty-signatures.js';
import { terminalSignatures } from './terminal-signatures.js';

export type { Parameter } from './parameters.js';

/** Calls whose number is a descriptor that was opened. */
export const OPENS: ReadonlySet<string> = new Set([
  'eventfd',
  'socket',
  'accept4',
  'dup',
  'epoll_create1',
  'kqueue',
  'memfd_create',
  'pidfd_open',
  'inotify_init1',
  'timerfd_create',
  'signalfd',
  'fanotify_init',
  'posix_openpt',
]);

/** Calls whose array is of descriptors that were opened. */
export const OPENS_PAIR: ReadonlySet<string> = new Set(['pipe2', 'socketpair']);

export interface Signature {
  call: Call;
  parameters: Parameter[];
}

/** Within a buffer of 16 bytes. */
const within = (name: string): Parameter => optional({ name, good: 0, takes: isInteger(0, 16) });

/** A file with some bytes, where there are files of memory; else a pipe, which has no places. */
function placed(opened: Opened): number {
  if (!raw.supported.memfd_create) return opened.pipe()[0];
  const fd = opened.keep(raw.memfd_create('signatures'), 'memfd_create');
  raw.check(raw.write(fd, new Uint8Array(64)), 'write');
  return fd;
}

/** A kqueue in which `fd` is ready, where there are kqueues. */
function watching(opened: Opened, fd: number): number {
  if (!raw.supported.kqueue) return 2 ** 31 - 1;
  const kq = opened.keep(raw.kqueue(), 'kqueue');
  const list = new raw.KeventList(1);
  list.set(0, { ident: fd, filter: constant('EVFILT_READ'), flags: constant('EV_ADD') });
  raw.check(raw.kevent(kq, list.bytes, null, 0), 'kevent');
  return kq;
}

/** The table; its descriptors are those of one test. */
export function signatures(opened: Opened): Record<string, Signature> {
  const [left, right] = opened.pair();
  const [listener, address] = opened.listening();
  const epfd = opened.keep(raw.epoll_create1(0));
  const ready = opened.eventfd(1);
  // Closed and opened anew by each dup3, under the same number.
  const spare = opened.eventfd();
  raw.check(raw.epoll_ctl(epfd, constant('EPOLL_CTL_ADD'), ready, 1), 'epoll_ctl');
  const kq = watching(opened, ready);
  const tcp = opened.keep(raw.socket(constant('AF_INET'), constant('SOCK_STREAM')));
  const buffer = memory(new Uint8Array(16));
  const buffers: Parameter = {
    name: 'buffers',
    good: [new Uint8Array(4)],
    // Not Array.isArray: it throws for a revoked Proxy.
    takes: (value) => value === HOSTILE['[]'],
  };
  const [from, to] = opened.pair(constant('SOCK_DGRAM'));
  const message: Parameter = {
    name: 'message',
    good: { buffers: [new Uint8Array(4)] },
    takes: () => false,
  };
  const messages: Parameter = {
    name: 'messages',
    good: [message.good],
    takes: (value) => value === HOSTILE['[]'],
  };
  const addressOf = (good: unknown): Parameter => ({ name: 'address', good, takes: () => false });
  const events: Parameter = { name: 'events', good: new Uint32Array(3), takes: () => false };
  const option = [int('level', constant('SOL_SOCKET')), int('name', constant('SO_RCVBUF'))];
  const flags = optional(int('flags', 0));
  const wait = (timeout: Parameter): Parameter[] => [
    fd(epfd, 'epfd'),
    events,
    { name: 'maxevents', good: 1, takes: isInteger(1, 65536) },
    timeout,
  ];
  const [, drain] = opened.pipe();
  const file = placed(opened);
  const position: Parameter = { name: 'position', good: 0, takes: SAFE };
  const place = (name: string) => optional({ ...position, name });
  const family = [int('domain', constant('AF_UNIX')), int('type', constant('SOCK_STREAM'))];
  const table: Record<string, [Call, Parameter[]]> = {
    read: [raw.read as Call, [fd(right), buffer, within('offset'), within('length')]],
    write: [raw.write as Call, [fd(left), buffer, within('offset'), within('length')]],
    readv: [raw.readv as Call, [fd(right), buffers]],
    writev: [raw.writev as Call, [fd(left), buffers]],
    pread: [raw.pread as Call, [fd(file), buffer, within('offset'), within('length'), position]],
    pwrite: [raw.pwrite as Call, [fd(file), buffer, within('offset'), within('length'), position]],
    preadv: [raw.preadv as Call, [fd(file), buffers, position]],
    pwritev: [raw.pwritev as Call, [fd(file), buffers, position]],
    close: [raw.close as Call, [fd(2 ** 31 - 1)]],
    adopt: [raw.adopt as Call, [fd(2 ** 31 - 1)]],
    release: [raw.release as Call, [fd(2 ** 31 - 1)]],
    fcntl: [
      raw.fcntl as Call,
      [fd(left), int('cmd', constant('F_GETFD')), optional(int('arg', 0))],
    ],
    flock: [raw.flock as Call, [fd(left), int('operation', constant('LOCK_UN'))]],
    lseek: [
      raw.lseek as Call,
      [
        fd(file),
        { name: 'offset', good: 0, takes: isInteger(-(2 ** 53) + 1, 2 ** 53 - 1) },
        int('whence', 0),
      ],
    ],
    statvfs: [
      raw.statvfs as Call,
      [
        { name: 'path', good: '/', takes: isPath },
        { name: 'fields', good: new Float64Array(11), takes: () => false },
      ],
    ],
    ioctl: [
      raw.ioctl as Call,
      [
        fd(left),
        { name: 'request', good: constant('FIONREAD'), takes: isInteger(0, 2 ** 32 - 1) },
        buffer,
      ],
    ],
    sendfile: [
      raw.sendfile as Call,
      [
        fd(left, 'out_fd'),
        fd(file, 'in_fd'),
        place('offset'),
        { name: 'count', good: 1, takes: SAFE },
      ],
    ],
    splice: [
      raw.splice as Call,
      [
        fd(file, 'fd_in'),
        place('off_in'),
        fd(drain, 'fd_out'),
        optional({ name: 'off_out', good: null, takes: SAFE }),
        { name: 'len', good: 1, takes: SAFE },
        optional({ name: 'flags', good: 0, takes: isInteger(0, 2 ** 32 - 1) }),
      ],
    ],
    memfd_create: [
      raw.memfd_create as Call,
      [
        { name: 'name', good: 'a name', takes: (value) => typeof value === 'string' },
        optional({ name: 'flags', good: 0, takes: isInteger(0, 2 ** 32 - 1) }),
      ],
    ],
    pipe2: [raw.pipe2 as Call, [flags]],
    dup: [raw.dup as Call, [fd(left, 'oldfd')]],
    dup3: [raw.dup3 as Call, [fd(left, 'oldfd'), fd(spare, 'newfd'), flags]],
    poll: [
      raw.poll as Call,
      [
        { name: 'fds', good: Int32Array.of(ready, constant('POLLIN'), 0), takes: () => false },
        { name: 'nfds', good: 1, takes: (value) => value === 0 || value === 1 },
        { name: 'timeout', good: 0, takes: isInteger(-1, 2 ** 31 - 1) },
      ],
    ],
    socket: [raw.socket as Call, [...family, optional(int('protocol', 0))]],
    socketpair: [raw.socketpair as Call, [...family, optional(int('protocol', 0))]],
    bind: [raw.bind as Call, [fd(tcp), addressOf({ ...address, port: 0 })]],
    listen: [raw.listen as Call, [fd(listener), int('backlog', 4)]],
    accept4: [raw.accept4 as Call, [fd(listener), flags]],
    connect: [raw.connect as Call, [fd(left), addressOf({ family: 'unix', path: '\0nobody' })]],
    shutdown: [raw.shutdown as Call, [fd(tcp), int('how', 0)]],
    getsockname: [raw.getsockname as Call, [fd(listener)]],
    getpeername: [raw.getpeername as Call, [fd(left)]],
    send: [raw.send as Call, [fd(left), buffer, within('offset'), within('length'), flags]],
    recv: [raw.recv as Call, [fd(right), buffer, within('offset'), within('length'), flags]],
    sendto: [
      raw.sendto as Call,
      [
        ...[fd(from), buffer, within('offset'), within('length'), flags],
        optional(addressOf(undefined)),
      ],
    ],
    recvfrom: [raw.recvfrom as Call, [fd(to), buffer, within('offset'), within('length'), flags]],
    sendmsg: [raw.sendmsg as Call, [fd(from), message, flags]],
    recvmsg: [raw.recvmsg as Call, [fd(to), message, flags]],
    sendmmsg: [raw.sendmmsg as Call, [fd(from), messages, flags]],
    recvmmsg: [raw.recvmmsg as Call, [fd(to), messages, flags]],
    setsockopt: [
      raw.setsockopt as Call,
      [fd(left), ...option, { name: 'value', good: 65536, takes: INT32 }],
    ],
    getsockopt: [raw.getsockopt as Call, [fd(left), ...option, optional(buffer)]],
    epoll_create1: [raw.epoll_create1 as Call, [flags]],
    epoll_ctl: [
      raw.epoll_ctl as Call,
      [
        fd(epfd, 'epfd'),
        int('op', constant('EPOLL_CTL_MOD')),
        fd(ready),
        { name: 'event', good: 1, takes: isInteger(0, 2 ** 32 - 1) },
        optional({ name: 'data', good: 7, takes: (value) => SAFE(value) || value === 1n }),
      ],
    ],
    epoll_wait: [raw.epoll_wait as Call, wait({ name: 'timeout', good: 0, takes: INT32 })],
    epoll_pwait2: [
      raw.epoll_pwait2 as Call,
      wait({ name: 'timeout', good: 0, takes: isInteger(-1, 2 ** 53 - 1) }),
    ],
    eventfd: [
      raw.eventfd as Call,
      [optional({ name: 'initval', good: 0, takes: isInteger(0, 2 ** 32 - 1) }), flags],
    ],
    ...processSignatures(),
    ...ptySignatures(opened),
    ...linuxSignatures(opened),
    ...terminalSignatures(left),
    kqueue: [raw.kqueue as Call, []],
    kevent: [
      raw.kevent as Call,
      [
        fd(kq, 'kq'),
        { name: 'changes', good: null, takes: isAbsent },
        { name: 'events', good: new Uint8Array(32), takes: isAbsent },
        optional({ name: 'timeout', good: 0, takes: isInteger(-1, 2 ** 53 - 1) }),
      ],
    ],
  };
  return Object.fromEntries(
    Object.entries(table).map(([name, [call, parameters]]) => [name, { call, parameters }]),
  );
}
