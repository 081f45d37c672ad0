// The values that are more than a number to the kernel: names, addresses, structs, programs of
// BPF. Structs are written by typed arrays, in the byte order of the processor.
import { invalidType, invalidValue } from '../base/errors.js';
import { checkInteger } from '../base/validate.js';
import { native } from '../binding/index.js';
import type { Codec, Reading, Setting } from './codec.js';
import type { BpfInstruction, SocketCredentials } from './values-socket.js';

/** Room for all that follows. */
const bytes = new Uint8Array(16);
const ints = new Int32Array(bytes.buffer);
const ids = new Uint32Array(bytes.buffer);
const longs = new BigUint64Array(bytes.buffer);

/** Names of interfaces and algorithms have 15 bytes, and a NUL. */
const NAME_BYTES = 15;

export const name: Codec<string> = {
  bytes,
  decode(length) {
    const end = bytes.subarray(0, length).indexOf(0);
    return Buffer.from(bytes.subarray(0, end < 0 ? length : end)).toString('utf8');
  },
  encode(label, value) {
    if (typeof value !== 'string') throw invalidType(label, 'a string');
    const encoded = Buffer.from(value);
    if (encoded.length > NAME_BYTES || encoded.includes(0)) {
      throw invalidValue(label, `at most ${NAME_BYTES} bytes, none of them NUL`);
    }
    // The kernel takes no value of no bytes.
    return Buffer.concat([encoded, Buffer.alloc(1)]);
  },
};

/** struct linger: whether, and for how many seconds. */
export const linger: Codec<number | false> = {
  bytes: bytes.subarray(0, 8),
  decode: () => ints[0] !== 0 && (ints[1] as number),
  encode(label, value) {
    if (value === false) return Int32Array.of(0, 0);
    if (typeof value !== 'number') throw invalidType(label, 'a number of seconds or false');
    return Int32Array.of(1, checkInteger(label, value, 0, 65535));
  },
};

/** The address of an interface: struct in_addr. */
export const ipv4: Codec<string> = {
  bytes: bytes.subarray(0, 4),
  decode: () => bytes.subarray(0, 4).join('.'),
  encode(label, value) {
    if (typeof value !== 'string') throw invalidType(label, 'a string');
    if (native.checkAddress({ family: 'ipv4', address: value, port: 0 }) !== 0) {
      throw invalidValue(label, `an IPv4 address, not '${value}'`);
    }
    return Uint8Array.from(value.split('.'), Number);
  },
};

/** struct ucred of Linux. */
export const credentials: Reading<SocketCredentials> = {
  bytes: bytes.subarray(0, 12),
  decode: () => ({ pid: ints[0] as number, uid: ids[1] as number, gid: ids[2] as number }),
};

/** A number of 64 bits. */
export const long: Reading<bigint> = {
  bytes: bytes.subarray(0, 8),
  decode: () => longs[0] as bigint,
};

const MAX_INSTRUCTIONS = 4096;

/** struct sock_filter: 16 bits, twice 8, and 32. */
export const filter: Setting = {
  encode(label, value) {
    if (!Array.isArray(value)) throw invalidType(label, 'an array of instructions');
    const length = checkInteger(`${label}.length`, value.length, 1, MAX_INSTRUCTIONS);
    const code = new Uint16Array(length * 4);
    const jumps = new Uint8Array(code.buffer);
    const operands = new Uint32Array(code.buffer);
    for (let i = 0; i < length; i++) {
      const place = `${label}[${i}]`;
      const instruction: BpfInstruction | null | undefined = value[i];
      if (typeof instruction !== 'object' || instruction === null) {
        throw invalidType(place, 'an instruction: { code, jt, jf, k }');
      }
      const read = (key: keyof BpfInstruction, max: number) =>
        checkInteger(`${place}.${key}`, instruction[key], 0, max);
      code[i * 4] = read('code', 2 ** 16 - 1);
      jumps[i * 8 + 2] = read('jt', 255);
      jumps[i * 8 + 3] = read('jf', 255);
      operands[i * 2 + 1] = read('k', 2 ** 32 - 1);
    }
    return code;
  },
};
