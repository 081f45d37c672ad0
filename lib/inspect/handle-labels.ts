// What a handle is called in a recording: its kind and what tells it from the others.
import type { Handle } from '../loop/handle.js';

/** Such as 'Socket of Server 127.0.0.1:7000'. Takes a system call for some. */
export function labelOf(handle: Handle): string {
  return handle.label;
}
