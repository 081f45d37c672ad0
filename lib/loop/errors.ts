// The coded errors of the loop and its handles, each named once.
import { codedError } from '../raw/errors.js';

export const loopClosed = () =>
  codedError(Error, 'ERR_LOOP_CLOSED', 'the loop is closed: make a new one');

export const loopRunning = (call: string) =>
  codedError(Error, 'ERR_LOOP_RUNNING', `${call}: the loop is running already`);

export const loopAttached = () =>
  codedError(
    Error,
    'ERR_LOOP_ATTACHED',
    "run: the loop is attached to the host's loop, which drives it; call detach() first",
  );

export const handleClosed = (kind: string) =>
  codedError(Error, 'ERR_HANDLE_CLOSED', `the ${kind} is closed`);

export const invalidType = (name: string, expected: string) =>
  codedError(TypeError, 'ERR_INVALID_ARG_TYPE', `The "${name}" argument must be ${expected}`);

export const invalidValue = (name: string, expected: string) =>
  codedError(TypeError, 'ERR_INVALID_ARG_VALUE', `The "${name}" argument must be ${expected}`);

export const outOfRange = (name: string, expected: string, value: unknown) =>
  codedError(
    RangeError,
    'ERR_OUT_OF_RANGE',
    `The value of "${name}" is out of range: it must be ${expected}, not ${String(value)}`,
  );
