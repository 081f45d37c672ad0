// Which poller this platform has, and which one was asked for.
import { codedError } from '../raw/errors.js';
import { supported } from '../raw/supported.js';
import type { Poller } from './contract.js';
import { EpollPoller } from './epoll.js';
import * as seldom from './seldom.js';

const BACKENDS: Readonly<Record<string, { present: boolean; open(): Poller }>> = {
  epoll: { present: supported.epoll_wait, open: () => new EpollPoller() },
  kqueue: { present: supported.kqueue, open: () => new (seldom.kqueue().KqueuePoller)() },
};

const present = Object.keys(BACKENDS).filter((name) => BACKENDS[name]?.present);

/** The backend of this platform: the first that it has. */
export const defaultBackend = present[0] ?? 'epoll';

/**
 * Opens a poller.
 *
 * @param name 'epoll' (Linux) or 'kqueue' (macOS, the BSDs); 'checked' or
 *   'checked:kqueue' for one with the contract asserted on every call. Default:
 *   RAWLOOP_BACKEND, else the platform's own.
 * @throws Error ERR_INVALID_ARG_VALUE for a name that this platform does not have
 * @throws SystemError EMFILE, ENFILE, ENOMEM
 * @example
 * const poller = createPoller();
 * poller.add(fd, { read: true }, 7);
 * const ready = new ReadyList(64);
 * for (let i = 0, n = poller.wait(ready, 1000); i < n; i++) console.log(ready.token(i));
 */
export function createPoller(name = process.env['RAWLOOP_BACKEND'] || defaultBackend): Poller {
  const [, inner] = /^checked(?::(.+))?$/.exec(name) ?? [];
  if (inner !== undefined || name === 'checked') {
    return new (seldom.checked().CheckedPoller)(createPoller(inner ?? defaultBackend));
  }
  if (present.includes(name)) return (BACKENDS[name] as { open(): Poller }).open();
  throw codedError(
    Error,
    'ERR_INVALID_ARG_VALUE',
    `no poller '${name}' on ${process.platform}: use ${present.join(', ')} or checked`,
  );
}

export type { Poller, PollerFeatures, Registration, RegistrationError } from './contract.js';
export { isForked, refuseForked } from './fork.js';
export { Interest, type InterestOptions, Ready, toInterest } from './interest.js';
export { ReadyList } from './ready-list.js';
export { type SharedWaker, wake } from './waker.js';
