// Memory that is read into, and what JavaScript does with it while a request has it: it is taken
// away, cut, grown, or left alone.

/** What may become of memory, by how it is made. */
const MAKERS = {
  buffer: (size) => ({ view: Buffer.allocUnsafeSlow(size), spoil: detach }),
  pooled: (size) => ({ view: Buffer.allocUnsafe(size), spoil: undefined }),
  words: (size) => ({ view: new Uint16Array(Math.ceil(size / 2)), spoil: detach }),
  view: (size) => ({ view: new DataView(new ArrayBuffer(size + 7), 7), spoil: detach }),
  whole: (size) => ({ view: new ArrayBuffer(size), spoil: detach }),
  shared: (size) => ({ view: new Uint8Array(new SharedArrayBuffer(size)), spoil: undefined }),
  shrinking: (size) => ({ view: resizable(size), spoil: shrink }),
  growing: (size) => ({ view: resizable(size), spoil: grow }),
};
const NAMES = Object.keys(MAKERS);

/** Follows the length of its buffer, as no view without a length does. */
function resizable(size) {
  return new Uint8Array(new ArrayBuffer(size, { maxByteLength: size * 2 + 16 }));
}

const bufferOf = (view) => (ArrayBuffer.isView(view) ? view.buffer : view);

function detach(view) {
  structuredClone(view, { transfer: [bufferOf(view)] });
  return true;
}

function shrink(view) {
  const buffer = bufferOf(view);
  buffer.resize(buffer.byteLength >> 2);
  return true;
}

function grow(view) {
  const buffer = bufferOf(view);
  buffer.resize(buffer.maxByteLength);
  return false;
}

/**
 * Memory for `size` bytes of any kind, and what may be done with it: `spoil` says whether a request
 * that comes to write to it then has to be refused.
 */
export function memoryFor(random, size) {
  return MAKERS[random.pick(NAMES)](size);
}

/** The first `size` bytes of any memory. */
export function bytesOf(view, size) {
  if (!ArrayBuffer.isView(view)) return Buffer.from(view, 0, size);
  return Buffer.from(view.buffer, view.byteOffset, size);
}
