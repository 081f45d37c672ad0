// Processes that are started, and their ends: what the public loop takes from this family.
export { Child } from './child.js';
export { spawn } from './spawn.js';
export { waitPid } from './wait-pid.js';
