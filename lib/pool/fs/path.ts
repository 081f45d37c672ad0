// Paths as users give them, for every request that takes one. See path_resolution(7).
import { fileURLToPath } from 'node:url';
import { invalidType } from '../../base/errors.js';
import { isUint8Array, urlText } from '../../base/realms.js';

/** A path as text, as the bytes the kernel sees, or as a `file:` URL. */
export type Path = string | Uint8Array | URL;

/** @throws TypeError for what is no path, or a URL of another scheme or host */
export function toPath(path: unknown): string | Uint8Array {
  if (typeof path === 'string' || isUint8Array(path)) return path;
  const url = urlText(path);
  if (url !== undefined) return fileURLToPath(url);
  throw invalidType('path', 'of type string or an instance of Buffer or URL');
}

/** A path as errors tell it. */
export function pathText(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString();
}
