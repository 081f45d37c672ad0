// The numbers of errors by their names: of errno(3), those of the C library's look-ups, and what is
// answered instead of a failure.
import { constants } from 'node:os';

/** What Node has no name for. */
const LINUX = { ENONET: 64, ETOOMANYREFS: 109, EHOSTDOWN: 112, ESTALE: 116 };
/** As preload/strike.h has them: no failures. */
const ANSWERS = { SHORT: 4001, NOTHING: 4002 };
/** Of <netdb.h>: see preload/interpose_names.c. */
const LOOK_UPS = { EAI_NONAME: -2, ENOTFOUND: -2, EAI_AGAIN: -3, EAI_FAIL: -4, EAI_MEMORY: -10 };

export function errnoOf(name) {
  const number = constants.errno[name] ?? LINUX[name] ?? LOOK_UPS[name] ?? ANSWERS[name];
  if (number === undefined) throw new Error(`no such errno: ${name}`);
  return number;
}
