// loop.zlib: the host's own node:zlib on threads, in both modes of the loop. Node's
// asynchronous functions come back by the host's loop, which may stand still.
import { checkSignal } from '../base/abort.js';
import { bytesOf } from '../base/bytes.js';
import { invalidType } from '../base/errors.js';
import { type OptionNames, readOptions } from '../base/options.js';
import { isAnyArrayBuffer } from '../base/realms.js';
import { builtin } from '../binding/builtin.js';
import type { Bytes } from '../binding/index.js';
import type { HandleLoop } from '../loop/contract.js';
import type { Content } from '../pool/fs/path.js';
import { codedError } from '../raw/errors.js';
import { type RunOptions, Workers, type WorkersStats } from '../workers/index.js';

/** A job: the function's name without Sync, the bytes, and the function's own options. */
type ZlibJob = readonly [name: string, bytes: Uint8Array, options: object];

/** What its threads run. As text, since it has no file of its own. */
const THREAD_CODE = `
const zlib = require('node:zlib');
module.exports = ([name, bytes, options], context) => {
  const made = zlib[name + 'Sync'](bytes, options);
  // Of memory that others share only what is ours is copied.
  const isAlone = made.byteOffset === 0 && made.length === made.buffer.byteLength;
  const result = isAlone ? new Uint8Array(made.buffer) : new Uint8Array(made);
  context.transfer(result.buffer);
  return result;
};`;

/** What is read becomes as many bytes at most, unless `maxOutputLength` says more. */
const MAX_OUTPUT = 2 ** 28;
/** Functions whose result the sender decides about, however little they are given. */
const READING = /^(gunzip|inflate|unzip|brotliD|zstdD)/;

/**
 * Options of the functions of `loop.zlib`: those of the function of `node:zlib` with the same
 * name, which checks them, and a signal.
 */
export interface ZlibOptions {
  /** Cancels what waits; what runs goes on, unheard. */
  signal?: AbortSignal | undefined;
  /**
   * Bytes that may come out. Default: 256 MiB for the functions that read, so that a few bytes
   * of a stranger's do not take all memory; as many as a buffer may have for those that
   * compress.
   */
  maxOutputLength?: number | undefined;
  /** 0 to 9, -1: zlib's own. */
  level?: number | undefined;
  /** 8 or 9 to 15: the base two logarithm of how far back it looks. */
  windowBits?: number | undefined;
  /** 1 to 9: how much memory compressing takes. */
  memLevel?: number | undefined;
  /** One of `Z_FILTERED` and the like. */
  strategy?: number | undefined;
  /** What both sides know beforehand. */
  dictionary?: Bytes | undefined;
  /** Of Brotli and Zstandard: values by the numbers of their names. */
  params?: Readonly<Record<number, number | boolean>> | undefined;
  /** Of Zstandard: how many bytes are compressed. */
  pledgedSrcSize?: number | undefined;
  /** Bytes of a piece of work, 64 at least. */
  chunkSize?: number | undefined;
  /** How pieces are flushed. */
  flush?: number | undefined;
  /** How the last piece is; `Z_SYNC_FLUSH` reads what is cut off. */
  finishFlush?: number | undefined;
  /** Whether bytes behind the end are an error, where the host asks. */
  rejectGarbageAfterEnd?: boolean | undefined;
}

const NAMES: OptionNames<ZlibOptions> = {
  signal: true,
  maxOutputLength: true,
  level: true,
  windowBits: true,
  memLevel: true,
  strategy: true,
  dictionary: true,
  params: true,
  pledgedSrcSize: true,
  chunkSize: true,
  flush: true,
  finishFlush: true,
  rejectGarbageAfterEnd: true,
};

/** What is compressed or read: text, as UTF-8, or bytes. */
export type ZlibInput = string | Bytes;

function toBytes(input: unknown): Uint8Array {
  if (typeof input === 'string') return Buffer.from(input);
  if (ArrayBuffer.isView(input) || isAnyArrayBuffer(input)) return bytesOf('data', input);
  throw invalidType(
    'data',
    'of type string or an instance of ArrayBuffer, Buffer or a typed array',
  );
}

