// Watching paths: what the public loop takes from this family.
export { PathWatcher } from './watcher.js';
