// Signals: what the public loop takes from this family.
export { SignalHandle } from './signal.js';
