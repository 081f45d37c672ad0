// inheritedSockets: descriptors that a service manager opened before the process began, by
// systemd's protocol: they begin at 3, LISTEN_FDS says how many there are, LISTEN_PID whom
// they are for, LISTEN_FDNAMES what each is called. See sd_listen_fds(3), systemd.socket(5).
import { type OptionNames, readOptions } from '../base/options.js';
import { type Address, native } from '../binding/index.js';
import { invalidType } from '../loop/errors.js';
import { constant } from '../raw/constants.js';
import { check, SystemError } from '../raw/errors.js';
import { badVariable, isForUs, numberOf, unset } from './environment.js';

/** A descriptor that was open when the process began. */
export interface InheritedSocket {
  /** Its number: yours, until you hand it to one of the loop's methods. */
  readonly fd: number;
  /** What `FileDescriptorName=` says, 'stored' of the store; 'unknown' without names. */
  readonly name: string;
  /**
   * What takes it: `loop.listen({ fd })` a 'listener', `loop.dgram({ fd })` a 'datagram'
   * socket, `loop.stream(fd)` a 'stream' (a connection, a FIFO, a character device), and
   * `loop.watch` or a read what is 'other': netlink, a message queue, a file.
   */
  readonly kind: 'listener' | 'datagram' | 'stream' | 'other';
  /** A socket's own address; undefined for what is no socket. */
  readonly address: Address | undefined;
}

/** What `inheritedSockets` takes. */
export interface InheritedOptions {
  /** Removes the three variables, so that no child takes them for its own. Default false. */
  unset?: boolean;
}

const NAMES: OptionNames<InheritedOptions> = { unset: true };
const VARIABLES = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES'];
/** The first number behind stdin, stdout and stderr: SD_LISTEN_FDS_START. */
const FIRST = 3;

const F_GETFD = constant('F_GETFD');
const F_SETFD = constant('F_SETFD');
const FD_CLOEXEC = constant('FD_CLOEXEC');
const SOL_SOCKET = constant('SOL_SOCKET');

/** The families whose datagrams have an address that `loop.dgram` knows. */
const isIpOrUnix = (address: Address) => !ArrayBuffer.isView(address);

function kindOfSocket(fd: number, address: Address): InheritedSocket['kind'] {
  const ask = (name: string) =>
    check(native.getsockopt(fd, SOL_SOCKET, constant(name)), 'getsockopt');
  const type = ask('SO_TYPE');
  if (type === constant('SOCK_STREAM') || type === constant('SOCK_SEQPACKET')) {
    return ask('SO_ACCEPTCONN') === 0 ? 'stream' : 'listener';
  }
  return type === constant('SOCK_DGRAM') && isIpOrUnix(address) ? 'datagram' : 'other';
}

/** What is at `fd`; it is looked at and not changed. @throws SystemError EBADF */
function lookAt(fd: number, name: string): InheritedSocket {
  check(native.fcntl(fd, F_GETFD), 'fcntl');
  const what = native.fileKind(fd);
  if (typeof what === 'number') throw new SystemError(what, 'fstat');
  if (what !== 'socket') {
    const kind = what === 'file' || what === 'other' ? 'other' : 'stream';
    return { fd, name, kind, address: undefined };
  }
  const address = check(native.getsockname(fd) as Address, 'getsockname');
  return { fd, name, kind: kindOfSocket(fd, address), address };
}

/** One for each descriptor; a manager that names any names all. */
function namesOf(count: number): string[] {
  const text = process.env['LISTEN_FDNAMES'];
  if (text === undefined) return Array.from({ length: count }, () => 'unknown');
  const names = text.split(':');
  if (names.length === count) return names;
  throw badVariable('LISTEN_FDNAMES', text, `${count} names with colons between them`);
}

function inherited(): InheritedSocket[] {
  if (isForUs(['LISTEN_PID', process.env['LISTEN_PID']]) !== true) return [];
  const count = numberOf(['LISTEN_FDS', process.env['LISTEN_FDS']], 0, 2 ** 31 - 1 - FIRST) ?? 0;
  if (count === 0) return [];
  // Before a list as long as the variable says is made: are they there at all?
  check(native.fcntl(FIRST + count - 1, F_GETFD), 'fcntl');
  const found = namesOf(count).map((name, index) => lookAt(FIRST + index, name));
  for (const { fd } of found) check(native.fcntl(fd, F_SETFD, FD_CLOEXEC), 'fcntl');
  return found;
}

/**
 * The descriptors that systemd, or who else speaks its protocol, opened for this process;
 * none when LISTEN_PID names another. They are made close-on-exec. What they are is looked
 * at and not taken: each is owned by the loop once it is handed over.
 *
 * @throws Error ERR_INVALID_ARG_VALUE for a variable that is no number, or as many names as
 *   there are not descriptors; SystemError EBADF for one that is not open; TypeError. Nothing
 *   is changed then. See sd_listen_fds(3).
 * @example
 * for (const { fd, kind } of inheritedSockets({ unset: true })) {
 *   if (kind === 'listener') loop.listen({ fd }, handlers);
 * }
 */
export function inheritedSockets(given: InheritedOptions = {}): InheritedSocket[] {
  const options = readOptions('options', given, NAMES);
  const { unset: removes = false } = options;
  if (typeof removes !== 'boolean') throw invalidType('options.unset', 'a boolean');
  const found = inherited();
  if (removes) unset(VARIABLES);
  return found;
}
