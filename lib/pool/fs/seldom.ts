// Files as streams, loaded with the first: what reads and writes files whole does not pay for it. See
// scripts/lazy.mjs.
import * as streamingFamily from './streaming.js';

export const streaming = () => streamingFamily;
