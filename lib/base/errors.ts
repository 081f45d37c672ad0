// Errors with a code, in the words of Node's own: for misuse and for state.

/** An error of `ErrorClass` with a code. */
export function codedError<E extends Error>(
  ErrorClass: new (message: string) => E,
  code: string,
  message: string,
): E & { code: string } {
  return Object.assign(new ErrorClass(message), { code });
}

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
