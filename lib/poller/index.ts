// Which poller this platform has, and which one was asked for.
import { codedError } from '../raw/errors.js';
import { CheckedPoller } from './checked.js';
import type { Poller } from './contract.js';
import { EpollPoller } from './epoll.js';

const BACKENDS: Readonly<Record<string, () => Poller>> = {
  epoll: () => new EpollPoller(),
};

/** The backend of this platform. */
export const defaultBackend = 'epoll';

/**
 * Opens a poller.
 *
 * @param name 'epoll'; 'checked' for the platform's own with the contract
 *   asserted on every call. Default: RAWLOOP_BACKEND, else the platform's own.
 * @throws Error ERR_INVALID_ARG_VALUE for a name that this platform does not have
 * @throws SystemError EMFILE, ENFILE, ENOMEM
 * @example
 * const poller = createPoller();
 * poller.add(fd, { read: true }, 7);
 * const ready = new ReadyList(64);
 * for (let i = 0, n = poller.wait(ready, 1000); i < n; i++) console.log(ready.token(i));
 */
export function createPoller(name = process.env['RAWLOOP_BACKEND'] || defaultBackend): Poller {
  if (name === 'checked') return new CheckedPoller(createPoller(defaultBackend));
  const open = Object.hasOwn(BACKENDS, name) ? BACKENDS[name] : undefined;
  if (open !== undefined) return open();
  throw codedError(
    Error,
    'ERR_INVALID_ARG_VALUE',
    `no poller '${name}' on ${process.platform}: use ${Object.keys(BACKENDS).join(', ')} or checked`,
  );
}

export type { Poller, PollerFeatures, Registration, RegistrationError } from './contract.js';
export { Interest, type InterestOptions, Ready, toInterest } from './interest.js';
export { ReadyList } from './ready-list.js';
export { type SharedWaker, wake } from './waker.js';
