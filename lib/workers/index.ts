// JavaScript jobs on threads of their own: what the public loop takes from this family.
export type { RunOptions } from './options.js';
export type { WorkersStats } from './stats.js';
export { Workers } from './workers.js';
