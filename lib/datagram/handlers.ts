// What users supply to `loop.dgram`: one object of functions.
import { checkHandlerNames, type OptionNames } from '../base/options.js';
import type { DatagramSocket } from './socket.js';
import type { HandlersOf } from './told.js';

/**
 * Called by the loop. All are optional. A promise that `message` or `drain` returns and that
 * is rejected is told to `error`, and does not end the socket; without that handler it is
 * the host's `unhandledRejection`.
 *
 * `Data` is the type of `socket.data`, which is undefined until the program sets it.
 */
export interface DatagramHandlers<Data = unknown> extends HandlersOf<DatagramSocket<Data>> {}

const NAMES: OptionNames<DatagramHandlers> = {
  message: true,
  drain: true,
  error: true,
  close: true,
};

/** Those of a program that gave none: what comes is kept for who will iterate. */
export const NO_HANDLERS: DatagramHandlers<never> = {};

/** @throws TypeError for what is no such object */
export function checkDatagramHandlers(handlers: DatagramHandlers): void {
  checkHandlerNames('handlers', handlers, NAMES);
}
