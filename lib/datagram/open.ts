// loop.dgram: a socket of datagrams, opened, set up and bound as the options say. What was
// opened is closed again when a later call fails, and a descriptor that is refused stays as
// it was. See socket(2), bind(2), udp(7), unix(7).
import { throwIfAborted } from '../base/abort.js';
import { type IpAddress, native } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import { invalidValue, loopClosed } from '../loop/errors.js';
import { closeIt, endOnAbort } from '../loop/when-closed.js';
import { bindTo, guarded, setFlag } from '../net/open.js';
import { Interest } from '../poller/interest.js';
import { constant, constants } from '../raw/constants.js';
import { check, type SystemError } from '../raw/errors.js';
import { isAsync } from '../stream/promised.js';
import { type BoundPath, bindToPath } from '../unix/path.js';
import { type DatagramAddress, detailsOf, fromAddress, toAddress } from './address.js';
import { type DatagramFamily, QUEUES_ERRORS } from './base.js';
import { Exchange, type Sender } from './exchange.js';
import { checkDatagramHandlers, type DatagramHandlers, NO_HANDLERS } from './handlers.js';
import { Mode, UNIT_BYTES } from './layout.js';
import { type DgramOptions, type DgramPlan, readDgramOptions } from './options.js';
import { DatagramSocket } from './socket.js';
import { keepUnread } from './unread.js';

const SOL_SOCKET = constant('SOL_SOCKET');
const IPPROTO_IP = constant('IPPROTO_IP');
const IPPROTO_IPV6 = constant('IPPROTO_IPV6');
const O_NONBLOCK = constant('O_NONBLOCK');
const FD_CLOEXEC = constant('FD_CLOEXEC');
const DGRAM = constant('SOCK_DGRAM') | constant('SOCK_NONBLOCK');
/** How many datagrams of the greatest length one receive has room for at most. */
const MAX_SLAB_BYTES = 4 * 2 ** 20;
const AT_ONCE = 32;

const DOMAINS: Readonly<Record<Exclude<DatagramFamily, 'raw'>, number>> = {
  ipv4: constant('AF_INET'),
  ipv6: constant('AF_INET6'),
  unix: constant('AF_UNIX'),
};

/** What is open, and not a handle yet. */
interface Opened {
  readonly fd: number;
  readonly family: DatagramFamily;
  readonly bound?: BoundPath | undefined;
}

// ---- what the kernel is to do ------------------------------------------------------

/** Of options that both protocols have: a socket of IPv6 receives IPv4 as well. */
function setBoth(fd: number, family: DatagramFamily, v4: string, v6: string): void {
  if (family === 'ipv6') setFlag(fd, IPPROTO_IPV6, v6);
  const option = constants[v4];
  if (option === undefined) return;
  const result = native.setsockopt(fd, IPPROTO_IP, option, 1);
  if (family === 'ipv4') check(result, 'setsockopt');
}

function askForInfo(fd: number, family: DatagramFamily, { info, gro }: DgramPlan): void {
  const isIp = family === 'ipv4' || family === 'ipv6';
  if (isIp && info.pktinfo) {
    const name = constants['IP_PKTINFO'] === undefined ? 'IP_RECVDSTADDR' : 'IP_PKTINFO';
    if (family === 'ipv6') setFlag(fd, IPPROTO_IPV6, 'IPV6_RECVPKTINFO');
    else setFlag(fd, IPPROTO_IP, name);
  }
  if (isIp && info.ttl) setBoth(fd, family, 'IP_RECVTTL', 'IPV6_RECVHOPLIMIT');
  if (isIp && info.tos) setBoth(fd, family, 'IP_RECVTOS', 'IPV6_RECVTCLASS');
  if (info.timestamp) {
    setFlag(
      fd,
      SOL_SOCKET,
      constants['SO_TIMESTAMPNS'] === undefined ? 'SO_TIMESTAMP' : 'SO_TIMESTAMPNS',
    );
  }
  if (family === 'unix' && info.credentials && constants['SO_PASSCRED'] !== undefined) {
    setFlag(fd, SOL_SOCKET, 'SO_PASSCRED');
  }
  if (gro) setFlag(fd, constant('IPPROTO_UDP'), 'UDP_GRO');
}

