// Memory of every kind, with what must not change around it: views in the middle of
// a larger buffer, subclasses that lie about their length, buffers that are detached,
// resizable, growable or shared.

const KINDS = [
  Uint8Array, Int8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array,
  Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array,
]; // biome-ignore format: a table

/** What stands around a view, and is never sent or overwritten. */
export const CANARY = 0xee;
/** What a view holds before a call. */
const CONTENT = 0x11;
/** What stands in memory that was taken away. */
const MOVED = 0xdd;
const PAD = 64;

/** Says more, or less, than it has. */
class Liar extends Uint8Array {
  static says = 0;
  get length() {
    return Liar.says;
  }
  get byteLength() {
    return Liar.says;
  }
  get byteOffset() {
    return 0;
  }
  get buffer() {
    return new ArrayBuffer(8);
  }
}

/** Gives the memory to another buffer, which is returned; undefined: it cannot be taken. */
function detach(buffer) {
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength === 0) return undefined;
  return structuredClone(buffer, { transfer: [buffer] });
}

/** @returns {ArrayBuffer | SharedArrayBuffer} `size` bytes, of some kind */
function newBuffer(random, size) {
  return random.weighted([
    [6, () => new ArrayBuffer(size)],
    [2, () => new ArrayBuffer(size, { maxByteLength: size + random.below(4096) })],
    [1, () => new SharedArrayBuffer(size)],
    [1, () => new SharedArrayBuffer(size, { maxByteLength: size + random.below(4096) })],
  ])();
}

export function isResizable(buffer) {
  // Of a detached one nothing is left, whatever `resizable` says.
  return buffer instanceof ArrayBuffer && buffer.resizable && buffer.maxByteLength > 0;
}

/**
 * Some memory of about `size` bytes: `{ value, buffer, isIntact }`. `isIntact` looks at
 * what stands around the bytes that a call may touch.
 *
 * @param {import('./random.mjs').Random} random
 */
export function anyMemory(random, size) {
  const shape = random.weighted([
    [10, 'view'],
    [3, 'dataview'],
    [2, 'liar'],
    [3, 'whole'],
    [1, 'detached'],
    [1, 'tracking'],
  ]);
  if (shape === 'whole') {
    const buffer = newBuffer(random, size);
    new Uint8Array(buffer).fill(CONTENT);
    return { value: buffer, buffer, isIntact: () => true };
  }
  const buffer = newBuffer(random, size + 2 * PAD);
  const all = new Uint8Array(buffer).fill(CANARY);
  const Kind = random.pick(KINDS);
  const bytes = Kind.BYTES_PER_ELEMENT;
  // Views of one byte and DataViews begin anywhere.
  const isByte = bytes === 1 || shape === 'dataview' || shape === 'liar';
  const from = PAD + (isByte ? random.below(2) * random.below(7) : 0);
  const length = Math.max(0, Math.min(size, size + 2 * PAD - from));
  const units = Math.floor(length / bytes);
  const used = shape === 'view' ? units * bytes : length;
  all.fill(CONTENT, from, from + used);
  const isIntact = () => isAround(buffer, from, used);
  if (shape === 'dataview') {
    return { value: new DataView(buffer, from, used), buffer, isIntact };
  }
  if (shape === 'liar') {
    Liar.says = random.pick([0, 1, used * 2, 2 ** 31, 2 ** 53, -1, Number.NaN]);
    return { value: new Liar(buffer, from, used), buffer, isIntact };
  }
  if (shape === 'tracking' && buffer instanceof ArrayBuffer && buffer.resizable) {
    return { value: new Uint8Array(buffer), buffer, isIntact: () => true };
  }
  const value = new Kind(buffer, from, units);
  if (shape === 'detached') detach(buffer);
  const isDetached = shape === 'detached' && buffer instanceof ArrayBuffer;
  return { value, buffer, isIntact, isDetached };
}

/** Whether all but [from, from + used) is as it was, if the buffer is still whole. */
function isAround(buffer, from, used) {
  if (buffer.byteLength === 0) return true;
  const all = new Uint8Array(buffer);
  if (all.length < from + used + PAD / 2) return true;
  for (let i = 0; i < from; i++) if (all[i] !== CANARY) return false;
  for (let i = from + used; i < all.length; i++) if (all[i] !== CANARY) return false;
  return true;
}

/** Something that happens to memory while arguments are read. */
export function upset(random, memory) {
  const { buffer } = memory;
  memory.isIntact = () => true;
  if (isResizable(buffer) && random.oneIn(2)) {
    buffer.resize(random.oneIn(2) ? 0 : random.below(buffer.maxByteLength + 1));
  } else if (buffer instanceof SharedArrayBuffer) {
    if (buffer.growable) buffer.grow(buffer.maxByteLength);
  } else {
    const moved = detach(buffer);
    if (moved === undefined) return;
    // It is another's from here on.
    const bytes = new Uint8Array(moved).fill(MOVED);
    memory.isIntact = () => bytes.every((byte) => byte === MOVED);
  }
}
