// What accept4 may say, and what each does:
// - NOBODY: nobody waits. EINTR is retried in native code.
// - GONE: the connection ended while it waited (Linux also passes on network errors that
//   came for it). The next one is taken.
// - FATAL: there is no listening socket any more. The server closes and tells.
// - all others, out of descriptors or memory (EMFILE, ENFILE, ENOBUFS, ENOMEM), refused by
//   a firewall or a filter of system calls (EPERM, ENOSYS), and whatever else there is:
//   it may pass. Told once a pause; who waits stays in the backlog until then.
// See accept4(2).
import { constant, constants } from '../raw/constants.js';

export const NOBODY = -constant('EAGAIN');

/** -errno of those names that the platform has. */
const errnos = (...names: string[]) =>
  new Set(names.flatMap((name) => (constants[name] === undefined ? [] : -constants[name])));
/** The connection ended while it waited: the next one is taken. */
export const GONE = errnos(
  'ECONNABORTED',
  'EPROTO',
  'ENETDOWN',
  'ENOPROTOOPT',
  'EHOSTDOWN',
  'ENONET',
  'EHOSTUNREACH',
  'ENETUNREACH',
);
/** There is no listening socket any more. */
export const FATAL = errnos('EBADF', 'EINVAL', 'ENOTSOCK', 'EOPNOTSUPP');
