// The pollers that a process on Linux never opens as a rule: loaded on first use, in the
// way of lib/faces/families.ts.
import * as checkedPoller from './checked.js';
import * as kqueuePoller from './kqueue.js';

export const checked = () => checkedPoller;
export const kqueue = () => kqueuePoller;
