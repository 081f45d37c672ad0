// Kernel objects of every kind that loop.watch waits for: how each is made, how it is made
// to have something to tell, and what is read then. Its descriptor is -errno when this kernel
// has none of them or this user may not.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constant, constants } from '../../lib/raw/constants.js';
import * as raw from '../../lib/raw/index.js';

/** Calls a system call by its name; the result, or -errno. */
export type SystemCall = (name: string, ...words: (number | NodeJS.TypedArray)[]) => number;

export function systemCalls(addon: string): SystemCall {
  const { call, numbers } = createRequire(import.meta.url)(addon) as {
    call(number: number, ...words: (number | NodeJS.TypedArray)[]): number;
    numbers: Record<string, number>;
  };
  return (name, ...words) => call(numbers[name] ?? -1, ...words);
}

export interface KernelObject {
  readonly fd: number;
  /** Makes it readable, now or a little later. */
  readonly stir: () => void;
  /** What `read` is to bring: a check of the bytes. */
  readonly isTold?: (bytes: Buffer) => boolean;
  /** What goes with it, closed behind it. */
  readonly end?: () => unknown;
}

const NONBLOCK = constant('O_NONBLOCK');
const CLOEXEC = constants['O_CLOEXEC'] ?? 0;
const path = (text: string) => Buffer.from(`${text}\0`);

function folderOfItsOwn(): string {
  return mkdtempSync(join(tmpdir(), 'rawloop-'));
}

function timerfd(call: SystemCall): KernelObject {
  const CLOCK_MONOTONIC = 1;
  const fd = call('timerfd_create', CLOCK_MONOTONIC, NONBLOCK | CLOEXEC);
  // `struct itimerspec`: no interval, a millisecond from now.
  const due = BigInt64Array.of(0n, 0n, 0n, 1_000_000n);
  return {
    fd,
    stir: () => call('timerfd_settime', fd, 0, due, 0),
    isTold: (bytes) => bytes.readBigUInt64LE() === 1n,
  };
}

/** To this thread alone: one to the process would be taken by a thread that does not block it. */
function signalfd(call: SystemCall): KernelObject {
  const [SIG_BLOCK, SIG_UNBLOCK, SETSIZE] = [0, 1, 8];
  const signal = constant('SIGUSR2');
  const mask = BigUint64Array.of(1n << BigInt(signal - 1));
  call('rt_sigprocmask', SIG_BLOCK, mask, 0, SETSIZE);
  const fd = call('signalfd4', -1, mask, SETSIZE, NONBLOCK | CLOEXEC);
  return {
    fd,
    stir: () => call('tgkill', process.pid, call('gettid'), signal),
    isTold: (bytes) => bytes.readUInt32LE() === signal,
    end: () => call('rt_sigprocmask', SIG_UNBLOCK, mask, 0, SETSIZE),
  };
}

function pidfd(call: SystemCall): KernelObject {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  const ended = once(child, 'close');
  const fd = call('pidfd_open', child.pid ?? -1, 0);
  return { fd, stir: () => child.kill(), end: () => ended };
}

function inotify(call: SystemCall): KernelObject {
  const IN_CREATE = 0x100;
  const folder = folderOfItsOwn();
  const fd = call('inotify_init1', NONBLOCK | CLOEXEC);
  call('inotify_add_watch', fd, path(folder), IN_CREATE);
  return {
    fd,
    stir: () => writeFileSync(join(folder, 'made'), ''),
    // `struct inotify_event`: watch, mask, cookie, length, then the name.
    isTold: (bytes) =>
      bytes.readUInt32LE(4) === IN_CREATE && bytes.toString('latin1', 16, 20) === 'made',
    end: () => rmSync(folder, { recursive: true }),
  };
}

