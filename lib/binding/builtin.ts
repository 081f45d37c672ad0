// The host's modules that are loaded on first use: to load one of these takes as long
// as much of this package does.
import { createRequire } from './here.js';

/** `require` for what the host has built in, and for files by their whole path. */
export const builtin = createRequire(process.execPath);
