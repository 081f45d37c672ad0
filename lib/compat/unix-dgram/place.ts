// Where a socket of this API sends to: encoded once for as long as it is the same path, as who
// sends without connecting names it each time. Seven tenths of a microsecond a call.
import { native } from '../../binding/index.js';
import { constant } from '../../raw/constants.js';

const AF_UNIX = constant('AF_UNIX');
const ENOENT = -constant('ENOENT');
const isLinux = process.platform === 'linux';

/** A path, and the sockaddr of it; or the errno that any call with it gives. */
export interface Place {
  readonly path: unknown;
  readonly sockaddr: Uint8Array;
  /** 0 or negative. */
  readonly error: number;
}

export function placeOf(path: unknown): Place {
  // What is no name names nobody.
  if (typeof path !== 'string' || path === '') return { path, sockaddr: nothing, error: ENOENT };
  const error = native.checkAddress({ family: 'unix', path });
  return { path, sockaddr: error < 0 ? nothing : sockaddrOf(path), error };
}

const nothing = new Uint8Array(0);

/** See sockaddr_un in unix(7); the BSDs have its length in front, in the family's place. */
function sockaddrOf(path: string): Uint8Array {
  const text = Buffer.from(path);
  // A path has its closing NUL, an abstract name has not.
  const length = 2 + text.length + (path.startsWith('\0') ? 0 : 1);
  const bytes = new Uint8Array(length);
  if (isLinux) new Uint16Array(bytes.buffer, 0, 1)[0] = AF_UNIX;
  else bytes.set([length, AF_UNIX]);
  bytes.set(text, 2);
  return bytes;
}
