// Compression off the loop: what the public loop takes from this family.
export { ZlibRequests } from './zlib.js';
