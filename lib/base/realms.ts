// What an object is, whichever realm made it: a vm context, as jest's tests run in, has
// classes of its own, of which nothing that comes from outside is an instance.
import { isAnyArrayBuffer, isNativeError, isUint8Array } from 'node:util/types';

export { isAnyArrayBuffer, isUint8Array };

/** The text of a URL, of this realm's class or of another's; undefined: it is none. */
export function urlText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { href, protocol } = value as Partial<URL>;
  return typeof href === 'string' && typeof protocol === 'string' ? href : undefined;
}

/** Whether what was thrown is an error; a DOMException is no native one. */
export function isError(value: unknown): value is Error {
  try {
    return isNativeError(value) || value instanceof Error;
  } catch {
    // A Proxy's trap.
    return false;
  }
}
