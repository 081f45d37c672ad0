// What users supply to listen and connect: the handlers of every stream, given sockets,
// and what a server tells of itself.
import { checkHandlerNames, type OptionNames } from '../base/options.js';
import type { Handlers } from '../stream/handlers.js';
import { HANDLER_NAMES } from '../stream/options.js';
import type { ServerHandlers } from './server.js';
import type { Socket } from './socket.js';

/**
 * Called by the loop. All are optional; the object is shared by all sockets, and
 * what belongs to one goes into `socket.data`.
 *
 * A promise that `open`, `data`, `drain` or `end` returns, and that is rejected, destroys
 * its socket with that error. What `close` and `error` return is the program's own: when
 * rejected, it is the host's unhandledRejection.
 */
export interface StreamHandlers extends Handlers<Socket>, ServerHandlers {}

const NAMES: OptionNames<StreamHandlers> = { ...HANDLER_NAMES, error: true };

/**
 * @throws TypeError when it is no object, a handler is no function, or a plain object has
 *   a function that is no handler
 */
export function checkHandlers(handlers: StreamHandlers): StreamHandlers {
  checkHandlerNames('handlers', handlers, NAMES);
  return handlers;
}
