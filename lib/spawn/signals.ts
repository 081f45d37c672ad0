// Signals by name and by number. See signal(7).
import { outOfRange } from '../base/errors.js';
import { invalidType, invalidValue } from '../loop/errors.js';
import { isRealtime } from '../process/realtime-port.js';
import { numberOfSignal } from '../process/signal.js';
import { constants } from '../raw/constants.js';

let names: Map<number, string> | undefined;
let last = 0;

/** Every signal that has a name: 'SIGKILL' for 9. */
function signalNames(): Map<number, string> {
  if (names === undefined) {
    const found = Object.entries(constants).filter(([name]) => /^SIG[A-Z0-9]+$/.test(name));
    // Of two names the first in the system's own list counts.
    names = new Map(found.reverse().map(([name, value]) => [value, name]));
  }
  return names;
}

/** The highest that there is here: what is beyond would be refused only as it is sent. */
function lastSignal(): number {
  last ||= Math.max(...signalNames().keys());
  return last;
}

/**
 * @param signal a name, such as 'SIGTERM', or a number
 * @param min 0 where a signal may be none
 * @throws TypeError, RangeError
 */
export function signalNumber(name: string, signal: unknown, min = 0): number {
  if (typeof signal === 'number') {
    const max = lastSignal();
    if (Number.isInteger(signal) && signal >= min && signal <= max) return signal;
    throw outOfRange(name, `an integer from ${min} to ${max}`, signal);
  }
  if (typeof signal !== 'string') throw invalidType(name, "a signal's name or number");
  const number = numberOfSignal(signal);
  if (number !== undefined) return number;
  throw invalidValue(name, `a signal's name, such as 'SIGTERM', not '${signal}'`);
}

/** 'SIGKILL' for 9; 'SIGRTMIN+6' for one of real time, 'SIG32' for one that has no name. */
export function signalName(number: number): string {
  const found = signalNames().get(number);
  if (found !== undefined) return found;
  const { SIGRTMIN = 0 } = constants;
  return isRealtime(number) ? `SIGRTMIN+${number - SIGRTMIN}` : `SIG${number}`;
}
