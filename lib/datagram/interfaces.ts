// Interfaces by name: there is no system call for that, but a link-local address may have one
// behind it, which the C library makes a number of. See if_nametoindex(3), ipv6(7).
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { sharedWords } from '../loop/layout.js';
import { PEER_NAME, PEER_WORDS } from './layout.js';

/** Where sin6_scope_id stands in a sockaddr_in6. */
const SCOPE = PEER_NAME + 6;

/**
 * The number of an interface that is given by its name, such as 'eth0', or by its number.
 *
 * @param name of the argument
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE (there is none of that name);
 *   RangeError
 */
export function interfaceIndex(given: unknown, name: string): number {
  if (typeof given === 'number') return checkInteger(name, given, 1, 2 ** 31 - 1);
  if (typeof given !== 'string') throw invalidType(name, 'the name or number of an interface');
  const words = sharedWords(PEER_WORDS);
  const address = { family: 'ipv6', address: `fe80::1%${given}`, port: 0 } as const;
  const found = given !== '' && native.writePeer(words, 0, address) === 0 ? words[SCOPE] : 0;
  if (found === undefined || found <= 0) throw invalidValue(name, 'an interface that there is');
  return found;
}
