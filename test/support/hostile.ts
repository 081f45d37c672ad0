// Values that no call expects: numbers that are no integers or too large, other
// types, and objects that act up while they are looked at.

/** What the objects below throw, where user code is allowed to run at all. */
export const OWN_ERROR = new Error('from an object of the user');

function failing(): never {
  throw OWN_ERROR;
}

const TRAPS: (keyof ProxyHandler<object>)[] = [
  'get',
  'has',
  'getPrototypeOf',
  'ownKeys',
  'getOwnPropertyDescriptor',
  'set',
];

export function throwingProxy(): object {
  return new Proxy({}, Object.fromEntries(TRAPS.map((trap) => [trap, failing])));
}

export function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** By name, so that a failing test says which it was. */
export const HOSTILE: Readonly<Record<string, unknown>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-1': -1,
  '1.5': 1.5,
  '2^31': 2 ** 31,
  '2^32': 2 ** 32,
  '2^53': 2 ** 53,
  '1e308': 1e308,
  '-1e308': -1e308,
  '1n': 1n,
  '{}': {},
  '[]': [],
  "'x'": 'x',
  "''": '',
  null: null,
  undefined: undefined,
  true: true,
  'Symbol()': Symbol('hostile'),
  'a function': () => {},
  'a Proxy that throws': throwingProxy(),
  'a revoked Proxy': revokedProxy(),
  'a valueOf that throws': { valueOf: failing, toString: failing, [Symbol.toPrimitive]: failing },
  'a boxed number': Object(3),
};

export type Outcome = { thrown: unknown } | { returned: unknown };

export function outcomeOf(action: () => unknown): Outcome {
  try {
    return { returned: action() };
  } catch (thrown) {
    return { thrown };
  }
}

/** Whether `error` is how misuse is told: TypeError or RangeError with a code. */
export function isMisuse(error: unknown): boolean {
  const known = error instanceof TypeError || error instanceof RangeError;
  return known && /^ERR_[A-Z_]+$/.test((error as { code?: string }).code ?? '');
}

/** An error that came from looking at one of the objects above. */
export function isFromObject(error: unknown): boolean {
  if (error === OWN_ERROR) return true;
  return error instanceof TypeError && /revoked/.test(error.message);
}

/** A negative number that is an errno. */
export function isErrno(result: unknown): boolean {
  return typeof result === 'number' && Number.isInteger(result) && result < 0 && result > -4096;
}
