// The poller contract as tests: every backend, the checked poller around it, and
// either waker must pass all of it. The four parts stand in files of their own.
import { describe } from 'vitest';
import { guardDescriptors } from '../support/descriptors.js';
import { conditionsContract } from './contract-conditions.js';
import { misuseContract } from './contract-misuse.js';
import { registrationsContract } from './contract-registrations.js';
import { waitingContract } from './contract-waiting.js';
import type { OpenPoller } from './support.js';

/** Declares the tests of the contract for the pollers of `backend` that `open` opens. */
export function pollerContract(name: string, backend: string, open: OpenPoller): void {
  describe(name, () => {
    guardDescriptors();
    conditionsContract(open);
    registrationsContract(open, backend);
    waitingContract(open, backend);
    misuseContract(open);
  });
}
