// D-Bus messages as bytes: as much of the format as a call with texts, numbers and
// descriptors needs. Each value begins at a multiple of its own size. See the D-Bus
// specification, "Type system" and "Message protocol".

export const [METHOD_CALL, METHOD_RETURN, ERROR] = [1, 2, 3];

/** Header fields: their numbers, and the types of their values. */
const FIELDS = {
  path: [1, 'o'],
  interface: [2, 's'],
  member: [3, 's'],
  errorName: [4, 's'],
  replySerial: [5, 'u'],
  destination: [6, 's'],
  sender: [7, 's'],
  signature: [8, 'g'],
  unixFds: [9, 'u'],
};
const FIXED_BYTES = 16;

class Writer {
  #bytes = [];

  align(size) {
    while (this.#bytes.length % size !== 0) this.#bytes.push(0);
  }

  uint32(value) {
    this.align(4);
    const at = this.#bytes.length;
    this.#bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
    return at;
  }

  /** A value of one of the types: a text, a signature, a number, the index of a descriptor. */
  value(type, value) {
    if (type === 'u' || type === 'h') return this.uint32(value);
    const text = Buffer.from(value);
    if (type === 'g') this.#bytes.push(text.length);
    else this.uint32(text.length);
    this.#bytes.push(...text, 0);
  }

  /** A field: its number, and its value with the type in front. */
  field(number, type, value) {
    this.align(8);
    this.#bytes.push(number);
    this.value('g', type);
    this.value(type, value);
  }

  get length() {
    return this.#bytes.length;
  }

  toBuffer() {
    return Buffer.from(this.#bytes);
  }
}

/** `{ type, serial, fields, values }` as bytes; `fields.signature` tells what values are. */
export function encode({ type, serial, fields, values = [] }) {
  const body = new Writer();
  [...(fields.signature ?? '')].forEach((each, index) => {
    body.value(each, values[index]);
  });
  const header = new Writer();
  // The first twelve bytes, and the length of the fields, are written when it is known.
  for (let i = 0; i < FIXED_BYTES; i += 4) header.uint32(0);
  for (const [name, value] of Object.entries(fields)) header.field(...FIELDS[name], value);
  const fieldBytes = header.length - FIXED_BYTES;
  header.align(8);
  const bytes = Buffer.concat([header.toBuffer(), body.toBuffer()]);
  // Little-endian, no flags, version 1.
  bytes.set([0x6c, type, 0, 1]);
  bytes.writeUInt32LE(body.length, 4);
  bytes.writeUInt32LE(serial, 8);
  bytes.writeUInt32LE(fieldBytes, 12);
  return bytes;
}

class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  align(size) {
    this.at = Math.ceil(this.at / size) * size;
  }

  uint32() {
    this.align(4);
    this.at += 4;
    return this.bytes.readUInt32LE(this.at - 4);
  }

  value(type) {
    if (type === 'u' || type === 'h') return this.uint32();
    if (!'sog'.includes(type)) throw new Error(`the type ${type} is not of this example`);
    const length = type === 'g' ? this.bytes[this.at++] : this.uint32();
    this.at += length + 1;
    return this.bytes.toString('utf8', this.at - length - 1, this.at - 1);
  }
}

/** The first message of `bytes` and its size; undefined while it is not whole. */
export function decode(bytes) {
  if (bytes.length < FIXED_BYTES) return undefined;
  if (bytes[0] !== 0x6c) throw new Error('a message that is not little-endian');
  const [bodyBytes, serial, fieldBytes] = [4, 8, 12].map((at) => bytes.readUInt32LE(at));
  const bodyAt = Math.ceil((FIXED_BYTES + fieldBytes) / 8) * 8;
  const size = bodyAt + bodyBytes;
  if (bytes.length < size) return undefined;
  const header = new Reader(bytes, FIXED_BYTES);
  const fields = {};
  while (header.at < FIXED_BYTES + fieldBytes) {
    header.align(8);
    const number = bytes[header.at++];
    const value = header.value(header.value('g'));
    const [name] = Object.entries(FIELDS).find(([, [known]]) => known === number) ?? [];
    if (name !== undefined) fields[name] = value;
  }
  const body = new Reader(bytes.subarray(bodyAt, size));
  // A signal may have types that are not of this example: its values are not looked at.
  const isAnswered = bytes[1] <= ERROR;
  const values = isAnswered ? [...(fields.signature ?? '')].map((type) => body.value(type)) : [];
  return { type: bytes[1], serial, fields, values, size };
}
