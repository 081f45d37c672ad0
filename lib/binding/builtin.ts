// The host's modules that are loaded on first use: to load one of these takes as long
// as much of this package does.
import { createRequire } from 'node:module';

/** `require` for what the host has built in. */
export const builtin = createRequire(__filename);
