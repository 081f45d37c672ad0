// The table of options by name: loaded on first use, in the way of lib/faces/families.ts.
import * as socketOptions from '../socket-options/index.js';

export const byName = () => socketOptions;
