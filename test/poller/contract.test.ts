// The contract, for each backend of this platform alone and checked, with each waker.
import { createPoller } from '../../lib/poller/index.js';
import { pollerContract } from './contract.js';
import { BACKENDS, WAKERS, withWaker } from './support.js';

for (const backend of BACKENDS) {
  for (const name of [backend, `checked:${backend}`]) {
    for (const waker of WAKERS[backend]) {
      pollerContract(`${name} with the ${waker} waker`, backend, () =>
        withWaker(waker, () => createPoller(name)),
      );
    }
  }
}
