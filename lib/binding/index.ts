// The addon, loaded once when the package is first imported.
import { loadAddon } from './load.js';
import type { NativeBinding } from './native/index.js';

export const native = loadAddon() as NativeBinding;
export type * from './native/index.js';
