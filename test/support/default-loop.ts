// For what stands on the loop of the thread, which the package itself does not keep: when the
// collector had it, a test would open another, and be found to have left descriptors open.
import { afterAll } from 'vitest';
import { defaultLoop } from '../../lib/faces/default-loop.js';
import { DRIVE_MODES } from './drive.js';

/** Opens it where the host can drive it, and closes it behind the last test. Before `guardDescriptors`. */
export function keepDefaultLoop(): void {
  const kept = DRIVE_MODES.includes('guest') ? defaultLoop() : undefined;
  afterAll(() => (kept ?? defaultLoop()).close());
}
