// Pseudoterminals: what the public loop takes from this family.
export { Pty, PtyMaster, pty } from './pty.js';
