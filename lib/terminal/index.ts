// Terminals, and the three streams that a process begins with: what the public loop takes from
// this family.
export { OutputFile } from './output-file.js';
export { output, stdin } from './stdio.js';
export { TtyStream, tty } from './tty.js';