/** The signal, and what is left for node:zlib. */
function split(name: string, given: ZlibOptions | undefined): [RunOptions, object] {
  const { signal, ...rest } =
    given === undefined ? ({} as ZlibOptions) : readOptions('options', given, NAMES);
  const options = READING.test(name) ? { maxOutputLength: MAX_OUTPUT, ...rest } : rest;
  return [{ signal: checkSignal(signal) }, options];
}

/** `loop.zlib`. */
export class ZlibRequests {
  readonly #workers: Workers<ZlibJob, Uint8Array>;

  /** @internal */
  constructor(loop: HandleLoop) {
    const never = Number.POSITIVE_INFINITY;
    const settings = { code: THREAD_CODE, name: 'zlib', abortGraceMs: never };
    // Node 20 aborts the process where a thread is terminated as a Brotli stream is made:
    // "close before init" in node_zlib.cc.
    this.#workers = new Workers<ZlibJob, Uint8Array>(loop, settings, true);
  }

  /** What its threads are doing, and did. */
  stats(): WorkersStats {
    return this.#workers.stats();
  }

  /**
   * Compresses as gzip (RFC 1952).
   *
   * The data are copied before a thread begins: do not change them before the promise is
   * settled. The result is a Buffer of its own.
   *
   * Rejects with what the function of `node:zlib` throws: a TypeError or RangeError for a bad
   * option, a RangeError ERR_BUFFER_TOO_LARGE for more than `maxOutputLength`, Z_DATA_ERROR,
   * Z_BUF_ERROR and the like for data that are none; a TypeError ERR_INVALID_ARG_TYPE,
   * ERR_INVALID_ARG_VALUE for an option that is not known, ERR_INVALID_STATE for a detached
   * buffer; an AbortError ABORT_ERR; an Error ERR_FEATURE_UNAVAILABLE_ON_PLATFORM where the
   * host has no such function; and as `Workers.run` does.
   *
   * @example
   * const packed = await loop.zlib.gzip(page, { level: 9 });
   */
  gzip(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('gzip', data, options);
  }

  /** Reads gzip (RFC 1952), of at most `maxOutputLength` bytes; see `gzip`. */
  gunzip(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('gunzip', data, options);
  }

  /** Compresses as zlib (RFC 1950); see `gzip`. */
  deflate(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('deflate', data, options);
  }

  /** Reads zlib (RFC 1950); see `gzip`. */
  inflate(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('inflate', data, options);
  }

  /** Compresses as deflate without a head (RFC 1951); see `gzip`. */
  deflateRaw(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('deflateRaw', data, options);
  }

  /** Reads deflate without a head (RFC 1951); see `gzip`. */
  inflateRaw(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('inflateRaw', data, options);
  }

  /** Reads gzip or zlib, whichever it is; see `gzip`. */
  unzip(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('unzip', data, options);
  }

  /** Compresses as Brotli (RFC 7932); see `gzip`. */
  brotliCompress(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('brotliCompress', data, options);
  }

  /** Reads Brotli (RFC 7932); see `gzip`. */
  brotliDecompress(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('brotliDecompress', data, options);
  }

  /** Compresses as Zstandard (RFC 8878), where the host does: Node from 22.15 on; see `gzip`. */
  zstdCompress(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('zstdCompress', data, options);
  }

  /** Reads Zstandard (RFC 8878), where the host does: Node from 22.15 on; see `gzip`. */
  zstdDecompress(data: ZlibInput, options?: ZlibOptions): Promise<Content> {
    return this.#request('zstdDecompress', data, options);
  }

  async #request(
    name: string,
    data: ZlibInput,
    options: ZlibOptions | undefined,
  ): Promise<Content> {
    const [run, own] = split(name, options);
    const bytes = toBytes(data);
    const zlib = builtin('node:zlib') as Record<string, unknown>;
    if (typeof zlib[`${name}Sync`] === 'function') {
      const { buffer, byteOffset, length } = await this.#workers.run([name, bytes, own], run);
      return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
    }
    throw codedError(
      Error,
      'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM',
      `${name}: node:zlib of this host has no such function`,
    );
  }
}
