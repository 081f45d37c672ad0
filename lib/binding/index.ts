// The addon, loaded once when the package is first imported.
import { loadAddon } from './load.js';
import type { NativeBinding } from './native.js';

export const native = loadAddon() as NativeBinding;
export type * from './native.js';