/** Whether the kernel has a queue of errors for it, be it that somebody else asks for them. */
function hasErrorQueue(family: DatagramFamily): boolean {
  return (family === 'ipv4' || family === 'ipv6') && constants['IP_RECVERR'] !== undefined;
}

/** Sets it up before it is bound. */
function setUp(socket: DatagramSocket<never>, fd: number, plan: DgramPlan): void {
  const { family } = socket;
  if (plan.broadcast) setFlag(fd, SOL_SOCKET, 'SO_BROADCAST');
  askForInfo(fd, family, plan);
  const { info, gro } = plan;
  const asked = info.pktinfo || info.ttl || info.tos || info.timestamp || info.credentials || gro;
  if (family === 'unix') socket.mode |= Mode.TAKES_DESCRIPTORS;
  if (asked) socket.mode |= Mode.WITH_ANCILLARY;
  if (!hasErrorQueue(family)) return;
  socket.mode |= Mode.HAS_ERROR_QUEUE;
  if (plan.errors === false) return;
  setBoth(fd, family, 'IP_RECVERR', 'IPV6_RECVERR');
  socket.flags |= QUEUES_ERRORS;
}

// ---- where it is -------------------------------------------------------------------

function openIp(address: IpAddress, bound: boolean, plan: DgramPlan): number {
  const fd = check(native.socket(DOMAINS[address.family], DGRAM, 0), 'socket');
  return guarded(fd, () => {
    if (plan.reuseAddress) setFlag(fd, SOL_SOCKET, 'SO_REUSEADDR');
    if (plan.reusePort) setFlag(fd, SOL_SOCKET, 'SO_REUSEPORT');
    // Said either way: the system's own default is an administrator's to change.
    if (plan.ipv6Only || address.address === '::') {
      setFlag(fd, IPPROTO_IPV6, 'IPV6_V6ONLY', plan.ipv6Only);
    }
    plan.setInitialOptions(fd);
    if (bound) bindTo(fd, address);
    return fd;
  });
}

/** What a system without IPv6 answers, or whose '::' cannot take IPv4 as well. */
const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL']);

function openFirst(addresses: readonly IpAddress[], bound: boolean, plan: DgramPlan): Opened {
  const [first, second] = addresses as [IpAddress, IpAddress?];
  try {
    return { fd: openIp(first, bound, plan), family: first.family };
  } catch (error) {
    if (second === undefined || !NO_IPV6.has((error as SystemError).code)) throw error;
    return { fd: openIp(second, bound, plan), family: second.family };
  }
}

function open(plan: DgramPlan): Opened {
  const { place } = plan;
  if (place.kind === 'ip') return openFirst(place.addresses, place.bound, plan);
  if (place.kind === 'fd') return { fd: place.fd, family: familyOf(place.fd) };
  const fd = check(native.socket(DOMAINS.unix, DGRAM, 0), 'socket');
  const { address, mode } = place;
  const bind = () => {
    plan.setInitialOptions(fd);
    return address === undefined ? undefined : bindToPath(fd, address, mode);
  };
  return { fd, family: 'unix', bound: guarded(fd, bind) };
}

/** @throws TypeError for what is no socket of datagrams */
function familyOf(fd: number): DatagramFamily {
  const type = native.getsockopt(fd, SOL_SOCKET, constant('SO_TYPE'));
  if (type !== constant('SOCK_DGRAM') && type !== constant('SOCK_RAW')) {
    if (type === -constant('EBADF')) check(type, 'getsockopt');
    throw invalidValue('options.fd', 'a socket of datagrams');
  }
  const name = check(native.getsockname(fd), 'getsockname');
  return ArrayBuffer.isView(name) ? 'raw' : (name as { family: DatagramFamily }).family;
}

