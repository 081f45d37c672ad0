// Watching descriptors: what the public loop takes from this family.
export { Watcher } from './watcher.js';
