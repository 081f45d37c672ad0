// Options of a socket, set and read by name. What is asked for is checked before the call.
// See setsockopt(2), getsockopt(2).
import { codedError, invalidValue } from '../base/errors.js';
import { nearestName } from '../base/nearest.js';
import { type Bytes, native } from '../binding/index.js';
import { constants } from '../raw/constants.js';
import { SystemError } from '../raw/errors.js';
import type { Row } from './rows.js';
import { NAMES, rowOf } from './table.js';

/** What the kernel is asked for. */
interface Target {
  readonly row: Row;
  readonly level: number;
  readonly option: number;
}

function unknownOption(name: string): Error {
  const nearest = nearestName(name, NAMES);
  const shown = name.length <= 80 ? name : `${name.slice(0, 80)}...`;
  const expected = Object.hasOwn(constants, name)
    ? `an option of docs/socket-options.md; '${shown}' is set and read by its number`
    : nearest === undefined
      ? `an option of docs/socket-options.md, not '${shown}'`
      : `the name of a socket option, not '${shown}': did you mean '${nearest}'?`;
  return invalidValue('name', expected);
}

/** @throws TypeError ERR_INVALID_ARG_VALUE for a name that is not known */
export function knownRow(name: string): Row {
  const row = rowOf(name);
  if (row === undefined) throw unknownOption(name);
  return row;
}

const unavailable = (name: string) =>
  codedError(
    Error,
    'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
    `The socket option ${name} is unavailable on the current platform, ${process.platform}`,
  );

/** @throws Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM */
function targetOf(name: string, row: Row): Target {
  const level = constants[row.level];
  const other = row.otherName === undefined ? undefined : constants[row.otherName];
  const option = other ?? constants[name];
  const isOther = row.linuxOnly === true && process.platform !== 'linux';
  if (level === undefined || option === undefined || isOther) throw unavailable(name);
  return { row, level, option };
}

/** An option that is to be set, checked. */
export interface Change extends Target {
  readonly name: string;
  readonly value: number | Bytes;
}

/**
 * Checks a change without making it. The value's getters run here, and may close the socket:
 * who has a handle asks it for its descriptor behind this.
 *
 * @param label what errors call the value
 * @throws TypeError ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE; RangeError ERR_OUT_OF_RANGE;
 *   Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM
 */
export function checkChange(name: string, value: unknown, label = name): Change {
  const row = knownRow(name);
  if (row.setting === undefined)
    throw invalidValue('name', `an option to set: ${name} is only read`);
  const encoded = row.setting.encode(label, value);
  return { ...targetOf(name, row), name, value: encoded };
}

const EPERM = -(constants['EPERM'] as number);

/** A refusal of the kernel's tells which option it was. */
function refused(result: number, call: string, name: string, needs?: string): SystemError {
  const hint = needs !== undefined && result === EPERM ? `, which needs ${needs}` : '';
  return new SystemError(result, call, undefined, `The option is ${name}${hint}`);
}

/** Sets an option. @throws SystemError */
export function makeChange(fd: number, { row, level, option, name, value }: Change): void {
  const result =
    row.call === undefined
      ? native.setsockopt(fd, level, option, value)
      : row.call(fd, option, value as Bytes);
  if (result < 0) throw refused(result, 'setsockopt', name, row.needs);
}

/**
 * Reads an option.
 *
 * @throws TypeError ERR_INVALID_ARG_VALUE; Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM; SystemError
 */
export function getByName(fd: number, name: string): unknown {
  const row = knownRow(name);
  const { reading } = row;
  if (reading === undefined) throw invalidValue('name', `an option to read: ${name} is only set`);
  const { level, option } = targetOf(name, row);
  const length = native.getsockopt(fd, level, option, reading.bytes);
  if (length < 0) throw refused(length, 'getsockopt', name);
  return reading.decode(length);
}
