// Values that no call expects, and how misuse has to be told. A row is the value and
// what a trace calls it.

export const OWN_ERROR = new Error('from an object of the fuzzer');

const failing = () => {
  throw OWN_ERROR;
};

const NUMBERS = [
  Number.NaN, -0, 0, 1, -1, 2, 0.5, 1.5, -1.5, 255, 256, 65535, 65536,
  2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1,
  2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 63, 2 ** 64, 1e308, -1e308, 5e-324,
  Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY,
]; // biome-ignore format: a table

function throwingProxy() {
  const traps = ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor', 'set'];
  return new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, failing])));
}

function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What is no number at all. */
const OTHERS = [
  [undefined, 'undefined'],
  [null, 'null'],
  [true, 'true'],
  [false, 'false'],
  ['', "''"],
  ['x', "'x'"],
  ['7', "'7'"],
  ['\ud800\0\u{1f600}', 'half a surrogate'],
  [Symbol('fuzz'), 'Symbol()'],
  [0n, '0n'],
  [-1n, '-1n'],
  [2n ** 64n, '2n ** 64n'],
  [{}, '{}'],
  [Object.create(null), 'no prototype'],
  [[], '[]'],
  [[1, 2], '[1, 2]'],
  [() => {}, 'a function'],
  [class A {}, 'a class'],
  [new Date(0), 'a Date'],
  [/x/, 'a RegExp'],
  [new Map(), 'a Map'],
  [Object(3), 'Object(3)'],
  [Object('x'), "Object('x')"],
  [Promise.resolve(), 'a Promise'],
  [throwingProxy(), 'a Proxy that throws'],
  [revokedProxy(), 'a revoked Proxy'],
  [{ valueOf: failing, toString: failing, [Symbol.toPrimitive]: failing }, 'valueOf that throws'],
];

/** @param {import('./random.mjs').Random} random */
export function anyNumber(random) {
  return random.oneIn(4) ? random.word() / 2 ** random.below(40) : random.pick(NUMBERS);
}

/** What no call takes for a number: of another type, NaN, or a fraction. */
export function noInteger(random) {
  return random.oneIn(3) ? random.pick([Number.NaN, 0.5, -1.5, 1e308, -1e308]) : noNumber(random);
}

export function noNumber(random) {
  return random.pick(OTHERS)[0];
}

/** What cannot be called. */
export function noFunction(random) {
  for (;;) {
    const value = noNumber(random);
    if (typeof value !== 'function') return value;
  }
}

export function anyValue(random) {
  return random.oneIn(3) ? anyNumber(random) : noNumber(random);
}

/** An object that acts up when it is looked at: each property runs `act`. */
export function acting(properties, act) {
  const object = {};
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(object, name, {
      enumerable: true,
      configurable: true,
      get() {
        act(name);
        return value;
      },
    });
  }
  return object;
}

/** What a trace calls a value. No code of the value's runs. */
export function labelOf(value) {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'symbol') return 'Symbol()';
  if (value === null || typeof value !== 'object') return `${value}`.slice(0, 40);
  const known = OTHERS.find(([other]) => other === value);
  if (known !== undefined) return known[1];
  if (ArrayBuffer.isView(value)) return viewLabel(value);
  const tag = isBuffer(value) ? `${kindOf(value)}(${value.byteLength})` : kindOf(value);
  return tag;
}

function isBuffer(value) {
  return value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}

const byteLengthOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  'byteLength',
).get;

function viewLabel(view) {
  if (view instanceof DataView) return 'DataView';
  return `${kindOf(view)}(${byteLengthOf.call(view)} bytes)`;
}

function kindOf(value) {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return 'an object that throws';
  }
}

/** Whether `error` is how misuse is told: TypeError or RangeError with a code. */
export function isMisuse(error) {
  const known = error instanceof TypeError || error instanceof RangeError;
  return known && /^ERR_[A-Z0-9_]+$/.test(error.code ?? '');
}

/** An error that came from looking at one of the objects above, or of the engine's own. */
export function isFromObject(error) {
  if (error === OWN_ERROR) return true;
  // V8 checks `this` of a class's methods, and `new`, before the addon is asked.
  return (
    error instanceof TypeError && /revoked|Illegal invocation|without 'new'/.test(error.message)
  );
}
