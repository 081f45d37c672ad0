// Two streams joined: their bytes move inside the kernel where it can do that.
export { Relay, relay } from './relay.js';