function fanotify(call: SystemCall): KernelObject {
  const [FAN_REPORT_FID, FAN_NONBLOCK, FAN_CLOEXEC, FAN_MARK_ADD] = [0x200, 2, 1, 1];
  const [FAN_MODIFY, AT_FDCWD] = [2, -100];
  const folder = folderOfItsOwn();
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const end = () => rmSync(folder, { recursive: true });
  const made = call('fanotify_init', FAN_REPORT_FID | FAN_NONBLOCK | FAN_CLOEXEC, 0);
  const marked = call('fanotify_mark', made, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD, path(file));
  // Not every file system takes a mark.
  if (made >= 0 && marked < 0) closeSync(made);
  return {
    fd: made < 0 || marked === 0 ? made : marked,
    stir: () => writeFileSync(file, 'changed'),
    // `struct fanotify_event_metadata`: length, version, reserved, its own length, mask.
    isTold: (bytes) => bytes.readBigUInt64LE(8) === BigInt(FAN_MODIFY),
    end,
  };
}

function messageQueue(call: SystemCall): KernelObject {
  const name = path(`rawloop-${process.pid}`);
  const flags = constant('O_RDWR') | constant('O_CREAT') | NONBLOCK | CLOEXEC;
  const fd = call('mq_open', name, flags, 0o600, 0);
  const message = Buffer.from('queued');
  // It is received by mq_receive(3), not by read.
  return {
    fd,
    stir: () => call('mq_timedsend', fd, message, message.length, 0, 0),
    end: () => call('mq_unlink', name),
  };
}

function netlink(): KernelObject {
  const [NETLINK_ROUTE, RTM_GETLINK, REQUEST_DUMP, RTM_NEWLINK] = [0, 18, 0x301, 16];
  const type = constant('SOCK_RAW') | constant('SOCK_NONBLOCK');
  const fd = raw.socket(constant('AF_NETLINK'), type, NETLINK_ROUTE);
  const request = Buffer.alloc(32);
  request.writeUInt32LE(request.length, 0);
  request.writeUInt16LE(RTM_GETLINK, 4);
  request.writeUInt16LE(REQUEST_DUMP, 6);
  return {
    fd,
    stir: () => raw.send(fd, request),
    isTold: (bytes) => bytes.readUInt16LE(4) === RTM_NEWLINK,
  };
}

/** An echo request to the loopback: the request itself is heard, and the kernel's answer. */
function icmp(): KernelObject {
  const [IPPROTO_ICMP, ECHO] = [1, 8];
  const type = constant('SOCK_RAW') | constant('SOCK_NONBLOCK');
  const fd = raw.socket(constant('AF_INET'), type, IPPROTO_ICMP);
  if (fd >= 0) raw.connect(fd, { family: 'ipv4', address: '127.0.0.1', port: 0 });
  // Type, code, the sum of its words turned over, identifier, sequence.
  const request = Buffer.from([ECHO, 0, 0xf7, 0xff, 0, 0, 0, 0]);
  return {
    fd,
    stir: () => raw.send(fd, request),
    isTold: (bytes) => bytes[20] === ECHO || bytes[20] === 0,
  };
}

/** A poller inside the poller: another loop's, or a library's. */
function epollInstance(): KernelObject {
  const [fd, inner] = [raw.epoll_create1(), raw.eventfd()];
  raw.epoll_ctl(fd, constant('EPOLL_CTL_ADD'), inner, constant('EPOLLIN'), 0);
  return { fd, stir: () => raw.write(inner, BigUint64Array.of(1n)), end: () => raw.close(inner) };
}

function eventfd(): KernelObject {
  const fd = raw.eventfd(0, constant('EFD_NONBLOCK'));
  return {
    fd,
    stir: () => raw.write(fd, BigUint64Array.of(42n)),
    isTold: (bytes) => bytes.readBigUInt64LE() === 42n,
  };
}

/** Each kind by the name that docs/descriptors.md has for it. */
export const KERNEL_OBJECTS: Readonly<Record<string, (call: SystemCall) => KernelObject>> = {
  eventfd,
  timerfd,
  signalfd,
  pidfd,
  inotify,
  fanotify,
  'a POSIX message queue': messageQueue,
  'a netlink socket': netlink,
  'a raw ICMP socket': icmp,
  'an epoll instance': epollInstance,
};
