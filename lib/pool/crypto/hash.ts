// The digest of bytes on the pool; the native side is native/jobs/crypto_hash.cc.
import { type Bytes, type NativePool, native } from '../../binding/index.js';
import { codedError } from '../../raw/errors.js';
import type { Batch } from '../batch.js';
import { Lane, type LaneNumber } from '../lanes.js';
import { PoolRequest } from '../request.js';

const { submitCrypto, cryptoOperations } = native;
const EMPTY = new Uint8Array(0);

/** In which form a digest is given: bytes, or text. */
export type DigestEncoding = 'buffer' | 'hex' | 'base64' | 'base64url' | 'latin1';

export class HashRequest extends PoolRequest<Uint8Array | string> {
  algorithm = '';
  data: Bytes = EMPTY;
  encoding: DigestEncoding = 'hex';

  override get kind(): string {
    return 'hash';
  }

  override get lane(): LaneNumber {
    return Lane.crypto;
  }

  override submit(pool: NativePool): number {
    const { algorithm, data } = this;
    this.data = EMPTY;
    return submitCrypto(pool, this.lane, cryptoOperations.hash, algorithm, data);
  }

  override finish(batch: Batch, row: number): Uint8Array | string {
    if (batch.status(row) < 0) {
      throw codedError(
        Error,
        'ERR_CRYPTO_OPERATION_FAILED',
        `hash failed: OpenSSL makes no digest by '${this.algorithm}'`,
      );
    }
    const bytes = batch.bytes(row);
    if (this.encoding === 'buffer') return bytes;
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(this.encoding);
  }
}