// ---- the handle --------------------------------------------------------------------

function exchangeOf(loop: HandleLoop): Exchange {
  const { streams } = loop;
  const senderOf = (handle: unknown): Sender | undefined =>
    handle instanceof DatagramSocket ? handle : undefined;
  const exchange = (streams.datagrams as Exchange | undefined) ?? new Exchange(loop, senderOf);
  streams.datagrams = exchange;
  return exchange;
}

/**
 * What one of another's becomes ours by, in an order in which each step can be taken back.
 *
 * @param prepare what else is to be done of it
 */
function takeOver(socket: DatagramSocket<never>, fd: number, prepare: () => void): void {
  const statusFlags = check(native.fcntl(fd, constant('F_GETFL')), 'fcntl');
  const fdFlags = check(native.fcntl(fd, constant('F_GETFD')), 'fcntl');
  socket.start(fd, Interest.READ);
  try {
    check(native.fcntl(fd, constant('F_SETFL'), statusFlags | O_NONBLOCK), 'fcntl');
    check(native.fcntl(fd, constant('F_SETFD'), fdFlags | FD_CLOEXEC), 'fcntl');
    prepare();
    // The last: there is no way back from it to who owned it before.
    check(native.adopt(fd), 'adopt');
  } catch (error) {
    socket.stop();
    native.fcntl(fd, constant('F_SETFD'), fdFlags);
    native.fcntl(fd, constant('F_SETFL'), statusFlags);
    throw error;
  }
}

/** Whom one that was opened elsewhere is connected to. */
function remoteOf(fd: number): DatagramAddress | undefined {
  const name = native.getpeername(fd);
  return typeof name === 'number' ? undefined : fromAddress(name);
}

/** Opens a socket of datagrams. */
export function dgram(
  loop: HandleLoop,
  given: DgramOptions,
  handlers: DatagramHandlers<never> = NO_HANDLERS,
): DatagramSocket<never> {
  const plan = readDgramOptions(given);
  checkDatagramHandlers(handlers);
  throwIfAborted(plan.signal);
  if (loop.closed) throw loopClosed();
  const opened = open(plan);
  const { fd } = opened;
  const adopted = plan.place.kind === 'fd';
  const make = () => begin(loop, opened, plan, handlers);
  const socket = adopted ? make() : guarded(fd, make);
  if (plan.signal !== undefined) endOnAbort(socket, plan.signal, closeIt);
  return socket;
}

function begin(
  loop: HandleLoop,
  { fd, family, bound }: Opened,
  plan: DgramPlan,
  handlers: DatagramHandlers<never>,
): DatagramSocket<never> {
  const { chunks, maxDatagramBytes, place, to } = plan;
  const copies = chunks === 'copy' || (chunks === undefined && isAsync(handlers.message));
  const exchange = exchangeOf(loop);
  const socket = new DatagramSocket<never>(loop, exchange, family, handlers, plan, copies);
  const stride = maxDatagramBytes + 2 * UNIT_BYTES;
  loop.streams.needSlab(Math.max(stride, Math.min(AT_ONCE * stride, MAX_SLAB_BYTES)));
  const prepare = () => {
    setUp(socket, fd, plan);
    if (to !== undefined) check(native.connect(fd, toAddress(to)), 'connect', detailsOf(to));
  };
  if (place.kind === 'fd') {
    takeOver(socket, fd, () => {
      plan.setInitialOptions(fd);
      prepare();
    });
  } else {
    prepare();
    socket.start(fd, Interest.READ);
  }
  socket.own();
  if (bound !== undefined) {
    socket.bound = bound;
    loop.holdings.add(bound);
  }
  socket.remote = to ?? (place.kind === 'fd' ? remoteOf(fd) : undefined);
  socket.beginReading();
  if (handlers === NO_HANDLERS) keepUnread(socket);
  return socket;
}
