// The coded errors of the loop and its handles, each named once.
import { codedError } from '../raw/errors.js';

export { invalidType, invalidValue, outOfRange } from '../base/errors.js';

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

export const stillConnecting = (advice: string) =>
  codedError(Error, 'ERR_STREAM_CONNECTING', `it is not connected yet: ${advice}`);

export const handleClosed = (kind: string) =>
  codedError(Error, 'ERR_HANDLE_CLOSED', `the ${kind} is closed`);
