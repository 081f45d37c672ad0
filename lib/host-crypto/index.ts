// The host's node:crypto off the loop: what the public loop takes from this family.
export { HostCryptoJobs } from './host-crypto.js';
