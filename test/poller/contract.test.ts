// The contract, for each backend of this platform alone and checked, with each waker.
import { createPoller } from '../../lib/poller/index.js';
import { pollerContract } from './contract.js';
import { WAKERS, withWaker } from './support.js';

for (const backend of ['epoll', 'checked']) {
  for (const waker of WAKERS) {
    pollerContract(`${backend} with the ${waker} waker`, () =>
      withWaker(waker, () => createPoller(backend)),
    );
  }
}
