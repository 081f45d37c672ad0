// JavaScript jobs on threads of their own: what the public loop takes from this family.
export { Workers } from './workers.js';
