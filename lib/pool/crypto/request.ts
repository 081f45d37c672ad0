// What the requests of loop.crypto have in common: their lane, and that they can be asked of the
// host's OpenSSL, which runs on the pool, and of its node:crypto, which runs elsewhere.
import { codedError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import type { Content } from '../fs/path.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';
import type { HostJob } from './host.js';

export abstract class CryptoRequest<T> extends PoolRequest<T> {
  /** The name of the digest that it needs; undefined: none. */
  digest: string | undefined;

  override get lane(): LaneNumber {
    return Lane.crypto;
  }

  /** Whether it is for node:crypto alone, which gives what no version of OpenSSL does by itself. */
  get isForHost(): boolean {
    return false;
  }

  /**
   * The same for node:crypto, on a thread of its own, with copies of all bytes.
   *
   * @throws TypeError, RangeError for bytes that are detached or too many
   */
  abstract hostJob(): HostJob;

  /** The result, of the bytes that were made. */
  abstract resultOf(bytes: Content): T;

  /** The same of bytes in memory of their own: what node:crypto gives is a Buffer. */
  made({ buffer, byteOffset, length }: Uint8Array): T {
    return this.resultOf(Buffer.from(buffer as ArrayBuffer, byteOffset, length));
  }

  /** Why the library can refuse, where what it was given is right. */
  protected abstract get failure(): string;

  override finish(batch: Batch, row: number): T {
    if (batch.status(row) < 0) {
      throw codedError(
        Error,
        'ERR_CRYPTO_OPERATION_FAILED',
        `${this.kind} failed: ${this.failure}`,
      );
    }
    return this.made(batch.bytes(row));
  }
}
