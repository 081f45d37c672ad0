// The process itself, its signals and its service manager: what the public loop takes from
// this family.
export { inheritedSockets } from './inherited.js';
export { sdNotify, watchdogMs } from './notify.js';
export { onceSignal } from './once.js';
export { SignalHandle } from './signal.js';
