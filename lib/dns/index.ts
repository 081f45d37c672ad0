// Names: what the public loop takes from this family.
export { NameRequests } from './dns.js';
