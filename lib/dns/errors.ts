// The errors of name look-ups, as Node has them: `queryA ENOTFOUND example.org`, with `code`,
// `syscall` and `hostname`. Codes of questions to name servers are those of c-ares, codes of
// the C library's look-ups those of getaddrinfo(3), as libuv numbers them.

import { constants } from '../raw/constants.js';
import { codedError, SystemError, withoutStack } from '../raw/errors.js';

/** What the `code` of a failed question may be. */
export type DnsErrorCode =
  /** There is the name, and nothing of this type. */
  | 'ENODATA'
  /** The server could not read the question. */
  | 'EFORMERR'
  /** The server could not answer it. */
  | 'ESERVFAIL'
  /** There is no such name. */
  | 'ENOTFOUND'
  /** The server does not do such questions. */
  | 'ENOTIMP'
  /** The server will not answer. */
  | 'EREFUSED'
  /** The question is none, such as that for a type that there is not. */
  | 'EBADQUERY'
  /** No host can have this name. */
  | 'EBADNAME'
  /** The answer is malformed. */
  | 'EBADRESP'
  /** No server could be reached. */
  | 'ECONNREFUSED'
  /** No server has answered in time. */
  | 'ETIMEOUT'
  /** `cancel` was called. */
  | 'ECANCELLED';

/** A failed look-up: `code`, `syscall` and `hostname` say which. */
export interface DnsError extends Error {
  /** Such as 'ENOTFOUND'. */
  readonly code: string;
  /** Of the C library's look-ups alone: libuv's number. */
  readonly errno?: number;
  /** Such as 'queryA' or 'getaddrinfo'. */
  readonly syscall: string;
  /** What was looked up. */
  readonly hostname: string;
}

/** The error of a question, which the loop tells: without a stack that says nothing. */
export function dnsError(
  code: string,
  syscall: string,
  hostname: string,
  cause?: unknown,
): DnsError {
  return withoutStack(() => {
    const error = codedError(Error, code, `${syscall} ${code} ${hostname}`.trimEnd());
    if (cause !== undefined) error.cause = cause;
    return Object.assign(error, { syscall, hostname });
  });
}

/** libuv's numbers of what getaddrinfo(3) says, by its names. */
const NUMBERS: Readonly<Record<string, number>> = {
  EAI_ADDRFAMILY: -3000,
  EAI_AGAIN: -3001,
  EAI_BADFLAGS: -3002,
  EAI_FAIL: -3004,
  EAI_FAMILY: -3005,
  EAI_MEMORY: -3006,
  EAI_NODATA: -3007,
  EAI_NONAME: -3008,
  EAI_OVERFLOW: -3009,
  EAI_SERVICE: -3010,
  EAI_SOCKTYPE: -3011,
};
/** What native code takes from the numbers of the C library; see native/jobs/dns.h. */
const BASE = -10_000;

function nameOf(status: number): string {
  const number = BASE - status;
  const names = Object.keys(NUMBERS);
  // A name that the system lacks is no property.
  return names.find((name) => Math.abs(constants[name] ?? 0) === number) ?? 'EAI_FAIL';
}

/** The error of a look-up by the C library, by its `status`. */
export function lookupError(status: number, syscall: string, hostname: string): Error {
  // The system itself: no memory, no descriptor.
  if (status > BASE) return Object.assign(new SystemError(status, syscall), { hostname });
  const name = nameOf(status);
  // As Node says both of "no such name" and "no address of it".
  const code = name === 'EAI_NONAME' || name === 'EAI_NODATA' ? 'ENOTFOUND' : name;
  return Object.assign(dnsError(code, syscall, hostname), { errno: NUMBERS[name] as number });
}
